using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>The filters by name.</summary>
internal static class Filters
{
    // Filters of Jinja that chat templates do not use.
    private static readonly FrozenSet<string> s_missing = FrozenSet.Create(
        "attr",
        "filesizeformat",
        "forceescape",
        "groupby",
        "pprint",
        "random",
        "striptags",
        "urlize",
        "wordwrap",
        "xmlattr"
    );

    private static readonly FrozenDictionary<string, Func<RenderContext, Value, Arguments, Value>> s_filters = new Dictionary<
        string,
        Func<RenderContext, Value, Arguments, Value>
    >
    {
        ["abs"] = NumberFilters.Absolute,
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = TextFilters.Capitalize,
        ["center"] = TextFilters.Center,
        ["count"] = SequenceFilters.Length,
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = OrderFilters.DictSort,
        ["e"] = TextFilters.Escape,
        ["escape"] = TextFilters.Escape,
        ["first"] = SequenceFilters.First,
        ["float"] = NumberFilters.Float,
        ["format"] = TextFilters.Format,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = SequenceFilters.Items,
        ["join"] = TextFilters.Join,
        ["last"] = SequenceFilters.Last,
        ["length"] = SequenceFilters.Length,
        ["list"] = SequenceFilters.List,
        ["lower"] = TextFilters.Lower,
        ["map"] = SequenceFilters.Map,
        ["max"] = (context, value, arguments) => OrderFilters.Extreme(context, value, arguments, "max", -1),
        ["min"] = (context, value, arguments) => OrderFilters.Extreme(context, value, arguments, "min", 1),
        ["reject"] = (context, value, arguments) => SequenceFilters.Select(context, value, arguments, isAttribute: false, isKept: false),
        ["rejectattr"] = (context, value, arguments) => SequenceFilters.Select(context, value, arguments, isAttribute: true, isKept: false),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = TextFilters.Safe,
        ["select"] = (context, value, arguments) => SequenceFilters.Select(context, value, arguments, isAttribute: false, isKept: true),
        ["selectattr"] = (context, value, arguments) => SequenceFilters.Select(context, value, arguments, isAttribute: true, isKept: true),
        ["slice"] = SequenceFilters.Slice,
        ["sort"] = OrderFilters.Sort,
        ["string"] = TextFilters.Text,
        ["sum"] = NumberFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = Json.Filter,
        ["trim"] = TextFilters.Trim,
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = OrderFilters.Unique,
        ["upper"] = TextFilters.Upper,
        ["urlencode"] = UrlFilter.Encode,
        ["wordcount"] = TextFilters.WordCount,
    }.ToFrozenDictionary();

    /// <summary>Returns whether a filter is supported.</summary>
    public static bool IsKnown(string name) => s_filters.ContainsKey(name);

    /// <summary>Returns whether Jinja has a filter that is not supported.</summary>
    public static bool IsMissing(string name) => s_missing.Contains(name);

    /// <summary>Applies a filter.</summary>
    public static Value Apply(RenderContext context, string name, Value value, Arguments arguments)
    {
        context.Budget.Step();
        return s_filters.TryGetValue(name, out Func<RenderContext, Value, Arguments, Value>? filter) ? filter(context, value, arguments)
            : IsMissing(name) ? throw TemplateFault.Unsupported($"The filter '{name}' is not supported.")
            : throw TemplateFault.Runtime($"Jinja has no filter '{name}'.");
    }

    /// <summary>
    /// Returns a function that gets an attribute of an element, such as 'function.name' or 'parts.0'; without an attribute it
    /// returns the element.
    /// </summary>
    public static Func<Value, Value> Getter(RenderContext context, Value? attribute, Value? initial = null)
    {
        IReadOnlyList<Value> parts = attribute switch
        {
            null or NoneValue => [],
            TextValue text => [.. context.Characters(text).Split('.').Select(Part)],
            _ => [attribute],
        };
        return item =>
        {
            foreach (Value part in parts)
            {
                context.Budget.Step();
                item = Attributes.Item(context, item, part);
                item = item is UndefinedValue && initial is not (null or NoneValue) ? initial : item;
            }

            return item;
        };
    }

    private static Value Part(string part) =>
        part.Length is > 0 and < 10 && part.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? new IntValue(int.Parse(part, System.Globalization.CultureInfo.InvariantCulture))
            : new TextValue(part);

    private static Value Default(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("default", 0, "default_value", "boolean");
        bool falseToo = bound[1] is Value flag && Sequences.IsTrue(context, flag);
        return value is UndefinedValue || (falseToo && !Sequences.IsTrue(context, value)) ? bound[0] ?? TextValue.Empty : value;
    }
}
