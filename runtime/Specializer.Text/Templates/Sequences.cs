using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's truth, length, iteration and containment.</summary>
internal static class Sequences
{
    public static bool IsTrue(RenderContext context, Value value) =>
        value switch
        {
            BoolValue boolean => boolean.Value,
            IntValue integer => !integer.Value.IsZero,
            FloatValue number => number.Value != 0,
            UndefinedValue or NoneValue => false,
            _ => LengthOrNull(context, value) != 0,
        };

    /// <summary>Python's <c>len</c>; null if the value has none.</summary>
    public static int? LengthOrNull(RenderContext context, Value value) =>
        value switch
        {
            TextValue { Length: 0 } or UndefinedValue => 0,
            TextValue text => CodePointCount(context, text),
            ItemsValue items => items.Items.Count,
            DictValue dictionary => dictionary.Entries.Count,
            DictViewValue view => view.Dictionary.Entries.Count,
            RangeValue range => range.Count,
            LoopValue loop => loop.Length,
            _ => null,
        };

    public static int Length(RenderContext context, Value value) =>
        LengthOrNull(context, value) ?? throw TemplateFault.Runtime($"object of type '{value.TypeName}' has no len()");

    public static bool IsIterable(Value value) =>
        value is TextValue or ItemsValue or DictValue or DictViewValue or RangeValue or IteratorValue or UndefinedValue or LoopValue;

    /// <summary>Returns the elements: the code points of a text, or the keys of a dictionary.</summary>
    public static IEnumerable<Value> Iterate(RenderContext context, Value value) =>
        value switch
        {
            ItemsValue items => items.Items,
            TextValue text => Characters(context, text),
            DictValue dictionary => dictionary.Entries.Select(entry => entry.Key),
            DictViewValue view => Enumerable.Range(0, view.Dictionary.Entries.Count).Select(index => view[index]),
            RangeValue range => Enumerable.Range(0, range.Count).Select(index => range[index]),
            IteratorValue iterator => iterator.Rest(),
            UndefinedValue => [],
            LoopValue => throw TemplateFault.Unsupported("'loop' is not iterated."),
            _ => throw TemplateFault.Runtime($"'{value.TypeName}' object is not iterable"),
        };

    /// <summary>Returns the elements in reverse order; null if Python's <c>reversed</c> rejects the value.</summary>
    public static IEnumerable<Value>? Reversed(RenderContext context, Value value) =>
        value switch
        {
            ItemsValue items => Backwards(items.Items.Count, index => items.Items[index]),
            TextValue text => [.. Collect(context, text).Reverse().Select(item => ((TextValue)item).AsSafe(text.IsSafe, context.Budget))],
            DictValue dictionary => Backwards(dictionary.Entries.Count, index => dictionary.Entries[index].Key),
            DictViewValue view => Backwards(view.Dictionary.Entries.Count, index => view[index]),
            RangeValue range => Backwards(range.Count, index => range[index]),
            UndefinedValue => [],
            _ => null,
        };

    /// <summary>Copies all elements to a new list and counts them.</summary>
    public static IReadOnlyList<Value> Collect(RenderContext context, Value value)
    {
        if (value is ItemsValue items)
        {
            return items.Items;
        }

        List<Value> all = [];
        foreach (Value item in Iterate(context, value))
        {
            context.Budget.Elements(3);
            all.Add(item);
        }

        return all;
    }

    /// <summary>Python's <c>in</c>.</summary>
    public static bool Contains(RenderContext context, Value container, Value item)
    {
        switch (container)
        {
            case TextValue text:
                if (item is not TextValue part)
                {
                    throw TemplateFault.Runtime($"'in <string>' requires string as left operand, not {item.TypeName}");
                }

                return TextSearch.Find(context, text, part, 0) >= 0;
            case DictValue dictionary:
                return dictionary.TryGet(item, out _);
            case DictViewValue { Kind: DictViewKind.Keys } keys:
                return keys.Dictionary.TryGet(item, out _);
            case RangeValue range when Numbers.Integer(item) is BigInteger number:
                return range.Count > 0
                    && (number - range.Start) % range.Increment == 0
                    && (number - range.Start) / range.Increment >= 0
                    && (number - range.Start) / range.Increment < range.Count;
            default:
                foreach (Value element in Iterate(context, container))
                {
                    if (context.Comparer.Equals(element, item))
                    {
                        return true;
                    }
                }

                return false;
        }
    }

    private static int CodePointCount(RenderContext context, TextValue text)
    {
        context.Budget.Read(text.Length);
        return CodePoints.Count(context.Characters(text));
    }

    private static IEnumerable<Value> Characters(RenderContext context, TextValue text)
    {
        string characters = context.Characters(text);
        for (int i = 0; i < characters.Length; )
        {
            int length = CodePoints.LengthAt(characters, i);
            yield return text.Slice(i, length, context.Budget).AsSafe(false, context.Budget);
            i += length;
        }
    }

    private static IEnumerable<Value> Backwards(int count, System.Func<int, Value> element)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            yield return element(i);
        }
    }
}
