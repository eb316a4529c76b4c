using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>The read-only methods of dictionaries, lists, tuples and ranges.</summary>
internal static class ContainerMethods
{
    public static Value? Find(RenderContext context, DictValue dictionary, string name) =>
        name switch
        {
            "get" => Method(name, arguments => Get(dictionary, arguments)),
            "items" => Method(name, arguments => View(dictionary, DictViewKind.Items, name, arguments)),
            "keys" => Method(name, arguments => View(dictionary, DictViewKind.Keys, name, arguments)),
            "values" => Method(name, arguments => View(dictionary, DictViewKind.Values, name, arguments)),
            "copy" => Method(name, arguments => Copy(context, dictionary, arguments)),
            "fromkeys" => throw TemplateFault.Unsupported("The method 'fromkeys' of 'dict' is not supported."),
            _ => null,
        };

    public static Value? Find(RenderContext context, Value sequence, string name) =>
        (name, sequence) switch
        {
            ("count", _) => Method(name, arguments => Count(context, sequence, arguments)),
            ("index", _) => Method(name, arguments => Index(context, sequence, arguments)),
            ("copy", ListValue) => Method(name, arguments => Same(sequence, arguments)),
            ("start", RangeValue range) => new IntValue(range.Start),
            ("stop", RangeValue range) => new IntValue(range.Stop),
            ("step", RangeValue range) => new IntValue(range.Increment),
            _ => null,
        };

    private static CallableValue Method(string name, System.Func<Arguments, Value> call) => new(name, "builtin_function_or_method", call);

    // Lists are immutable, so a list is its own copy.
    private static Value Same(Value sequence, Arguments arguments)
    {
        arguments.Bind("copy", 0);
        return sequence;
    }

    private static Value Get(DictValue dictionary, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("get", 1, "/key", "/default");
        return dictionary.TryGet(bound[0]!, out Value value) ? value : bound[1] ?? NoneValue.Instance;
    }

    private static DictViewValue View(DictValue dictionary, DictViewKind kind, string name, Arguments arguments)
    {
        arguments.Bind(name, 0);
        return new DictViewValue(dictionary, kind);
    }

    private static DictValue Copy(RenderContext context, DictValue dictionary, Arguments arguments)
    {
        arguments.Bind("copy", 0);
        DictValue copy = new(context.Comparer);
        foreach ((Value key, Value value) in dictionary.Entries)
        {
            context.Set(copy, key, value);
        }

        return copy;
    }

    private static IntValue Count(RenderContext context, Value sequence, Arguments arguments)
    {
        Value wanted = arguments.Bind("count", 1, "/value")[0]!;
        int count = 0;
        foreach (Value item in Sequences.Iterate(context, sequence))
        {
            count += context.Comparer.Equals(item, wanted) ? 1 : 0;
        }

        return new IntValue(count);
    }

    private static IntValue Index(RenderContext context, Value sequence, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("index", 1, "/value", "/start", "/stop");
        int length = Sequences.Length(context, sequence);
        int start = Clamp(bound[1], 0);
        int stop = Clamp(bound[2], length);
        int index = 0;
        foreach (Value item in Sequences.Iterate(context, sequence))
        {
            if (index >= start && index < stop && context.Comparer.Equals(item, bound[0]))
            {
                return new IntValue(index);
            }

            index++;
        }

        throw TemplateFault.Runtime($"The value is not in the {sequence.TypeName}.");

        int Clamp(Value? value, int otherwise)
        {
            BigInteger bound = value is null
                ? otherwise
                : Numbers.Integer(value) ?? throw TemplateFault.Runtime("slice indices must be integers");
            return (int)BigInteger.Max(0, BigInteger.Min(length, bound.Sign < 0 ? bound + length : bound));
        }
    }
}
