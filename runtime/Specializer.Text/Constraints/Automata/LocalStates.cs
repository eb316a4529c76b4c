using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Constraints;

/// <summary>A call of a local state: the rule, its limits, and the local state of the caller after it.</summary>
internal readonly record struct LocalCall(int Rule, int Limits, int Return);

/// <summary>
/// The states of single rules, made deterministic as they are reached. A local state contains nothing about its callers, so that
/// results about it are valid for every caller.
/// </summary>
internal sealed class LocalStates
{
    public const int Dead = -1;
    private const int Unknown = -2;

    private readonly RuleGraph _graph;
    private readonly byte[] _classes = new byte[256];
    private readonly int _classCount;
    private readonly Dictionary<int[], int> _ids = new(SequenceComparer.Instance);
    private readonly List<int[]> _members = [];
    private readonly List<int[]?> _next = [];
    private readonly List<LocalCall[]?> _calls = [];
    private readonly List<(bool HasBytes, bool Accepts, int Rule)> _facts = [];
    private readonly int[] _ruleOfEnd;
    private readonly bool[] _marks;
    private readonly Stack<int> _work = new();
    private readonly List<int> _found = [];

    public LocalStates(RuleGraph graph)
    {
        _graph = graph;
        _marks = new bool[graph.States.Count];
        _ruleOfEnd = new int[graph.States.Count];
        Array.Fill(_ruleOfEnd, -1);
        for (int rule = 0; rule < graph.Rules.Count; rule++)
        {
            _ruleOfEnd[graph.Rules[rule].End] = rule;
        }

        // Bytes with the same transitions share a class.
        var bounds = new bool[257];
        foreach (ByteEdge edge in graph.States.SelectMany(static state => state.Bytes))
        {
            bounds[edge.First] = true;
            bounds[edge.Last + 1] = true;
        }

        int current = 0;
        for (int value = 0; value < 256; value++)
        {
            current += value > 0 && bounds[value] ? 1 : 0;
            _classes[value] = (byte)current;
        }

        _classCount = current + 1;
    }

    public int Count => _members.Count;

    /// <summary>Returns the state at the start of a rule.</summary>
    public int Start(int rule) => Intern([_graph.Rules[rule].Start]);

    /// <summary>Returns the state of a set of states of the graph.</summary>
    public int Intern(ReadOnlySpan<int> states)
    {
        _found.Clear();
        foreach (int state in states)
        {
            Push(state);
        }

        while (_work.TryPop(out int state))
        {
            _found.Add(state);
            foreach (int target in _graph.States[state].Silent)
            {
                Push(target);
            }
        }

        foreach (int state in _found)
        {
            _marks[state] = false;
        }

        // States with silent transitions only are left out, so that equal positions are one state.
        int[] members =
        [
            .. _found
                .Where(state => _ruleOfEnd[state] >= 0 || _graph.States[state].Bytes.Count > 0 || _graph.States[state].Calls.Count > 0)
                .Order(),
        ];
        if (members.Length == 0)
        {
            return Dead;
        }

        if (!_ids.TryGetValue(members, out int id))
        {
            id = _members.Count;
            _ids[members] = id;
            _members.Add(members);
            _next.Add(null);
            _calls.Add(null);
            _facts.Add(
                (
                    members.Any(state => _graph.States[state].Bytes.Count > 0),
                    members.Any(state => _ruleOfEnd[state] >= 0),
                    members.Select(state => _ruleOfEnd[state]).Max()
                )
            );
        }

        return id;
    }

    /// <summary>The states of the graph that a state represents.</summary>
    public ReadOnlySpan<int> Members(int state) => _members[state];

    public bool HasBytes(int state) => _facts[state].HasBytes;

    /// <summary>Whether the text of the rule can end here.</summary>
    public bool Accepts(int state) => _facts[state].Accepts;

    /// <summary>Returns the state after a byte, or <see cref="Dead"/>.</summary>
    public int Next(int state, byte value)
    {
        int[] row = _next[state] ??= NewRow();
        ref int next = ref row[_classes[value]];
        if (next == Unknown)
        {
            next = Compute(state, value);
        }

        return next;
    }

    public ReadOnlySpan<LocalCall> Calls(int state)
    {
        if (_calls[state] is { } known)
        {
            return known;
        }

        // Calls of one rule with the same limits continue in one state.
        var calls = new List<LocalCall>();
        foreach (
            IGrouping<(int Rule, int Limits), CallEdge> call in _members[state]
                .SelectMany(member => _graph.States[member].Calls)
                .GroupBy(static edge => (edge.Rule, edge.Limits))
        )
        {
            int target = Intern([.. call.Select(static edge => edge.Target)]);
            if (target != Dead)
            {
                calls.Add(new LocalCall(call.Key.Rule, call.Key.Limits, target));
            }
        }

        return _calls[state] = [.. calls];
    }

    /// <summary>The class of each byte; bytes of one class have the same transitions.</summary>
    public ReadOnlySpan<byte> Classes => _classes;

    public int ClassCount => _classCount;

    public int[] NewRow()
    {
        var row = new int[_classCount];
        Array.Fill(row, Unknown);
        return row;
    }

    private int Compute(int state, byte value)
    {
        var targets = new List<int>();
        foreach (int member in _members[state])
        {
            foreach (ByteEdge edge in _graph.States[member].Bytes)
            {
                if (edge.First <= value && value <= edge.Last)
                {
                    targets.Add(edge.Target);
                }
            }
        }

        return targets.Count == 0 ? Dead : Intern([.. targets]);
    }

    private void Push(int state)
    {
        if (!_marks[state])
        {
            _marks[state] = true;
            _work.Push(state);
        }
    }
}

/// <summary>Compares lists of numbers by their elements.</summary>
internal sealed class SequenceComparer : IEqualityComparer<int[]>
{
    public static SequenceComparer Instance { get; } = new();

    public bool Equals(int[]? left, int[]? right) => left.AsSpan().SequenceEqual(right);

    public int GetHashCode(int[] values)
    {
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return hash.ToHashCode();
    }
}
