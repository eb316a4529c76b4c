using System;
using System.Runtime.CompilerServices;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>A hand-written scanner for one split pattern: one pass, without backtracking.</summary>
internal abstract class SplitScanner : TextPattern
{
    protected const byte Letter = 1,
        Number = 2,
        Space = 4,
        Other = 8;

    private static readonly byte[] s_ascii = BuildAscii();

    /// <summary>Returns the end of the match that starts at an index, or -1.</summary>
    public abstract int Match(ReadOnlySpan<byte> text, int index);

    public sealed override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start += Scalars.LengthOf(text[start]))
        {
            end = Match(text, start);
            if (end >= 0)
            {
                return true;
            }
        }

        end = 0;
        return false;
    }

    /// <summary>Classifies a scalar as letter, number, white space or other, by Oniguruma's Unicode version.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static byte KindAt(ReadOnlySpan<byte> text, int index, out int length)
    {
        byte first = text[index];
        if (first < 0x80)
        {
            length = 1;
            return s_ascii[first];
        }

        return KindOf(UnicodeTables.Flags(Scalars.Decode(text, index, out length)));
    }

    private static byte KindOf(UnicodeFlags flags)
    {
        uint category = 1u << (int)(flags & UnicodeFlags.CategoryMask);
        return (category & Categories.Letter) != 0 ? Letter
            : (category & Categories.Number) != 0 ? Number
            : (flags & UnicodeFlags.OnigurumaSpace) != 0 ? Space
            : Other;
    }

    /// <summary>Returns the end of the run of one kind that starts at an index.</summary>
    protected static int RunEnd(ReadOnlySpan<byte> text, int index, byte kind)
    {
        while (index < text.Length && KindAt(text, index, out int length) == kind)
        {
            index += length;
        }

        return index;
    }

    /// <summary>Returns the end of a run of at most the given number of numbers.</summary>
    protected static int NumbersEnd(ReadOnlySpan<byte> text, int index, int maximum)
    {
        for (; maximum > 0 && index < text.Length && KindAt(text, index, out int length) == Number; maximum--)
        {
            index += length;
        }

        return index;
    }

    /// <summary><c>[\r\n]*</c></summary>
    protected static int LineBreaksEnd(ReadOnlySpan<byte> text, int index)
    {
        while (index < text.Length && text[index] is (byte)'\r' or (byte)'\n')
        {
            index++;
        }

        return index;
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>, or the same without its first part.</summary>
    protected static int SpacesEnd(ReadOnlySpan<byte> text, int index, bool lineBreaks)
    {
        int end = index,
            last = index,
            afterBreak = -1;
        while (end < text.Length && KindAt(text, end, out int length) == Space)
        {
            last = end;
            end += length;
            if (text[last] is (byte)'\r' or (byte)'\n')
            {
                afterBreak = end;
            }
        }

        if (end == index)
        {
            return -1;
        }

        return lineBreaks && afterBreak >= 0 ? afterBreak
            : end == text.Length || last == index ? end
            : last;
    }

    /// <summary><c>'s|'t|'re|'ve|'m|'ll|'d</c>, or -1. Folding case, the long s is an s.</summary>
    protected static int ContractionEnd(ReadOnlySpan<byte> text, int index, bool ignoreCase)
    {
        if (index + 1 >= text.Length || text[index] != '\'')
        {
            return -1;
        }

        int fold = ignoreCase ? 0x20 : 0;
        int first = text[index + 1] < 0x80 ? text[index + 1] | fold : text[index + 1];
        if (first is 's' or 't' or 'm' or 'd')
        {
            return index + 2;
        }

        if (ignoreCase && first == 0xC5 && text[index + 2] == 0xBF)
        {
            return index + 3;
        }

        int second = index + 2 < text.Length && text[index + 2] < 0x80 ? text[index + 2] | fold : 0;
        return (first is 'r' or 'v' && second == 'e') || (first == 'l' && second == 'l') ? index + 3 : -1;
    }

    private static byte[] BuildAscii()
    {
        var table = new byte[128];
        for (int c = 0; c < 128; c++)
        {
            table[c] = KindOf(UnicodeTables.Flags(c));
        }

        return table;
    }
}

/// <summary>Sets of general categories, one bit for each <see cref="UnicodeCategoryCode"/>.</summary>
internal static class Categories
{
    public const uint Letter =
        1u << (int)UnicodeCategoryCode.Lu | 1u << (int)UnicodeCategoryCode.Ll | 1u << (int)UnicodeCategoryCode.Lt | Other;
    public const uint Other = 1u << (int)UnicodeCategoryCode.Lm | 1u << (int)UnicodeCategoryCode.Lo;
    public const uint Number = 1u << (int)UnicodeCategoryCode.Nd | 1u << (int)UnicodeCategoryCode.Nl | 1u << (int)UnicodeCategoryCode.No;
    public const uint Mark = 1u << (int)UnicodeCategoryCode.Mn | 1u << (int)UnicodeCategoryCode.Mc | 1u << (int)UnicodeCategoryCode.Me;
    public const uint Punctuation =
        1u << (int)UnicodeCategoryCode.Pc
        | 1u << (int)UnicodeCategoryCode.Pd
        | 1u << (int)UnicodeCategoryCode.Ps
        | 1u << (int)UnicodeCategoryCode.Pe
        | 1u << (int)UnicodeCategoryCode.Pi
        | 1u << (int)UnicodeCategoryCode.Pf
        | 1u << (int)UnicodeCategoryCode.Po;
    public const uint Symbol =
        1u << (int)UnicodeCategoryCode.Sm
        | 1u << (int)UnicodeCategoryCode.Sc
        | 1u << (int)UnicodeCategoryCode.Sk
        | 1u << (int)UnicodeCategoryCode.So;
    public const uint Separator = 1u << (int)UnicodeCategoryCode.Zs | 1u << (int)UnicodeCategoryCode.Zl | 1u << (int)UnicodeCategoryCode.Zp;
    public const uint Control =
        1u << (int)UnicodeCategoryCode.Cc
        | 1u << (int)UnicodeCategoryCode.Cf
        | 1u << (int)UnicodeCategoryCode.Cs
        | 1u << (int)UnicodeCategoryCode.Co
        | 1u << (int)UnicodeCategoryCode.Cn;

    /// <summary><c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c></summary>
    public const uint UpperLike = 1u << (int)UnicodeCategoryCode.Lu | 1u << (int)UnicodeCategoryCode.Lt | Other | Mark;

    /// <summary><c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c></summary>
    public const uint LowerLike = 1u << (int)UnicodeCategoryCode.Ll | Other | Mark;
}
