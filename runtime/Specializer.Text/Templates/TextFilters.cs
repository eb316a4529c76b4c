using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Filters of texts.</summary>
internal static class TextFilters
{
    private const int TruncateLeeway = 5;

    public static Value Text(RenderContext context, Value value, Arguments arguments) => Soft(context, value, arguments, "string");

    public static Value Upper(RenderContext context, Value value, Arguments arguments) =>
        TextCases.Upper(context, Soft(context, value, arguments, "upper"));

    public static Value Lower(RenderContext context, Value value, Arguments arguments) =>
        TextCases.Lower(context, Soft(context, value, arguments, "lower"));

    public static Value Capitalize(RenderContext context, Value value, Arguments arguments) =>
        TextCases.Capitalize(context, Soft(context, value, arguments, "capitalize"));

    public static Value Title(RenderContext context, Value value, Arguments arguments) =>
        TextCases.JinjaTitle(context, Soft(context, value, arguments, "title"));

    public static Value Safe(RenderContext context, Value value, Arguments arguments) =>
        Soft(context, value, arguments, "safe").AsSafe(true, context.Budget);

    public static Value Escape(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("escape", 0);
        return Arithmetic.Escape(context, value);
    }

    public static Value Trim(RenderContext context, Value value, Arguments arguments)
    {
        Value? characters = arguments.Bind("trim", 0, "chars")[0];
        TextValue? stripped = characters is null or NoneValue
            ? null
            : characters as TextValue ?? throw TemplateFault.Runtime($"trim takes a text, not '{characters.TypeName}'");
        return TextSearch.Strip(context, Printer.SoftText(context, value), stripped, start: true, end: true);
    }

    public static Value Replace(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("replace", 2, "old", "new", "count");
        long limit = TextMethods.Limit(bound[2] is NoneValue ? null : bound[2]);
        return TextSearch.Replace(
            context,
            Printer.Text(context, value),
            Printer.Text(context, bound[0]!),
            Printer.Text(context, bound[1]!),
            limit
        );
    }

    public static Value Join(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("join", 0, "d", "attribute");
        System.Func<Value, Value> getter = Filters.Getter(context, bound[1]);
        TextValue separator = bound[0] is null ? TextValue.Empty : Printer.Text(context, bound[0]!);
        IEnumerable<TextValue> parts = Sequences.Iterate(context, value).Select(item => Printer.Text(context, getter(item)));
        return TextSearch.Join(context, separator, parts);
    }

    public static Value Format(RenderContext context, Value value, Arguments arguments)
    {
        TextValue format = Printer.SoftText(context, value);
        if (arguments.Named.Count == 0)
        {
            return PercentFormat.Format(context, format, context.Tuple(arguments.Positional));
        }

        if (arguments.Positional.Count > 0)
        {
            throw TemplateFault.Runtime("can't handle positional and keyword arguments at the same time");
        }

        DictValue named = new(context.Comparer);
        foreach ((string name, Value argument) in arguments.Named)
        {
            context.Set(named, new TextValue(name), argument);
        }

        return PercentFormat.Format(context, format, named);
    }

    public static Value Indent(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("indent", 0, "width", "first", "blank");
        TextValue text =
            value as TextValue
            ?? throw (
                value is UndefinedValue undefined
                    ? undefined.Fault()
                    : TemplateFault.Runtime($"indent takes a text, not '{value.TypeName}'")
            );
        TextValue indentation = bound[0] is TextValue given ? given : TextSearch.Repeat(context, new TextValue(" "), Width(bound[0]));
        bool first = bound[1] is Value isFirst && Sequences.IsTrue(context, isFirst);
        bool blank = bound[2] is Value isBlank && Sequences.IsTrue(context, isBlank);
        TextBuilder builder = context.Builder();
        if (first)
        {
            builder.Append(indentation);
        }

        // One more line end, so that a line end at the end of the text starts a line.
        TextValue lines = TextValue.Concatenate(text, new TextValue("\n"), context.Budget);
        int index = 0;
        foreach (TextValue line in TextSearch.SplitLines(context, lines, keepEnds: false).Cast<TextValue>())
        {
            builder.Append(index > 0 ? "\n" : "");
            if (index > 0 && (blank || line.Length > 0))
            {
                builder.Append(indentation);
            }

            builder.Append(line);
            index++;
        }

        return builder.ToText(text.IsSafe);
    }

    public static Value Center(RenderContext context, Value value, Arguments arguments)
    {
        Value? width = arguments.Bind("center", 0, "width")[0];
        BigInteger columns = width is null ? 80 : Numbers.Integer(width) ?? throw TemplateFault.Runtime("center takes an integer");
        return TextMethods.Pad(context, Printer.SoftText(context, value), columns, new TextValue(" "), "center");
    }

    public static Value Truncate(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        TextValue text = value as TextValue ?? throw TemplateFault.Unsupported($"truncate takes a text, not '{value.TypeName}'.");
        TextValue end = bound[2] is null
            ? new TextValue("...")
            : bound[2] as TextValue ?? throw TemplateFault.Runtime("truncate takes a text as end");
        BigInteger length = bound[0] is null ? 255 : Numbers.Integer(bound[0]!) ?? throw TemplateFault.Runtime("truncate takes an integer");
        BigInteger leeway = bound[3] is null or NoneValue
            ? TruncateLeeway
            : Numbers.Integer(bound[3]!) ?? throw TemplateFault.Runtime("truncate takes an integer as leeway");
        int ending = Sequences.Length(context, end);
        if (length < ending || leeway.Sign < 0)
        {
            throw TemplateFault.Runtime($"truncate takes a length of at least {ending} and a leeway of at least 0");
        }

        if (Sequences.Length(context, text) <= length + leeway)
        {
            return text;
        }

        TextValue start = (TextValue)Attributes.Slice(context, text, null, new IntValue(length - ending), null);
        int space = context.Characters(start).LastIndexOf(' ');
        bool keepsWords = bound[1] is null || !Sequences.IsTrue(context, bound[1]!);
        start = keepsWords && space >= 0 ? start.Slice(0, space, context.Budget) : start;
        return TextValue.Concatenate(start, end, context.Budget);
    }

    public static Value WordCount(RenderContext context, Value value, Arguments arguments)
    {
        string characters = context.Characters(Soft(context, value, arguments, "wordcount"));
        context.Budget.Read(8L * characters.Length);
        int words = 0;
        bool inWord = false;
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            int code = CodePoints.At(characters, i);
            bool isWord =
                code == '_'
                || CodePoints.Category(code)
                    is <= UnicodeCategory.OtherLetter
                        or UnicodeCategory.DecimalDigitNumber
                        or UnicodeCategory.LetterNumber
                        or UnicodeCategory.OtherNumber;
            words += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }

        return new IntValue(words);
    }

    private static TextValue Soft(RenderContext context, Value value, Arguments arguments, string name)
    {
        arguments.Bind(name, 0);
        return Printer.SoftText(context, value);
    }

    private static long Width(Value? width) =>
        width is null ? 4
        : Numbers.Integer(width) is BigInteger columns ? (long)BigInteger.Max(0, BigInteger.Min(columns, int.MaxValue))
        : throw TemplateFault.Runtime("indent takes an integer or a text");
}
