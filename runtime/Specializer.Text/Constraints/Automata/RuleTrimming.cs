using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Constraints;

/// <summary>Removes the parts of a graph that cannot be completed, and refuses rules that call themselves before any byte.</summary>
internal static class RuleTrimming
{
    /// <summary>Removes transitions to states that cannot reach the end of their rule.</summary>
    /// <exception cref="ConstraintException">The whole text cannot be completed.</exception>
    public static void RemoveDeadEnds(RuleGraph graph)
    {
        // A rule is complete once its end is reachable by bytes and complete rules; callers follow in later rounds.
        var complete = new bool[graph.Rules.Count];
        var incoming = Incoming(graph);
        var alive = new bool[graph.States.Count];
        var callers = Callers(graph);
        var work = new Stack<int>(graph.Rules.Select(static rule => rule.End));
        var ruleOfStart = graph
            .Rules.Select(static (rule, id) => (rule.Start, id))
            .ToDictionary(static pair => pair.Start, static pair => pair.id);
        while (work.TryPop(out int state))
        {
            if (alive[state])
            {
                continue;
            }

            alive[state] = true;
            foreach (int source in incoming[state])
            {
                work.Push(source);
            }

            // A call leads here, if its rule is complete.
            foreach ((int source, int rule) in callers.ByTarget[state])
            {
                if (complete[rule])
                {
                    work.Push(source);
                }
            }

            if (ruleOfStart.TryGetValue(state, out int id) && !complete[id])
            {
                complete[id] = true;
                foreach ((int source, int target) in callers.ByRule[id])
                {
                    if (alive[target])
                    {
                        work.Push(source);
                    }
                }
            }
        }

        if (!complete[0])
        {
            throw new ConstraintException("the constraint allows no text");
        }

        foreach (GraphState state in graph.States)
        {
            state.Bytes.RemoveAll(edge => !alive[edge.Target]);
            state.Silent.RemoveAll(target => !alive[target]);
            state.Calls.RemoveAll(edge => !alive[edge.Target] || !complete[edge.Rule]);
        }
    }

    /// <summary>Refuses a rule that reaches itself before any byte, which no automaton can follow.</summary>
    /// <exception cref="ConstraintException">There is such a rule.</exception>
    public static void RefuseEmptyRecursion(RuleGraph graph)
    {
        bool[] empty = EmptyRules(graph);
        var first = new HashSet<int>[graph.Rules.Count];
        for (int rule = 0; rule < first.Length; rule++)
        {
            first[rule] = [];
            foreach (int state in Reach(graph, graph.Rules[rule].Start, empty))
            {
                first[rule].UnionWith(graph.States[state].Calls.Select(static edge => edge.Rule));
            }
        }

        var marks = new byte[first.Length];
        for (int rule = 0; rule < first.Length; rule++)
        {
            Visit(rule);
        }

        // A depth-first search without recursion; a rule that is met on its own path has mark 1.
        void Visit(int start)
        {
            var path = new Stack<(int Rule, IEnumerator<int> Next)>();
            Enter(start);
            while (path.TryPeek(out (int Rule, IEnumerator<int> Next) top))
            {
                if (top.Next.MoveNext())
                {
                    Enter(top.Next.Current);
                }
                else
                {
                    marks[top.Rule] = 2;
                    path.Pop();
                }
            }

            void Enter(int rule)
            {
                if (marks[rule] == 1)
                {
                    throw new ConstraintException($"{graph.Rules[rule].Name} refers to itself without any text before");
                }

                if (marks[rule] == 0)
                {
                    marks[rule] = 1;
                    path.Push((rule, first[rule].GetEnumerator()));
                }
            }
        }
    }

    private static bool[] EmptyRules(RuleGraph graph)
    {
        var empty = new bool[graph.Rules.Count];
        for (bool changed = true; changed; )
        {
            changed = false;
            for (int rule = 0; rule < empty.Length; rule++)
            {
                if (!empty[rule] && Reach(graph, graph.Rules[rule].Start, empty).Contains(graph.Rules[rule].End))
                {
                    empty[rule] = true;
                    changed = true;
                }
            }
        }

        return empty;
    }

    // The states that are reachable without a byte.
    private static HashSet<int> Reach(RuleGraph graph, int start, bool[] empty)
    {
        var reached = new HashSet<int> { start };
        var work = new Stack<int>([start]);
        while (work.TryPop(out int state))
        {
            foreach (int target in graph.States[state].Silent)
            {
                if (reached.Add(target))
                {
                    work.Push(target);
                }
            }

            foreach (CallEdge edge in graph.States[state].Calls)
            {
                if (empty[edge.Rule] && reached.Add(edge.Target))
                {
                    work.Push(edge.Target);
                }
            }
        }

        return reached;
    }

    private static List<int>[] Incoming(RuleGraph graph)
    {
        List<int>[] result = [.. graph.States.Select(static _ => new List<int>())];
        for (int source = 0; source < result.Length; source++)
        {
            foreach (ByteEdge edge in graph.States[source].Bytes)
            {
                result[edge.Target].Add(source);
            }

            foreach (int target in graph.States[source].Silent)
            {
                result[target].Add(source);
            }
        }

        return result;
    }

    private static (List<(int Source, int Rule)>[] ByTarget, List<(int Source, int Target)>[] ByRule) Callers(RuleGraph graph)
    {
        List<(int, int)>[] byTarget = [.. graph.States.Select(static _ => new List<(int, int)>())];
        List<(int, int)>[] byRule = [.. graph.Rules.Select(static _ => new List<(int, int)>())];
        for (int source = 0; source < graph.States.Count; source++)
        {
            foreach (CallEdge edge in graph.States[source].Calls)
            {
                byTarget[edge.Target].Add((source, edge.Rule));
                byRule[edge.Rule].Add((source, edge.Target));
            }
        }

        return (byTarget, byRule);
    }
}
