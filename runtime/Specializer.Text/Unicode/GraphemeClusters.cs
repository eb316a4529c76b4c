using System;

namespace Specializer.Text.Unicode;

/// <summary>
/// Extended grapheme clusters (Unicode Standard Annex 29), as far as the character maps of SentencePiece need them. The result is
/// exact for every cluster of fewer than six bytes. Longer clusters may be split, which has no effect, because they are looked up
/// scalar by scalar.
/// </summary>
internal static class GraphemeClusters
{
    /// <summary>Returns the end of the cluster that starts at an index.</summary>
    public static int End(ReadOnlySpan<byte> text, int index)
    {
        int scalar = Scalars.Decode(text, index, out int length);
        int end = index + length;
        if (scalar == '\r' && end < text.Length && text[end] == '\n')
        {
            return end + 1;
        }

        if (UnicodeTables.Is(scalar, UnicodeFlags.ClusterControl))
        {
            return end;
        }

        bool pictographic = UnicodeTables.Is(scalar, UnicodeFlags.Pictographic);
        bool joiner = false;
        while (end < text.Length)
        {
            int next = Scalars.Decode(text, end, out int nextLength);
            UnicodeFlags flags = UnicodeTables.Flags(next);
            bool joins =
                (flags & UnicodeFlags.Extend) != 0
                || UnicodeTables.Is(scalar, UnicodeFlags.Prepend) && (flags & UnicodeFlags.ClusterControl) == 0
                || pictographic && joiner && (flags & UnicodeFlags.Pictographic) != 0
                || IsHangulPair(scalar, next);
            if (!joins)
            {
                break;
            }

            joiner = next == 0x200D;
            if ((flags & UnicodeFlags.Extend) == 0)
            {
                pictographic = (flags & UnicodeFlags.Pictographic) != 0;
            }

            scalar = next;
            end += nextLength;
        }

        return end;
    }

    private static bool IsHangulPair(int first, int second)
    {
        bool secondIsVowelOrTrail = second is >= 0x1160 and <= 0x11FF;
        return first is >= 0x1100 and <= 0x115F
            ? second is >= 0x1100 and <= 0x11FF or >= 0xAC00 and <= 0xD7A3
            : first is >= 0x1160 and <= 0x11FF or >= 0xAC00 and <= 0xD7A3 && secondIsVowelOrTrail;
    }
}
