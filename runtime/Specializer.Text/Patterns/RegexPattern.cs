using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>
/// Matches a compiled expression like a backtracking engine, but never enters an instruction twice at the same position, because
/// it would fail again. An attempt takes linear time; a budget bounds the sum over a text.
/// </summary>
internal sealed class RegexPattern(RegexInstruction[] program) : TextPattern
{
    [ThreadStatic]
    private static Scratch? t_scratch;

    public override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        Scratch scratch = t_scratch ??= new Scratch();
        long budget = 1_000_000 + 2000L * (text.Length - from);
        for (start = from; start <= text.Length; start += start < text.Length ? Scalars.LengthOf(text[start]) : 1)
        {
            end = Run(text, start, 0, scratch, ref budget);
            if (end >= 0)
            {
                scratch.Trim();
                return true;
            }
        }

        scratch.Trim();
        end = 0;
        return false;
    }

    private int Run(ReadOnlySpan<byte> text, int start, int entry, Scratch scratch, ref long budget)
    {
        int floor = scratch.StackCount;
        VisitedPlaces visited = scratch.Enter(program.Length);
        scratch.Push(entry, start);
        int result = -1;
        while (result < 0 && scratch.StackCount > floor)
        {
            (int at, int position) = scratch.Pop();
            while (visited.Add(at, position - start))
            {
                if (--budget < 0)
                {
                    throw new TokenizerException("a split pattern takes too many steps on this text");
                }

                RegexInstruction step = program[at];
                if (step.Operation == RegexOperation.Match)
                {
                    result = position;
                    break;
                }

                if (step.Operation == RegexOperation.Split)
                {
                    scratch.Push(step.Y, position);
                    at = step.X;
                }
                else if (!Advance(text, ref at, ref position, step, scratch, ref budget))
                {
                    break;
                }
            }
        }

        scratch.StackCount = floor;
        scratch.Leave();
        return result;
    }

    private bool Advance(ReadOnlySpan<byte> text, ref int at, ref int position, RegexInstruction step, Scratch scratch, ref long budget)
    {
        switch (step.Operation)
        {
            case RegexOperation.Jump:
                at = step.X;
                return true;
            case RegexOperation.Set:
                if (position >= text.Length || !step.Set!.Contains(Scalars.Decode(text, position, out int length)))
                {
                    return false;
                }

                position += length;
                break;
            case RegexOperation.Possessive:
                int count = 0;
                while (count < step.Y && position < text.Length && step.Set!.Contains(Scalars.Decode(text, position, out length)))
                {
                    position += length;
                    count++;
                    budget--;
                }

                if (count < step.X)
                {
                    return false;
                }

                break;
            case RegexOperation.Assert:
                if (!Holds((RegexAssertion)step.X, text, position))
                {
                    return false;
                }

                break;
            case RegexOperation.LookBehind:
                bool before = position > 0 && step.Set!.Contains(Scalars.DecodeLast(text, position, out _));
                if (before == (step.X == 1))
                {
                    return false;
                }

                break;
            default:
                bool matches = Run(text, position, at + 1, scratch, ref budget) >= 0;
                if (matches == (step.Operation == RegexOperation.NegativeLookAhead))
                {
                    return false;
                }

                at = step.X;
                return true;
        }

        at++;
        return true;
    }

    private static bool Holds(RegexAssertion assertion, ReadOnlySpan<byte> text, int position)
    {
        switch (assertion)
        {
            case RegexAssertion.TextStart:
                return position == 0;
            case RegexAssertion.TextEnd:
                return position == text.Length;
            case RegexAssertion.TextEndOrBreak:
                return position == text.Length || (position == text.Length - 1 && text[position] == '\n');
            case RegexAssertion.LineStart:
                return position == 0 || (position < text.Length && text[position - 1] == '\n');
            case RegexAssertion.LineEnd:
                return position == text.Length || text[position] == '\n';
            default:
                bool before = position > 0 && UnicodeTables.Is(Scalars.DecodeLast(text, position, out _), UnicodeFlags.OnigurumaWord);
                bool after = position < text.Length && UnicodeTables.Is(Scalars.Decode(text, position, out _), UnicodeFlags.OnigurumaWord);
                return before != after == (assertion == RegexAssertion.WordBoundary);
        }
    }

    /// <summary>The instructions that were entered at each position, as bits; only touched bits are cleared.</summary>
    private sealed class VisitedPlaces
    {
        private ulong[] _bits = new ulong[64];
        private int _width;
        private long _touched;

        public void Clear(int width)
        {
            Array.Clear(_bits, 0, (int)_touched);
            _touched = 0;
            _width = width;
        }

        public bool Add(int instruction, int offset)
        {
            long bit = (long)offset * _width + instruction;
            long word = bit >> 6;
            if (word >= _bits.Length)
            {
                if (word >= Array.MaxLength / 8)
                {
                    throw new TokenizerException("a split pattern needs too much memory on this text");
                }

                Array.Resize(ref _bits, (int)Math.Max(word + 1, 2L * _bits.Length));
            }

            _touched = Math.Max(_touched, word + 1);
            ulong mask = 1UL << (int)(bit & 63);
            bool isNew = (_bits[word] & mask) == 0;
            _bits[word] |= mask;
            return isNew;
        }

        public bool IsLarge => _bits.Length > 1 << 17;
    }

    private sealed class Scratch
    {
        private (int At, int Position)[] _stack = new (int, int)[64];
        private VisitedPlaces[] _levels = [new()];
        private int _depth;

        public int StackCount { get; set; }

        public VisitedPlaces Enter(int width)
        {
            if (_depth == _levels.Length)
            {
                Array.Resize(ref _levels, _depth + 1);
                _levels[_depth] = new VisitedPlaces();
            }

            VisitedPlaces visited = _levels[_depth++];
            visited.Clear(width);
            return visited;
        }

        public void Leave() => _depth--;

        public void Push(int at, int position)
        {
            if (StackCount == _stack.Length)
            {
                Array.Resize(ref _stack, 2 * StackCount);
            }

            _stack[StackCount++] = (at, position);
        }

        public (int At, int Position) Pop() => _stack[--StackCount];

        public void Trim()
        {
            if (_stack.Length > 1 << 17)
            {
                _stack = new (int, int)[64];
            }

            if (_levels[0].IsLarge)
            {
                _levels = [new()];
            }

            _depth = 0;
            StackCount = 0;
        }
    }
}
