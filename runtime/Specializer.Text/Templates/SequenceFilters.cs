using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Filters of lists, dictionaries and iterators. Filters that are generators in Jinja are lazy, too.</summary>
internal static class SequenceFilters
{
    public static Value Length(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("length", 0);
        return new IntValue(Sequences.Length(context, value));
    }

    public static Value First(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("first", 0);
        return Sequences.Iterate(context, value).FirstOrDefault() ?? None("No first item, sequence was empty.");
    }

    public static Value Last(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("last", 0);
        IEnumerable<Value> reversed =
            Sequences.Reversed(context, value) ?? throw TemplateFault.Runtime($"'{value.TypeName}' object is not reversible");
        return reversed.FirstOrDefault() ?? None("No last item, sequence was empty.");
    }

    public static Value List(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("list", 0);
        return new ListValue(Sequences.Collect(context, value));
    }

    public static Value Items(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("items", 0);
        return context.Iterator(
            value switch
            {
                UndefinedValue => [],
                DictValue dictionary => Sequences.Iterate(context, new DictViewValue(dictionary, DictViewKind.Items)),
                _ => Failing("Can only get item pairs from a mapping."),
            }
        );
    }

    public static Value Reverse(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("reverse", 0);
        if (value is TextValue text)
        {
            return Attributes.Slice(context, text, null, null, new IntValue(-1));
        }

        if (Sequences.Reversed(context, value) is IEnumerable<Value> reversed)
        {
            return context.Iterator(reversed, $"{value.TypeName}_reverseiterator");
        }

        return Sequences.IsIterable(value)
            ? context.List([.. Sequences.Collect(context, value).Reverse()])
            : throw TemplateFault.Runtime("argument must be iterable");
    }

    public static Value Map(RenderContext context, Value value, Arguments arguments)
    {
        return context.Iterator(Mapped());

        IEnumerable<Value> Mapped()
        {
            if (!Sequences.IsTrue(context, value))
            {
                yield break;
            }

            Func<Value, Value> function = MapFunction(context, arguments);
            foreach (Value item in Sequences.Iterate(context, value))
            {
                context.Budget.Step();
                yield return function(item);
            }
        }
    }

    public static Value Select(RenderContext context, Value value, Arguments arguments, bool isAttribute, bool isKept)
    {
        return context.Iterator(Selected());

        IEnumerable<Value> Selected()
        {
            if (!Sequences.IsTrue(context, value))
            {
                yield break;
            }

            Func<Value, bool> predicate = Predicate(context, arguments, isAttribute);
            foreach (Value item in Sequences.Iterate(context, value))
            {
                context.Budget.Step();
                if (predicate(item) == isKept)
                {
                    yield return item;
                }
            }
        }
    }

    public static Value Batch(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("batch", 1, "linecount", "fill_with");
        BigInteger count = Integer(bound[0]!, "batch");
        return context.Iterator(Batches());

        IEnumerable<Value> Batches()
        {
            List<Value> batch = [];
            foreach (Value item in Sequences.Iterate(context, value))
            {
                if (batch.Count == count)
                {
                    yield return new ListValue(batch);
                    batch = [];
                }

                context.Budget.Elements(3);
                batch.Add(item);
            }

            while (batch.Count > 0 && bound[1] is not (null or NoneValue) && batch.Count < count)
            {
                context.Budget.Elements(3);
                batch.Add(bound[1]!);
            }

            if (batch.Count > 0)
            {
                yield return new ListValue(batch);
            }
        }
    }

    public static Value Slice(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("slice", 1, "slices", "fill_with");
        BigInteger count = Integer(bound[0]!, "slice");
        return context.Iterator(Slices());

        IEnumerable<Value> Slices()
        {
            IReadOnlyList<Value> all = Sequences.Collect(context, value);
            if (count.IsZero)
            {
                throw TemplateFault.Runtime("integer division or modulo by zero");
            }

            int start = 0;
            for (BigInteger i = 0; i < count; i++)
            {
                context.Budget.Elements(3);
                bool isLonger = i < all.Count % count;
                int length = (int)(all.Count / count) + (isLonger ? 1 : 0);
                List<Value> part = [.. all.Skip(start).Take(length)];
                start += length;
                if (!isLonger && bound[1] is not (null or NoneValue))
                {
                    part.Add(bound[1]!);
                }

                yield return context.List(part);
            }
        }
    }

    private static UndefinedValue None(string reason) => new(reason) { IsReason = true };

    private static BigInteger Integer(Value value, string filter) =>
        Numbers.Integer(value) ?? throw TemplateFault.Runtime($"{filter} takes an integer, not '{value.TypeName}'");

    private static IEnumerable<Value> Failing(string message)
    {
        throw TemplateFault.Runtime(message);
#pragma warning disable CS0162 // The unreachable yield makes this an iterator, which fails when it is read.
        yield break;
#pragma warning restore CS0162
    }

    private static Func<Value, Value> MapFunction(RenderContext context, Arguments arguments)
    {
        if (arguments.Positional.Count == 0 && arguments.Find("attribute") is Value attribute)
        {
            Value?[] bound = arguments.Bind("map", 1, "attribute", "default");
            return Filters.Getter(context, attribute, bound[1]);
        }

        if (arguments.Positional is not [TextValue name, ..])
        {
            throw TemplateFault.Runtime("map requires a filter argument");
        }

        Arguments rest = arguments.Skip(1);
        return item => Filters.Apply(context, context.Characters(name), item, rest);
    }

    private static Func<Value, bool> Predicate(RenderContext context, Arguments arguments, bool isAttribute)
    {
        int used = 0;
        Func<Value, Value> getter = item => item;
        if (isAttribute)
        {
            getter =
                arguments.Positional.Count > 0
                    ? Filters.Getter(context, arguments.Positional[used++])
                    : throw TemplateFault.Runtime("Missing parameter for attribute name");
        }

        if (arguments.Positional.Count == used)
        {
            return item => Sequences.IsTrue(context, getter(item));
        }

        TextValue name = arguments.Positional[used] as TextValue ?? throw TemplateFault.Runtime("The name of a test is a text.");
        Arguments rest = arguments.Skip(used + 1);
        return item => Tests.Apply(context, context.Characters(name), getter(item), rest);
    }
}
