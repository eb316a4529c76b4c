using System.Collections.Generic;
using System.IO;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>An expression of scalars as a nondeterministic automaton; state 0 is the start, state 1 the end.</summary>
internal sealed class ScalarStates
{
    private readonly List<List<(ScalarSet Scalars, int Target)>> _edges =
    [
        [],
        [],
    ];
    private readonly List<List<int>> _silent =
    [
        [],
        [],
    ];

    private ScalarStates() { }

    public int Count => _edges.Count;

    /// <summary>Creates the automaton.</summary>
    /// <exception cref="ConstraintException">The expression has too many repetitions.</exception>
    public static ScalarStates Of(Expression expression)
    {
        var result = new ScalarStates();
        result.Add(expression, 0, 1);
        return result;
    }

    /// <summary>The transitions of a state on one scalar.</summary>
    public IReadOnlyList<(ScalarSet Scalars, int Target)> Edges(int state) => _edges[state];

    /// <summary>The transitions of a state without a scalar.</summary>
    public IReadOnlyList<int> Silent(int state) => _silent[state];

    private int NewState()
    {
        if (_edges.Count == RuleGraph.MaximumStates)
        {
            throw new ConstraintException($"the pattern needs more than {RuleGraph.MaximumStates} states; use smaller repetitions");
        }

        _edges.Add([]);
        _silent.Add([]);
        return _edges.Count - 1;
    }

    private void Add(Expression expression, int from, int to)
    {
        switch (expression)
        {
            case Expression.Set set:
                _edges[from].Add((set.Scalars, to));
                break;
            case Expression.Sequence sequence:
                foreach (Expression part in sequence.Parts)
                {
                    int next = NewState();
                    Add(part, from, next);
                    from = next;
                }

                _silent[from].Add(to);
                break;
            case Expression.Choice choice:
                foreach (Expression option in choice.Options)
                {
                    int start = NewState(),
                        end = NewState();
                    _silent[from].Add(start);
                    Add(option, start, end);
                    _silent[end].Add(to);
                }

                break;
            case Expression.Repeat repeat:
                AddRepeat(repeat, from, to);
                break;
            default:
                throw new InvalidDataException($"{expression.GetType().Name} in a pattern");
        }
    }

    private void AddRepeat(Expression.Repeat repeat, int from, int to)
    {
        for (int i = 0; i < repeat.Minimum || i < repeat.Maximum; i++)
        {
            if (i >= repeat.Minimum)
            {
                _silent[from].Add(to);
            }

            int next = NewState();
            Add(repeat.Body, from, next);
            from = next;
        }

        if (repeat.Maximum < 0)
        {
            int loop = NewState(),
                end = NewState();
            _silent[from].Add(loop);
            Add(repeat.Body, loop, end);
            _silent[end].Add(loop);
            from = loop;
        }

        _silent[from].Add(to);
    }
}
