using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>The functions that every template has: those of Jinja and those of transformers.</summary>
internal static class Globals
{
    /// <summary>Returns a function by name; null if there is none.</summary>
    public static Value? Find(RenderContext context, string name) =>
        name switch
        {
            "range" => Function(name, arguments => Range(arguments)),
            "dict" => Function(name, arguments => Dictionary(context, name, arguments)),
            "namespace" => Function(name, arguments => new NamespaceValue(Dictionary(context, name, arguments))),
            "raise_exception" => Function(name, arguments => Raise(context, arguments)),
            "strftime_now" => Function(name, arguments => Clock.Format(context, arguments.Bind(name, 1, "format")[0]!)),
            _ => null,
        };

    private static CallableValue Function(string name, System.Func<Arguments, Value> call) => new(name, "function", call);

    private static Value Raise(RenderContext context, Arguments arguments)
    {
        Value message = arguments.Bind("raise_exception", 1, "message")[0]!;
        string text = context.Characters(Printer.Text(context, message));
        throw new TemplateFault(ChatTemplateError.Raised, text);
    }

    private static RangeValue Range(Arguments arguments)
    {
        Value?[] bound = arguments.Bind("range", 1, "/start", "/stop", "/step");
        BigInteger first = Integer(bound[0]!);
        BigInteger start = bound[1] is null ? 0 : first;
        BigInteger stop = bound[1] is null ? first : Integer(bound[1]!);
        BigInteger step = bound[2] is null ? 1 : Integer(bound[2]!);
        if (step.IsZero)
        {
            throw TemplateFault.Runtime("range() arg 3 must not be zero");
        }

        BigInteger count = step.Sign > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        return count > Budget.MaximalRange
            ? throw TemplateFault.Limit($"The range has {count} numbers; the maximum is {Budget.MaximalRange}.")
            : new RangeValue(start, stop, step, (int)BigInteger.Max(0, count));
    }

    private static BigInteger Integer(Value value) =>
        Numbers.Integer(value) ?? throw TemplateFault.Runtime($"'{value.TypeName}' object cannot be interpreted as an integer");

    private static DictValue Dictionary(RenderContext context, string name, Arguments arguments)
    {
        DictValue dictionary = new(context.Comparer);
        if (arguments.Positional.Count > 1)
        {
            throw TemplateFault.Runtime($"{name} takes one mapping or list of pairs, and named arguments");
        }

        if (arguments.Positional.Count == 1)
        {
            Value source = arguments.Positional[0];
            Value pairs = source switch
            {
                DictValue given => new DictViewValue(given, DictViewKind.Items),
                UndefinedValue undefined => throw undefined.Fault(),
                _ => source,
            };
            foreach (Value pair in Sequences.Iterate(context, pairs))
            {
                IReadOnlyList<Value> items = Sequences.Collect(context, pair);
                if (items.Count != 2)
                {
                    throw TemplateFault.Runtime($"{name} takes pairs of a key and a value");
                }

                context.Set(dictionary, items[0], items[1]);
            }
        }

        foreach ((string key, Value value) in arguments.Named)
        {
            context.Set(dictionary, new TextValue(key), value);
        }

        return dictionary;
    }
}
