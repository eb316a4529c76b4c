using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>Counts white space at the ends of a token's text, including the space of the byte alphabet.</summary>
internal static class SpaceCounts
{
    public static (int Leading, int Trailing) Of(ReadOnlySpan<byte> text)
    {
        int leading = 0,
            trailing = 0;
        for (int index = 0; index < text.Length && IsSpace(Scalars.Decode(text, index, out int length)); index += length)
        {
            leading++;
        }

        for (int end = text.Length; end > 0 && IsSpace(Scalars.DecodeLast(text, end, out int length)); end -= length)
        {
            trailing++;
        }

        return (leading, trailing);
    }

    private static bool IsSpace(int scalar) => scalar == ByteAlphabet.Space || UnicodeTables.Is(scalar, UnicodeFlags.WhiteSpace);
}
