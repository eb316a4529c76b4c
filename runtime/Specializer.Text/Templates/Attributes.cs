using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>
/// Attributes, elements and slices by the rules of Jinja's immutable sandbox. <c>a.b</c> finds an attribute first, <c>a['b']</c>
/// an element first; a missing one is undefined. Names that start with underscores, and methods that would change a list or
/// dictionary, are rejected.
/// </summary>
internal static class Attributes
{
    private static readonly FrozenSet<string> s_listChanges = FrozenSet.Create(
        "append",
        "clear",
        "pop",
        "reverse",
        "insert",
        "sort",
        "extend",
        "remove"
    );

    private static readonly FrozenSet<string> s_dictChanges = FrozenSet.Create("clear", "pop", "popitem", "setdefault", "update");

    private static readonly FrozenSet<string> s_numberAttributes = FrozenSet.Create(
        "real",
        "imag",
        "numerator",
        "denominator",
        "conjugate",
        "bit_length",
        "bit_count",
        "as_integer_ratio",
        "to_bytes",
        "from_bytes",
        "is_integer",
        "hex",
        "fromhex"
    );

    private static readonly FrozenSet<string> s_viewAttributes = FrozenSet.Create("mapping", "isdisjoint");

    private static readonly FrozenSet<string> s_iteratorAttributes = FrozenSet.Create("close", "send", "throw");

    /// <summary>Evaluates Jinja's <c>target.name</c>.</summary>
    public static Value Get(RenderContext context, Value target, string name) =>
        Python(context, target, name)
        ?? (target is DictValue dictionary && dictionary.TryGet(new TextValue(name), out Value value) ? value : null)
        ?? new UndefinedValue(name, target.TypeName);

    /// <summary>Evaluates Jinja's <c>target[key]</c>.</summary>
    public static Value Item(RenderContext context, Value target, Value key)
    {
        Value? item = target switch
        {
            UndefinedValue undefined => throw undefined.Fault(),
            DictValue dictionary when context.Comparer.IsHashable(key) => dictionary.TryGet(key, out Value value) ? value : null,
            _ when Numbers.Integer(key) is BigInteger index => Element(context, target, index),
            _ => null,
        };
        if (item is not null)
        {
            return item;
        }

        return key is TextValue text
            ? Python(context, target, context.Characters(text)) ?? new UndefinedValue(context.Characters(text), target.TypeName)
            : new UndefinedValue(Describe(key), target.TypeName);
    }

    /// <summary>Evaluates Jinja's <c>target[start:stop:step]</c>.</summary>
    public static Value Slice(RenderContext context, Value target, Value? start, Value? stop, Value? step)
    {
        switch (target)
        {
            case UndefinedValue undefined:
                throw undefined.Fault();
            case ItemsValue items:
                List<Value> taken = [];
                foreach (int index in Indices(items.Items.Count, start, stop, step))
                {
                    context.Budget.Elements(3);
                    taken.Add(items.Items[index]);
                }

                return items.Make(taken);
            case TextValue text:
                return SliceText(context, text, start, stop, step);
            case RangeValue range:
                return SliceRange(range, start, stop, step);
            default:
                throw TemplateFault.Runtime($"'{target.TypeName}' object has no slices");
        }
    }

