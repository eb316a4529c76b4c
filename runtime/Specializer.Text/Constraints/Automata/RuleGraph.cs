using System;
using System.Collections.Generic;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>A transition on a range of bytes.</summary>
internal readonly record struct ByteEdge(byte First, byte Last, int Target);

/// <summary>A transition on a text of a rule.</summary>
internal readonly record struct CallEdge(int Rule, int Limits, int Target);

/// <summary>A state of a nondeterministic automaton.</summary>
internal sealed class GraphState
{
    public List<ByteEdge> Bytes { get; } = [];

    public List<CallEdge> Calls { get; } = [];

    public List<int> Silent { get; } = [];
}

/// <summary>The start and the end of a rule.</summary>
internal readonly record struct RuleStates(string Name, int Start, int End, bool CountsScalars);

/// <summary>
/// The rules of a constraint as nondeterministic automata over bytes. Every state of <see cref="States"/> can reach the end of its
/// rule, so that no accepted text is a dead end.
/// </summary>
internal sealed class RuleGraph
{
    public const int MaximumStates = 200_000;
    public const int MaximumRules = 20_000;

    private readonly Dictionary<Rule, int> _ids = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<LengthLimits, int> _limitIds = [];
    private readonly List<RuleStates> _rules = [];
    private readonly List<LengthLimits> _limits = [new LengthLimits(0, -1)];
    private readonly Queue<Rule> _pending = new();

    private RuleGraph() { }

    public List<GraphState> States { get; } = [];

    /// <summary>The rules; the first one is the whole text.</summary>
    public IReadOnlyList<RuleStates> Rules => _rules;

    /// <summary>The limits by id; id 0 has none.</summary>
    public IReadOnlyList<LengthLimits> Limits => _limits;

    /// <summary>Builds the automata of a rule and of all rules that it calls.</summary>
    /// <exception cref="ConstraintException">The constraint is too large, allows no text, or calls itself before any text.</exception>
    public static RuleGraph Build(Rule root)
    {
        var graph = new RuleGraph();
        graph.IdOf(root);
        while (graph._pending.TryDequeue(out Rule? rule))
        {
            RuleStates states = graph._rules[graph._ids[rule]];
            graph.Add(rule.Body, states.Start, states.End);
        }

        RuleTrimming.RemoveDeadEnds(graph);
        RuleTrimming.RefuseEmptyRecursion(graph);
        return graph;
    }

    private int IdOf(Rule rule)
    {
        if (_ids.TryGetValue(rule, out int id))
        {
            return id;
        }

        if (_rules.Count == MaximumRules)
        {
            throw new ConstraintException($"the constraint has more than {MaximumRules} parts");
        }

        _ids[rule] = _rules.Count;
        _rules.Add(new RuleStates(rule.Name, NewState(), NewState(), rule.CountsScalars));
        _pending.Enqueue(rule);
        return _rules.Count - 1;
    }

    private int IdOf(LengthLimits? limits)
    {
        if (limits is null or { Minimum: <= 0, Maximum: < 0 })
        {
            return 0;
        }

        if (!_limitIds.TryGetValue(limits, out int id))
        {
            id = _limits.Count;
            _limitIds[limits] = id;
            _limits.Add(limits);
        }

        return id;
    }

    private int NewState()
    {
        if (States.Count == MaximumStates)
        {
            throw new ConstraintException(
                $"the constraint needs more than {MaximumStates} states; use fewer or shorter repetitions, lengths and lists"
            );
        }

        States.Add(new GraphState());
        return States.Count - 1;
    }

    private void Add(Expression expression, int from, int to)
    {
        switch (expression)
        {
            case Expression.Literal literal:
                AddLiteral(literal.Bytes, from, to);
                break;
            case Expression.Set set:
                Utf8Ranges.Add(this, set.Scalars, from, to, NewState);
                break;
            case Expression.Sequence { Parts: [] }:
                States[from].Silent.Add(to);
                break;
            case Expression.Sequence sequence:
                for (int i = 0; i < sequence.Parts.Count; i++)
                {
                    int next = i == sequence.Parts.Count - 1 ? to : NewState();
                    Add(sequence.Parts[i], from, next);
                    from = next;
                }

                break;
            case Expression.Choice choice:
                // Each option has a start of its own: a repetition in one must not lead back to the others.
                foreach (Expression option in choice.Options)
                {
                    int start = NewState(),
                        end = NewState();
                    States[from].Silent.Add(start);
                    Add(option, start, end);
                    States[end].Silent.Add(to);
                }

                break;
            case Expression.Repeat repeat:
                AddRepeat(repeat, from, to);
                break;
            case Expression.Limited limited:
                AddLimited(limited, from, to);
                break;
            case Expression.Call call:
                States[from].Calls.Add(new CallEdge(IdOf(call.Rule), call.Rule.CountsScalars ? IdOf(call.Limits) : 0, to));
                break;
            default:
                throw new NotSupportedException(expression.ToString());
        }
    }

    // The product of the automaton and a counter, which stops at the minimum if there is no maximum.
    private void AddLimited(Expression.Limited limited, int from, int to)
    {
        ScalarStates scalars = ScalarStates.Of(limited.Body);
        (int minimum, int maximum) = (limited.Limits.Minimum, limited.Limits.Maximum);
        var states = new Dictionary<(int State, int Count), int> { [(0, 0)] = from };
        var work = new Stack<(int State, int Count)>(states.Keys);
        while (work.TryPop(out (int State, int Count) current))
        {
            int source = states[current];
            foreach (int target in scalars.Silent(current.State))
            {
                States[source].Silent.Add(StateOf(target, current.Count));
            }

            int count = maximum < 0 ? Math.Min(current.Count + 1, minimum) : current.Count + 1;
            foreach ((ScalarSet set, int target) in scalars.Edges(current.State))
            {
                if (maximum < 0 || count <= maximum)
                {
                    Add(JsonText.Escape(set), source, StateOf(target, count));
                }
            }

            if (current.State == 1 && current.Count >= minimum)
            {
                States[source].Silent.Add(to);
            }
        }

        int StateOf(int state, int count)
        {
            if (!states.TryGetValue((state, count), out int id))
            {
                id = NewState();
                states[(state, count)] = id;
                work.Push((state, count));
            }

            return id;
        }
    }

    private void AddLiteral(byte[] bytes, int from, int to)
    {
        if (bytes.Length == 0)
        {
            States[from].Silent.Add(to);
            return;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            int next = i == bytes.Length - 1 ? to : NewState();
            States[from].Bytes.Add(new ByteEdge(bytes[i], bytes[i], next));
            from = next;
        }
    }

    private void AddRepeat(Expression.Repeat repeat, int from, int to)
    {
        for (int i = 0; i < repeat.Minimum; i++)
        {
            int next = NewState();
            Add(repeat.Body, from, next);
            from = next;
        }

        if (repeat.Maximum < 0)
        {
            int loop = NewState(),
                end = NewState();
            States[from].Silent.Add(loop);
            Add(repeat.Body, loop, end);
            States[end].Silent.Add(loop);
            States[loop].Silent.Add(to);
            return;
        }

        for (int i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            int next = NewState();
            States[from].Silent.Add(to);
            Add(repeat.Body, from, next);
            from = next;
        }

        States[from].Silent.Add(to);
    }
}
