using System;
using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>A value of a template: data only, never an object of .NET.</summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }
}

/// <summary>A name, attribute or element that does not exist. It prints nothing and is false; most operations on it fail.</summary>
/// <param name="name">The name, attribute or element; or, without an owner's type, the whole reason.</param>
/// <param name="ownerType">Python's type of what lacks it; null for a variable.</param>
internal sealed class UndefinedValue(string name, string? ownerType = null) : Value
{
    public override string TypeName => "Undefined";

    /// <summary>A value that is undefined for a reason in words.</summary>
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

    /// <summary>An integer, refused where Python would not print it.</summary>
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

/// <summary>A list or tuple; nothing in a template changes one.</summary>
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

/// <summary>What <c>range</c> returns.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step, int count) : Value
{
    public BigInteger Start => start;

    public BigInteger Stop => stop;

    public BigInteger Increment => step;

    public int Count => count;

    public override string TypeName => "range";

    public IntValue this[int index] => new(start + (index * step));
}

/// <summary>A generator or iterator: its elements can be had once.</summary>
internal sealed class IteratorValue(IEnumerable<Value> elements, Budget budget, string typeName = "generator") : Value
{
    private IEnumerator<Value>? _elements;

    public override string TypeName => typeName;

    /// <summary>The elements that are left.</summary>
    public IEnumerable<Value> Rest()
    {
        _elements ??= elements.GetEnumerator();
        while (true)
        {
            // One may draw from another, and that from a third: as deep as there were filters.
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

/// <summary>What <c>namespace</c> returns: the one value that a template can change.</summary>
internal sealed class NamespaceValue(DictValue attributes) : Value
{
    public DictValue Attributes => attributes;

    public override string TypeName => "Namespace";
}

/// <summary>What can be called: a method of a value, a global function, a macro.</summary>
internal sealed class CallableValue(string name, string typeName, Func<Arguments, Value> call) : Value
{
    public string Name => name;

    public override string TypeName => typeName;

    /// <summary>The attributes that Jinja gives a macro; null for functions.</summary>
    public Func<string, Value?>? Attribute { get; init; }

    public Value Call(Arguments arguments) => call(arguments);
}
