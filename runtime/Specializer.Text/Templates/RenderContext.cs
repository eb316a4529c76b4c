using System;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>The shared state of one rendering.</summary>
internal sealed class RenderContext
{
    public RenderContext(Budget budget, DateTimeOffset now)
    {
        Budget = budget;
        Comparer = new ValueComparer(budget);
        Now = now;
    }

    public Budget Budget { get; }

    public ValueComparer Comparer { get; }

    /// <summary>The local time that <c>strftime_now</c> prints.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Creates a list and counts its elements.</summary>
    public ListValue List(IReadOnlyList<Value> items)
    {
        Budget.Elements(items.Count + 2);
        return new ListValue(items);
    }

    /// <summary>Creates a tuple and counts its elements.</summary>
    public TupleValue Tuple(params IReadOnlyList<Value> items)
    {
        Budget.Elements(items.Count + 2);
        return new TupleValue(items);
    }

    public IteratorValue Iterator(IEnumerable<Value> elements, string typeName = "generator")
    {
        Budget.Allocate(128);
        return new IteratorValue(elements, Budget, typeName);
    }

    public TextBuilder Builder()
    {
        Budget.Allocate(128);
        return new TextBuilder(Budget);
    }

    /// <summary>Returns the characters of a text.</summary>
    public string Characters(TextValue text) => text.Characters(Budget);

    /// <summary>Sets an entry of a dictionary and counts it.</summary>
    public void Set(DictValue dictionary, Value key, Value value)
    {
        Budget.Elements(5);
        dictionary.Set(key, value);
    }
}
