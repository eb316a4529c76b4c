using System;
using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's equality, hashing and order of values.</summary>
internal sealed class ValueComparer(Budget budget) : IEqualityComparer<Value>
{
    /// <summary>Returns whether two values are equal or the same object, like Python's comparison of elements and keys.</summary>
    public bool Equals(Value? x, Value? y) => ReferenceEquals(x, y) || AreEqual(x!, y!);

    /// <summary>Python's <c>==</c>.</summary>
    public bool AreEqual(Value left, Value right)
    {
        budget.Step();
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Compare(left, right) == 0;
        }

        switch (left, right)
        {
            case (TextValue a, TextValue b):
                budget.Read(Math.Min(a.Length, b.Length));
                return a.Length == b.Length && a.Characters(budget) == b.Characters(budget);
            case (UndefinedValue, UndefinedValue) or (NoneValue, NoneValue):
                return true;
            case (ListValue a, ListValue b):
                return ItemsEqual(a.Items, b.Items);
            case (TupleValue a, TupleValue b):
                return ItemsEqual(a.Items, b.Items);
            case (DictValue a, DictValue b):
                return EntriesEqual(a, b);
            case (RangeValue a, RangeValue b):
                return a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Increment == b.Increment)));
            case (DictViewValue { Kind: not DictViewKind.Values }, DictViewValue { Kind: not DictViewKind.Values }):
                throw TemplateFault.Unsupported("Views of dictionaries are not compared; compare the dictionaries.");
            default:
                return ReferenceEquals(left, right);
        }
    }

    /// <summary>Returns a hash code that is equal for equal values; lists and dictionaries have none.</summary>
    public int GetHashCode(Value obj)
    {
        budget.Step();
        switch (obj)
        {
            case TextValue text:
                budget.Read(text.Length);
                return text.Characters(budget).GetHashCode(StringComparison.Ordinal);
            case BoolValue or IntValue:
                return Numbers.Integer(obj)!.Value.GetHashCode();
            case FloatValue number:
                return double.IsInteger(number.Value) ? new BigInteger(number.Value).GetHashCode() : number.Value.GetHashCode();
            case NoneValue or UndefinedValue:
                return obj.TypeName.Length;
            case RangeValue range:
                return range.Count == 0 ? 0 : range.Start.GetHashCode();
            case TupleValue tuple:
                budget.Descend();
                HashCode hash = default;
                foreach (Value item in tuple.Items)
                {
                    hash.Add(GetHashCode(item));
                }

                budget.Ascend();
                return hash.ToHashCode();
            case ListValue or DictValue or DictViewValue:
                throw TemplateFault.Runtime($"unhashable type: '{obj.TypeName}'");
            default:
                return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
        }
    }

    /// <summary>Returns whether a value can be a key.</summary>
    public bool IsHashable(Value value)
    {
        if (value is not TupleValue tuple)
        {
            return value is not (ListValue or DictValue or DictViewValue);
        }

        budget.Descend();
        bool all = true;
        foreach (Value item in tuple.Items)
        {
            budget.Step();
            all &= IsHashable(item);
        }

        budget.Ascend();
        return all;
    }

    /// <summary>Compares two values in Python's order; null if a value is not a number.</summary>
    /// <exception cref="TemplateFault">The types have no order.</exception>
    public int? Order(Value left, Value right, string symbol)
    {
        budget.Step();
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Compare(left, right);
        }

        switch (left, right)
        {
            case (UndefinedValue undefined, _):
                throw undefined.Fault();
            case (_, UndefinedValue undefined):
                throw undefined.Fault();
            case (TextValue a, TextValue b):
                budget.Read(Math.Min(a.Length, b.Length));
                return CodePoints.Compare(a.Characters(budget), b.Characters(budget));
            case (ListValue a, ListValue b):
                return OrderItems(a.Items, b.Items, symbol);
            case (TupleValue a, TupleValue b):
                return OrderItems(a.Items, b.Items, symbol);
            case (DictViewValue { Kind: not DictViewKind.Values }, DictViewValue { Kind: not DictViewKind.Values }):
                throw TemplateFault.Unsupported("Views of dictionaries are not compared; compare the dictionaries.");
            default:
                throw TemplateFault.Runtime($"'{symbol}' is not supported between '{left.TypeName}' and '{right.TypeName}'");
        }
    }

    private bool ItemsEqual(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        budget.Descend();
        bool equal = true;
        for (int i = 0; equal && i < left.Count; i++)
        {
            equal = Equals(left[i], right[i]);
        }

        budget.Ascend();
        return equal;
    }

    private bool EntriesEqual(DictValue left, DictValue right)
    {
        if (left.Entries.Count != right.Entries.Count)
        {
            return false;
        }

        budget.Descend();
        foreach ((Value key, Value value) in left.Entries)
        {
            if (!right.TryGet(key, out Value other) || !Equals(value, other))
            {
                budget.Ascend();
                return false;
            }
        }

        budget.Ascend();
        return true;
    }

    private int? OrderItems(IReadOnlyList<Value> left, IReadOnlyList<Value> right, string symbol)
    {
        budget.Descend();
        int common = Math.Min(left.Count, right.Count);
        int first = 0;
        while (first < common && Equals(left[first], right[first]))
        {
            first++;
        }

        int? order = first < common ? Order(left[first], right[first], symbol) : left.Count.CompareTo(right.Count);
        budget.Ascend();
        return order;
    }
}
