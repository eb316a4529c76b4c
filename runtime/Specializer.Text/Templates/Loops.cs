using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>The variable <c>loop</c>. The elements are read one ahead if the body needs the next one.</summary>
internal sealed class LoopValue(RenderContext context, IEnumerator<Value> elements, int? length) : Value
{
    private readonly Queue<Value> _ahead = new();
    private IReadOnlyList<Value>? _changed;
    private int? _length = length;
    private Value? _previous;
    private Value? _current;
    private int _index = -1;

    public override string TypeName => "LoopContext";

    /// <summary>The number of elements; those of an iterator are all read.</summary>
    public int Length
    {
        get
        {
            if (_length is null)
            {
                while (elements.MoveNext())
                {
                    context.Budget.Elements(3);
                    _ahead.Enqueue(elements.Current);
                }

                _length = _index + 1 + _ahead.Count;
            }

            return _length.Value;
        }
    }

    public int Index => _index;

    /// <summary>Moves to the next element; returns null at the end.</summary>
    public Value? Next()
    {
        Value? next =
            _ahead.TryDequeue(out Value? ahead) ? ahead
            : elements.MoveNext() ? elements.Current
            : null;
        if (next is not null)
        {
            (_previous, _current) = (_current, next);
            _index++;
        }

        return next;
    }

    /// <summary>Returns an attribute; null if there is none.</summary>
    public Value? Attribute(string name) =>
        name switch
        {
            "index" => new IntValue(_index + 1),
            "index0" => new IntValue(_index),
            "revindex" => new IntValue(Length - _index),
            "revindex0" => new IntValue(Length - _index - 1),
            "first" => BoolValue.Of(_index == 0),
            "last" => BoolValue.Of(Peek() is null),
            "length" => new IntValue(Length),
            "depth" => new IntValue(1),
            "depth0" => new IntValue(0),
            "previtem" => _index == 0 ? new UndefinedValue("there is no previous item") { IsReason = true } : _previous,
            "nextitem" => Peek() ?? new UndefinedValue("there is no next item") { IsReason = true },
            "cycle" => new CallableValue("cycle", "method", Cycle),
            "changed" => new CallableValue("changed", "method", Changed),
            _ => null,
        };

    private Value? Peek()
    {
        if (_ahead.Count == 0 && (_length is null || _index + 1 < _length) && elements.MoveNext())
        {
            _ahead.Enqueue(elements.Current);
        }

        return _ahead.TryPeek(out Value? next) ? next : null;
    }

    private Value Cycle(Arguments arguments) =>
        arguments.Positional.Count == 0 || arguments.Named.Count > 0
            ? throw TemplateFault.Runtime("no items for cycling given")
            : arguments.Positional[_index % arguments.Positional.Count];

    private BoolValue Changed(Arguments arguments)
    {
        bool same = _changed is not null && context.Comparer.AreEqual(new TupleValue(_changed), new TupleValue(arguments.Positional));
        _changed = arguments.Positional;
        return BoolValue.Of(!same);
    }
}
