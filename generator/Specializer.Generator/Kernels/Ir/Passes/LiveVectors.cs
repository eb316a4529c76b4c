using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Kernels.Ir.Passes;

/// <summary>Counts the vectors that a method needs in registers at the same time.</summary>
/// <param name="foldsLoads">Whether an instruction takes one operand from memory, as on x86.</param>
internal sealed class LiveVectors(bool foldsLoads)
{
    private int _most;

    /// <summary>The most vectors that are live at any point of a method.</summary>
    public static int Count(KernelMethod method, bool foldsLoads)
    {
        var pass = new LiveVectors(foldsLoads);
        pass.Before(method.Body, []);
        return pass._most;
    }

    /// <summary>The variables that are live before a block, of those that are live after it; loops until nothing changes.</summary>
    private HashSet<Variable> Before(IReadOnlyList<Stmt> block, HashSet<Variable> after)
    {
        var live = new HashSet<Variable>(after);
        for (int i = block.Count - 1; i >= 0; i--)
        {
            live = Before(block[i], live);
        }

        return live;
    }

    private HashSet<Variable> Before(Stmt statement, HashSet<Variable> after)
    {
        switch (statement)
        {
            case If choice:
                var either = new HashSet<Variable>(Before(choice.Then, after));
                either.UnionWith(Before(choice.Otherwise ?? [], after));
                return Evaluated(statement, null, either);
            case Scope scope:
                return Before(scope.Body, after);
            case For loop:
                return Before(loop.Variables, Loop([.. loop.Body, .. loop.Next], statement, after));
            case While loop:
                return Loop(loop.Body, statement, after);
            case Let let:
                return Evaluated(statement, let.Variable, after);
            case Assign { Target: Variable target }:
                return Evaluated(statement, target, after);
            default:
                return Evaluated(statement, null, after);
        }
    }

    /// <summary>Variables that are live at the head of a loop are live at the end of each of its iterations.</summary>
    private HashSet<Variable> Loop(IReadOnlyList<Stmt> turn, Stmt loop, HashSet<Variable> after)
    {
        HashSet<Variable> head = Evaluated(loop, null, after);
        while (true)
        {
            HashSet<Variable> next = Evaluated(loop, null, new HashSet<Variable>(after.Concat(Before(turn, head))));
            if (next.SetEquals(head))
            {
                return head;
            }

            head = next;
        }
    }

    private HashSet<Variable> Evaluated(Stmt statement, Variable? target, HashSet<Variable> after)
    {
        var before = new HashSet<Variable>(after);
        if (target is not null)
        {
            before.Remove(target);
        }

        int temporaries = 0;
        foreach (Expr expression in Walk.Operands(statement))
        {
            foreach (Expr part in Walk.Expressions(expression))
            {
                if (part is Variable { Type.IsVector: true } variable)
                {
                    before.Add(variable);
                }
            }

            temporaries = Math.Max(temporaries, Temporaries(expression));
        }

        // The result of the outermost operation is the target, or takes the register of a temporary.
        bool hasTarget = target is { Type.IsVector: true };
        int own = hasTarget && !before.Contains(target!) ? 1 : 0;
        _most = Math.Max(_most, Math.Max(before.Count + Math.Max(temporaries - (hasTarget ? 1 : 0), own), after.Count));
        return before;
    }

    /// <summary>The registers in which an expression is computed, beside those of variables (Sethi and Ullman 1970).</summary>
    private int Temporaries(Expr expression)
    {
        if (expression is Variable || !Walk.Expressions(expression).Any(static part => part.Type.IsVector))
        {
            return 0;
        }

        int held = 0,
            most = 0;
        bool folded = false;
        foreach (
            int needed in Walk.Operands(expression).Select(operand => Needed(operand, ref folded)).OrderByDescending(static count => count)
        )
        {
            most = Math.Max(most, held + needed);
            held += needed > 0 ? 1 : 0;
        }

        return Math.Max(most, expression.Type.IsVector ? 1 : 0);
    }

    private int Needed(Expr operand, ref bool folded)
    {
        if (foldsLoads && !folded && operand is ElementAt { Type.IsVector: true } or Intrinsic { Op: IntrinsicOp.Load })
        {
            folded = true;
            return 0;
        }

        return Temporaries(operand);
    }
}
