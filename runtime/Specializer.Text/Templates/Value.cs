using System;
using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>A value of a template: data only, never a .NET object.</summary>
internal abstract class Value
{
    /// <summary>The name of the type in Python, for messages.</summary>
    public abstract string TypeName { get; }
}

/// <summary>A name, attribute or element that does not exist. It prints nothing and is false; most operations on it fail.</summary>
/// <param name="name">The name, attribute or element; without an owner type, the whole reason.</param>
/// <param name="ownerType">The Python type of the owner; null for a variable.</param>
internal sealed class UndefinedValue(string name, string? ownerType = null) : Value
{
    public override string TypeName => "Undefined";

    /// <summary>Whether the name is a complete reason.</summary>
    public bool IsReason { get; init; }

    public TemplateFault Fault() =>
        TemplateFault.Runtime(
            IsReason ? name
            : ownerType is null ? $"'{name}' is undefined"
            : $"'{ownerType} object' has no attribute or element '{name}'"
        );
}

internal sealed class NoneValue : Value
{
    public static NoneValue Instance { get; } = new();

    public override string TypeName => "NoneType";
}

internal sealed class BoolValue : Value
{
    private BoolValue(bool value) => Value = value;

    public static BoolValue True { get; } = new(true);

    public static BoolValue False { get; } = new(false);

    public bool Value { get; }

    public override string TypeName => "bool";

    public static BoolValue Of(bool value) => value ? True : False;
}

internal sealed class IntValue(BigInteger value) : Value
{
    public BigInteger Value => value;

    public override string TypeName => "int";

    /// <summary>Creates an integer; one that Python would not print is rejected.</summary>
    public static IntValue Of(BigInteger value) =>
        value.GetBitLength() <= Budget.MaximalIntegerBits
            ? new IntValue(value)
            : throw TemplateFault.Limit("An integer has more than 4,300 digits.");
}

internal sealed class FloatValue(double value) : Value
{
    public double Value => value;

    public override string TypeName => "float";
}

/// <summary>A list or tuple; both are immutable in templates.</summary>
internal abstract class ItemsValue(IReadOnlyList<Value> items) : Value
{
    public IReadOnlyList<Value> Items => items;

    public abstract ItemsValue Make(IReadOnlyList<Value> elements);
}

internal sealed class ListValue(IReadOnlyList<Value> items) : ItemsValue(items)
{
    public override string TypeName => "list";

    public override ItemsValue Make(IReadOnlyList<Value> elements) => new ListValue(elements);
}

internal sealed class TupleValue(IReadOnlyList<Value> items) : ItemsValue(items)
{
    public override string TypeName => "tuple";

    public override ItemsValue Make(IReadOnlyList<Value> elements) => new TupleValue(elements);
}

/// <summary>A dictionary in the order of insertion.</summary>
internal sealed class DictValue(IEqualityComparer<Value> comparer) : Value
{
    private readonly List<KeyValuePair<Value, Value>> _entries = [];
    private readonly Dictionary<Value, int> _indices = new(comparer);

    public IReadOnlyList<KeyValuePair<Value, Value>> Entries => _entries;

    public override string TypeName => "dict";

    public bool TryGet(Value key, out Value value)
    {
        if (_indices.Count == 0)
        {
            // Python computes the hash of a key also for an empty dict, and refuses keys that have none.
            _ = _indices.Comparer.GetHashCode(key);
        }

        bool found = _indices.TryGetValue(key, out int index);
        value = found ? _entries[index].Value : NoneValue.Instance;
        return found;
    }

    /// <summary>Adds a key, or replaces its value in its place.</summary>
    public void Set(Value key, Value value)
    {
        if (_indices.TryGetValue(key, out int index))
        {
            _entries[index] = new(_entries[index].Key, value);
        }
        else
        {
            _indices.Add(key, _entries.Count);
            _entries.Add(new(key, value));
        }
    }
}

internal enum DictViewKind
{
    Keys,
    Values,
    Items,
}

/// <summary>The keys, values or items of a dictionary.</summary>
internal sealed class DictViewValue(DictValue dictionary, DictViewKind kind) : Value
{
    public DictValue Dictionary => dictionary;

    public DictViewKind Kind => kind;

    public override string TypeName =>
        kind switch
        {
            DictViewKind.Keys => "dict_keys",
            DictViewKind.Values => "dict_values",
            _ => "dict_items",
        };

    public Value this[int index]
    {
        get
        {
            (Value key, Value value) = dictionary.Entries[index];
            return kind switch
            {
                DictViewKind.Keys => key,
                DictViewKind.Values => value,
                _ => new TupleValue([key, value]),
            };
        }
    }
}

/// <summary>The result of <c>range</c>.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step, int count) : Value
{
    public BigInteger Start => start;

    public BigInteger Stop => stop;

    public BigInteger Increment => step;

    public int Count => count;

    public override string TypeName => "range";

    public IntValue this[int index] => new(start + (index * step));
}

/// <summary>A generator or iterator, whose elements can be read once.</summary>
internal sealed class IteratorValue(IEnumerable<Value> elements, Budget budget, string typeName = "generator") : Value
{
    private IEnumerator<Value>? _elements;

    public override string TypeName => typeName;

    /// <summary>Returns the remaining elements.</summary>
    public IEnumerable<Value> Rest()
    {
        _elements ??= elements.GetEnumerator();
        while (true)
        {
            // Iterators can be nested as deeply as there are filters.
            budget.Descend();
            bool any = _elements.MoveNext();
            budget.Ascend();
            if (!any)
            {
                yield break;
            }

            yield return _elements.Current;
        }
    }
}

/// <summary>The result of <c>namespace</c>: the only value that a template can change.</summary>
internal sealed class NamespaceValue(DictValue attributes) : Value
{
    public DictValue Attributes => attributes;

    public override string TypeName => "Namespace";
}

/// <summary>A callable value: a method of a value, a global function, or a macro.</summary>
internal sealed class CallableValue(string name, string typeName, Func<Arguments, Value> call) : Value
{
    public string Name => name;

    public override string TypeName => typeName;

    /// <summary>The attributes of a macro in Jinja; null for functions.</summary>
    public Func<string, Value?>? Attribute { get; init; }

    public Value Call(Arguments arguments) => call(arguments);
}
