using System.Collections.Generic;

namespace Specializer.Text.Patterns;

/// <summary>What an instruction does.</summary>
internal enum RegexOperation : byte
{
    /// <summary>Takes one scalar of the set.</summary>
    Set,

    /// <summary>Goes to X, and to Y if that fails.</summary>
    Split,

    /// <summary>Goes to X.</summary>
    Jump,

    /// <summary>Takes as many scalars of the set as there are, from X to Y of them, and gives none back.</summary>
    Possessive,

    /// <summary>A condition on the place, X.</summary>
    Assert,

    /// <summary>What follows matches the program from the next instruction on; after it, X.</summary>
    LookAhead,

    /// <summary>What follows does not match the program from the next instruction on; after it, X.</summary>
    NegativeLookAhead,

    /// <summary>The scalar before is of the set, or is not if X is 1.</summary>
    LookBehind,

    /// <summary>The end of a program.</summary>
    Match,
}

/// <summary>One instruction.</summary>
internal readonly record struct RegexInstruction(RegexOperation Operation, int X, int Y, ScalarSet? Set);

/// <summary>Compiles a parsed expression. Counted repetitions are written out.</summary>
internal sealed class RegexCompiler
{
    private const int MaximumInstructions = 20_000;
    private readonly List<RegexInstruction> _program = [];

    public static RegexInstruction[] Compile(RegexNode node)
    {
        var compiler = new RegexCompiler();
        compiler.Emit(node);
        compiler.Add(RegexOperation.Match);
        return [.. compiler._program];
    }

    private int Add(RegexOperation operation, int x = 0, int y = 0, ScalarSet? set = null)
    {
        if (_program.Count >= MaximumInstructions)
        {
            throw new RegexSyntaxException($"the pattern needs more than {MaximumInstructions} steps", 0);
        }

        _program.Add(new RegexInstruction(operation, x, y, set));
        return _program.Count - 1;
    }

    private void Emit(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Set set:
                Add(RegexOperation.Set, set: set.Scalars);
                break;
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                {
                    Emit(part);
                }

                break;
            case RegexNode.Choice choice:
                EmitChoice(choice);
                break;
            case RegexNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case RegexNode.Assertion assertion:
                Add(RegexOperation.Assert, (int)assertion.Kind);
                break;
            case RegexNode.Look { Behind: true } look:
                Add(RegexOperation.LookBehind, look.Negative ? 1 : 0, 0, ((RegexNode.Set)look.Body).Scalars);
                break;
            case RegexNode.Look look:
                int at = Add(look.Negative ? RegexOperation.NegativeLookAhead : RegexOperation.LookAhead);
                Emit(look.Body);
                Add(RegexOperation.Match);
                _program[at] = _program[at] with { X = _program.Count };
                break;
        }
    }

    private void EmitChoice(RegexNode.Choice choice)
    {
        var ends = new List<int>();
        for (int i = 0; i < choice.Options.Count - 1; i++)
        {
            int split = Add(RegexOperation.Split);
            Emit(choice.Options[i]);
            ends.Add(Add(RegexOperation.Jump));
            _program[split] = _program[split] with { X = split + 1, Y = _program.Count };
        }

        Emit(choice.Options[^1]);
        foreach (int end in ends)
        {
            _program[end] = _program[end] with { X = _program.Count };
        }
    }

    private void EmitRepeat(RegexNode.Repeat repeat)
    {
        if (repeat.Possessive)
        {
            Add(
                RegexOperation.Possessive,
                repeat.Minimum,
                repeat.Maximum < 0 ? int.MaxValue : repeat.Maximum,
                ((RegexNode.Set)repeat.Body).Scalars
            );
            return;
        }

        for (int i = 0; i < repeat.Minimum; i++)
        {
            Emit(repeat.Body);
        }

        if (repeat.Maximum < 0)
        {
            int split = Add(RegexOperation.Split);
            Emit(repeat.Body);
            Add(RegexOperation.Jump, split);
            SetSplit(split, split + 1, _program.Count, repeat.Lazy);
            return;
        }

        var splits = new List<int>();
        for (int i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            splits.Add(Add(RegexOperation.Split));
            Emit(repeat.Body);
        }

        foreach (int split in splits)
        {
            SetSplit(split, split + 1, _program.Count, repeat.Lazy);
        }
    }

    private void SetSplit(int split, int body, int exit, bool lazy) =>
        _program[split] = _program[split] with { X = lazy ? exit : body, Y = lazy ? body : exit };
}
