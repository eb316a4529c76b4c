using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>Filters that compare elements: sorting, extremes, unique elements.</summary>
internal static class OrderFilters
{
    public static Value Sort(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        List<Func<Value, Value>> getters = bound[2] is TextValue text
            ? [.. context.Characters(text).Split(',').Select(part => Key(context, new TextValue(part), bound[1]))]
            : [Key(context, bound[2], bound[1])];
        return Sorted(
            context,
            Sequences.Collect(context, value),
            item => context.List([.. getters.Select(getter => getter(item))]),
            bound[0]
        );
    }

    public static Value DictSort(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        string by =
            bound[1] is null ? "key"
            : bound[1] is TextValue text ? context.Characters(text)
            : "";
        if (by is not ("key" or "value"))
        {
            throw TemplateFault.Runtime("You can only sort by either \"key\" or \"value\"");
        }

        IReadOnlyList<Value> items = value switch
        {
            DictValue dictionary => Sequences.Collect(context, new DictViewValue(dictionary, DictViewKind.Items)),
            UndefinedValue undefined => throw undefined.Fault(),
            _ => throw TemplateFault.Runtime($"'{value.TypeName}' object has no attribute 'items'"),
        };
        Func<Value, Value> key = Key(context, null, bound[0]);
        return Sorted(context, items, item => key(((TupleValue)item).Items[by == "key" ? 0 : 1]), bound[2]);
    }

    public static Value Unique(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        Func<Value, Value> key = Key(context, bound[1], bound[0]);
        return context.Iterator(Distinct());

        IEnumerable<Value> Distinct()
        {
            HashSet<Value> seen = new(context.Comparer);
            foreach (Value item in Sequences.Iterate(context, value))
            {
                context.Budget.Elements(4);
                if (seen.Add(key(item)))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Returns the first element that no other exceeds, by the sign of their order.</summary>
    public static Value Extreme(RenderContext context, Value value, Arguments arguments, string name, int sign)
    {
        Value?[] bound = arguments.Bind(name, 0, "case_sensitive", "attribute");
        Func<Value, Value> key = Key(context, bound[1], bound[0]);
        Value? best = null;
        Value? bestKey = null;
        foreach (Value item in Sequences.Iterate(context, value))
        {
            Value itemKey = key(item);
            if (bestKey is null || context.Comparer.Order(itemKey, bestKey, sign > 0 ? "<" : ">") * sign < 0)
            {
                (best, bestKey) = (item, itemKey);
            }
        }

        return best ?? new UndefinedValue("No aggregated item, sequence was empty.") { IsReason = true };
    }

    /// <summary>Returns the sort key of elements: an attribute, and by default texts in lower case.</summary>
    private static Func<Value, Value> Key(RenderContext context, Value? attribute, Value? isCaseSensitive)
    {
        Func<Value, Value> getter = Filters.Getter(context, attribute);
        return isCaseSensitive is not null && Sequences.IsTrue(context, isCaseSensitive) ? getter : item => Lowered(context, getter(item));
    }

    private static Value Lowered(RenderContext context, Value value) => value is TextValue text ? TextCases.Lower(context, text) : value;

    private static ListValue Sorted(RenderContext context, IReadOnlyList<Value> items, Func<Value, Value> key, Value? reverse)
    {
        context.Budget.Elements(4L * items.Count);
        (Value Key, Value Item)[] entries = [.. items.Select(item => (key(item), item))];
        int sign = reverse is not null && Sequences.IsTrue(context, reverse) ? -1 : 1;
        Merge(context, entries, new (Value, Value)[entries.Length], 0, entries.Length, sign);
        return new ListValue([.. entries.Select(entry => entry.Item)]);
    }

    // A merge sort, because it is stable and a failing comparison simply ends it.
    private static void Merge(
        RenderContext context,
        (Value Key, Value Item)[] entries,
        (Value Key, Value Item)[] spare,
        int start,
        int end,
        int sign
    )
    {
        if (end - start < 2)
        {
            return;
        }

        int middle = (start + end) / 2;
        Merge(context, entries, spare, start, middle, sign);
        Merge(context, entries, spare, middle, end, sign);
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++)
        {
            bool isRight = left == middle || (right < end && context.Comparer.Order(entries[right].Key, entries[left].Key, "<") * sign < 0);
            spare[i] = isRight ? entries[right++] : entries[left++];
        }

        Array.Copy(spare, start, entries, start, end - start);
    }
}
