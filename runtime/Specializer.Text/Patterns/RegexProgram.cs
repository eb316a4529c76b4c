using System.Collections.Generic;

namespace Specializer.Text.Patterns;

/// <summary>Specifies the operation of an instruction.</summary>
internal enum RegexOperation : byte
{
    /// <summary>Matches one scalar of the set.</summary>
    Set,

    /// <summary>Continues at X, and at Y if that fails.</summary>
    Split,

    /// <summary>Continues at X.</summary>
    Jump,

    /// <summary>Matches as many scalars of the set as possible, between X and Y, without backtracking.</summary>
    Possessive,

    /// <summary>Checks the condition X on the position.</summary>
    Assert,

    /// <summary>Succeeds if the following text matches the program from the next instruction on; then continues at X.</summary>
    LookAhead,

    /// <summary>Succeeds if the following text does not match the program from the next instruction on; then continues at X.</summary>
    NegativeLookAhead,

    /// <summary>Succeeds if the preceding scalar is in the set, or is not if X is 1.</summary>
    LookBehind,

    /// <summary>The end of a program.</summary>
    Match,
}

/// <summary>One instruction.</summary>
internal readonly record struct RegexInstruction(RegexOperation Operation, int X, int Y, ScalarSet? Set);

/// <summary>Compiles a parsed expression. Counted repetitions are unrolled.</summary>
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
