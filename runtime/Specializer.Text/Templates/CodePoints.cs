using System;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>Python's strings consist of code points, .NET's of UTF-16 units. A lone surrogate is a code point, as in Python.</summary>
internal static class CodePoints
{
    /// <summary>Counts the code points of a text.</summary>
    public static int Count(string text)
    {
        int count = text.Length;
        int next = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDBFF');
        if (next < 0)
        {
            return count;
        }

        for (int i = next; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>Returns the number of UTF-16 units of the code point at an index.</summary>
    public static int LengthAt(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;

    /// <summary>Returns the code point at an index.</summary>
    public static int At(string text, int index) =>
        LengthAt(text, index) == 2 ? char.ConvertToUtf32(text[index], text[index + 1]) : text[index];

    /// <summary>Returns the index of each code point and, at the end, the length; null if each is one unit.</summary>
    public static int[]? Offsets(string text, Budget budget)
    {
        int count = Count(text);
        if (count == text.Length)
        {
            return null;
        }

        budget.Copy(2L * count);
        int[] offsets = new int[count + 1];
        int unit = 0;
        for (int i = 0; i < count; i++)
        {
            offsets[i] = unit;
            unit += LengthAt(text, unit);
        }

        offsets[count] = unit;
        return offsets;
    }

    /// <summary>Returns the general category of a code point.</summary>
    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>Returns the result of Python's <c>str.isspace</c> for a character.</summary>
    public static bool IsSpace(int character) =>
        character
            is (>= 9 and <= 13)
                or (>= 0x1C and <= 0x20)
                or 0x85
                or 0xA0
                or 0x1680
                or (>= 0x2000 and <= 0x200A)
                or 0x2028
                or 0x2029
                or 0x202F
                or 0x205F
                or 0x3000;

    /// <summary>Returns whether Python's <c>str.splitlines</c> ends a line after the character.</summary>
    public static bool EndsLine(char character) =>
        character is (>= '\n' and <= '\r') or (>= '\x1C' and <= '\x1E') or '\x85' or '\u2028' or '\u2029';

    /// <summary>Returns whether Python's <c>repr</c> prints the character unchanged.</summary>
    public static bool IsPrintable(int codePoint) =>
        codePoint == ' '
        || Category(codePoint)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );

    /// <summary>Compares two texts by code points.</summary>
    public static int Compare(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // A surrogate belongs to a code point above all single-unit ones, unless it is alone.
        int start = same > 0 && char.IsHighSurrogate(left[same - 1]) ? same - 1 : same;
        return At(left, start).CompareTo(At(right, start));
    }

    /// <summary>Appends a code point; a lone surrogate is allowed.</summary>
    public static StringBuilder Append(StringBuilder builder, int codePoint) =>
        codePoint > 0xFFFF ? builder.Append(char.ConvertFromUtf32(codePoint)) : builder.Append((char)codePoint);

    /// <summary>Converts a code point to a text; a lone surrogate is allowed.</summary>
    public static string Text(int codePoint) => codePoint > 0xFFFF ? char.ConvertFromUtf32(codePoint) : ((char)codePoint).ToString();
}
