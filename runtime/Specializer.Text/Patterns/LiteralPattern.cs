using System;

namespace Specializer.Text.Patterns;

/// <summary>A text that is not empty, byte for byte.</summary>
internal sealed class LiteralPattern(byte[] literal) : TextPattern
{
    public override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        int index = text[from..].IndexOf(literal);
        (start, end) = (from + index, from + index + literal.Length);
        return index >= 0;
    }
}