    /// <summary>Returns the result of Python's <c>getattr</c>; null if there is none.</summary>
    private static Value? Python(RenderContext context, Value target, string name)
    {
        if (target is UndefinedValue undefined)
        {
            throw undefined.Fault();
        }

        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal))
        {
            return Unsafe(target, name);
        }

        return target switch
        {
            TextValue text => TextMethods.Find(context, text, name),
            DictValue dictionary => s_dictChanges.Contains(name) ? Unsafe(target, name) : ContainerMethods.Find(context, dictionary, name),
            ListValue list => s_listChanges.Contains(name) ? Unsafe(target, name) : ContainerMethods.Find(context, list, name),
            TupleValue or RangeValue => ContainerMethods.Find(context, target, name),
            NamespaceValue space => space.Attributes.TryGet(new TextValue(name), out Value value) ? value : null,
            LoopValue loop => loop.Attribute(name),
            CallableValue callable => callable.Attribute?.Invoke(name),
            IntValue or FloatValue or BoolValue when s_numberAttributes.Contains(name) => throw Missing(target, name),
            DictViewValue when s_viewAttributes.Contains(name) => throw Missing(target, name),
            IteratorValue { TypeName: "generator" } when s_iteratorAttributes.Contains(name) => throw Missing(target, name),
            _ => null,
        };
    }

    private static string Describe(Value key) =>
        key is IntValue number && number.Value.GetBitLength() < 64 ? number.Value.ToString(CultureInfo.InvariantCulture) : key.TypeName;

    private static TemplateFault Missing(Value target, string name) =>
        TemplateFault.Unsupported($"The attribute '{name}' of '{target.TypeName}' is not supported.");

    private static UndefinedValue Unsafe(Value target, string name) =>
        new($"access to attribute '{name}' of '{target.TypeName}' object is unsafe.") { IsReason = true };

    private static Value? Element(RenderContext context, Value target, BigInteger index)
    {
        if (target is not (ItemsValue or TextValue or RangeValue))
        {
            return null;
        }

        int length = Sequences.Length(context, target);
        BigInteger position = index.Sign < 0 ? index + length : index;
        if (position.Sign < 0 || position >= length)
        {
            return null;
        }

        return target switch
        {
            ItemsValue items => items.Items[(int)position],
            RangeValue range => range[(int)position],
            _ => Character(context, (TextValue)target, (int)position),
        };
    }

    private static TextValue Character(RenderContext context, TextValue text, int position)
    {
        string characters = context.Characters(text);
        int unit = CodePoints.Offsets(characters, context.Budget) is int[] offsets ? offsets[position] : position;
        return text.Slice(unit, CodePoints.LengthAt(characters, unit), context.Budget);
    }

    private static TextValue SliceText(RenderContext context, TextValue text, Value? start, Value? stop, Value? step)
    {
        string characters = context.Characters(text);
        int[]? offsets = CodePoints.Offsets(characters, context.Budget);
        int count = offsets is null ? characters.Length : offsets.Length - 1;
        (long from, long to, long by) = Bounds(count, start, stop, step);
        if (by == 1)
        {
            int first = Unit((int)from);
            return text.Slice(first, Math.Max(0, Unit((int)Math.Max(from, to)) - first), context.Budget);
        }

        TextBuilder builder = context.Builder();
        for (long i = from; by > 0 ? i < to : i > to; i += by)
        {
            builder.Append(text, Unit((int)i), Unit((int)i + 1) - Unit((int)i));
        }

        return builder.ToText(text.IsSafe);

        int Unit(int index) => offsets is null ? index : offsets[index];
    }

    private static RangeValue SliceRange(RangeValue range, Value? start, Value? stop, Value? step)
    {
        (long from, long to, long by) = Bounds(range.Count, start, stop, step);
        long count = by > 0 ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
        return new RangeValue(
            range.Start + (from * range.Increment),
            range.Start + (to * range.Increment),
            range.Increment * by,
            (int)Math.Max(0, count)
        );
    }

    private static IEnumerable<int> Indices(int count, Value? start, Value? stop, Value? step)
    {
        (long from, long to, long by) = Bounds(count, start, stop, step);
        for (long i = from; by > 0 ? i < to : i > to; i += by)
        {
            yield return (int)i;
        }
    }

    /// <summary>Returns the first index, the exclusive end and the step, as defined by Python's <c>slice.indices</c>.</summary>
    private static (long Start, long Stop, long Step) Bounds(int count, Value? start, Value? stop, Value? step)
    {
        BigInteger by = Bound(step) ?? 1;
        if (by.IsZero)
        {
            throw TemplateFault.Runtime("slice step cannot be zero");
        }

        int lowest = by.Sign < 0 ? -1 : 0;
        int highest = by.Sign < 0 ? count - 1 : count;
        long from = Clamp(Bound(start), by.Sign < 0 ? highest : lowest);
        long to = Clamp(Bound(stop), by.Sign < 0 ? lowest : highest);
        return (from, to, (long)BigInteger.Max(BigInteger.Min(by, int.MaxValue), -int.MaxValue));

        long Clamp(BigInteger? bound, int otherwise) =>
            bound is not BigInteger given
                ? otherwise
                : (long)BigInteger.Max(lowest, BigInteger.Min(highest, given.Sign < 0 ? given + count : given));
    }

    private static BigInteger? Bound(Value? value) =>
        value is null or NoneValue ? null : Numbers.Integer(value) ?? throw TemplateFault.Runtime("slice indices must be integers or None");
}
