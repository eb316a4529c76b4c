using System;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>
/// Python's upper, lower and title case: the full mappings of Unicode (SpecialCasing.txt), in which one character can become
/// three, in addition to .NET's simple ones.
/// </summary>
internal static class CaseMapping
{
    // Pairs of a character and its mapping.
    private static readonly FrozenDictionary<int, string> s_upper = Read(
        "\u00DFSS \u0149\u02BCN \u01F0J\u030C \u0390\u0399\u0308\u0301 \u03B0\u03A5\u0308\u0301 \u0587\u0535\u0552 "
            + "\u1E96H\u0331 \u1E97T\u0308 \u1E98W\u030A \u1E99Y\u030A \u1E9AA\u02BE \u1F50\u03A5\u0313 "
            + "\u1F52\u03A5\u0313\u0300 \u1F54\u03A5\u0313\u0301 \u1F56\u03A5\u0313\u0342 \u1F80\u1F08\u0399 "
            + "\u1F81\u1F09\u0399 \u1F82\u1F0A\u0399 \u1F83\u1F0B\u0399 \u1F84\u1F0C\u0399 \u1F85\u1F0D\u0399 "
            + "\u1F86\u1F0E\u0399 \u1F87\u1F0F\u0399 \u1F88\u1F08\u0399 \u1F89\u1F09\u0399 \u1F8A\u1F0A\u0399 "
            + "\u1F8B\u1F0B\u0399 \u1F8C\u1F0C\u0399 \u1F8D\u1F0D\u0399 \u1F8E\u1F0E\u0399 \u1F8F\u1F0F\u0399 "
            + "\u1F90\u1F28\u0399 \u1F91\u1F29\u0399 \u1F92\u1F2A\u0399 \u1F93\u1F2B\u0399 \u1F94\u1F2C\u0399 "
            + "\u1F95\u1F2D\u0399 \u1F96\u1F2E\u0399 \u1F97\u1F2F\u0399 \u1F98\u1F28\u0399 \u1F99\u1F29\u0399 "
            + "\u1F9A\u1F2A\u0399 \u1F9B\u1F2B\u0399 \u1F9C\u1F2C\u0399 \u1F9D\u1F2D\u0399 \u1F9E\u1F2E\u0399 "
            + "\u1F9F\u1F2F\u0399 \u1FA0\u1F68\u0399 \u1FA1\u1F69\u0399 \u1FA2\u1F6A\u0399 \u1FA3\u1F6B\u0399 "
            + "\u1FA4\u1F6C\u0399 \u1FA5\u1F6D\u0399 \u1FA6\u1F6E\u0399 \u1FA7\u1F6F\u0399 \u1FA8\u1F68\u0399 "
            + "\u1FA9\u1F69\u0399 \u1FAA\u1F6A\u0399 \u1FAB\u1F6B\u0399 \u1FAC\u1F6C\u0399 \u1FAD\u1F6D\u0399 "
            + "\u1FAE\u1F6E\u0399 \u1FAF\u1F6F\u0399 \u1FB2\u1FBA\u0399 \u1FB3\u0391\u0399 \u1FB4\u0386\u0399 "
            + "\u1FB6\u0391\u0342 \u1FB7\u0391\u0342\u0399 \u1FBC\u0391\u0399 \u1FC2\u1FCA\u0399 \u1FC3\u0397\u0399 "
            + "\u1FC4\u0389\u0399 \u1FC6\u0397\u0342 \u1FC7\u0397\u0342\u0399 \u1FCC\u0397\u0399 \u1FD2\u0399\u0308\u0300 "
            + "\u1FD3\u0399\u0308\u0301 \u1FD6\u0399\u0342 \u1FD7\u0399\u0308\u0342 \u1FE2\u03A5\u0308\u0300 "
            + "\u1FE3\u03A5\u0308\u0301 \u1FE4\u03A1\u0313 \u1FE6\u03A5\u0342 \u1FE7\u03A5\u0308\u0342 \u1FF2\u1FFA\u0399 "
            + "\u1FF3\u03A9\u0399 \u1FF4\u038F\u0399 \u1FF6\u03A9\u0342 \u1FF7\u03A9\u0342\u0399 \u1FFC\u03A9\u0399 \uFB00FF "
            + "\uFB01FI \uFB02FL \uFB03FFI \uFB04FFL \uFB05ST \uFB06ST \uFB13\u0544\u0546 \uFB14\u0544\u0535 "
            + "\uFB15\u0544\u053B \uFB16\u054E\u0546 \uFB17\u0544\u053D"
    );

    // Characters whose title case differs from upper case.
    private static readonly FrozenDictionary<int, string> s_title = Read(
        "\u00DFSs \u01C4\u01C5 \u01C5\u01C5 \u01C6\u01C5 \u01C7\u01C8 \u01C8\u01C8 \u01C9\u01C8 \u01CA\u01CB "
            + "\u01CB\u01CB \u01CC\u01CB \u01F1\u01F2 \u01F2\u01F2 \u01F3\u01F2 \u0587\u0535\u0582 \u1F80\u1F88 \u1F81\u1F89 "
            + "\u1F82\u1F8A \u1F83\u1F8B \u1F84\u1F8C \u1F85\u1F8D \u1F86\u1F8E \u1F87\u1F8F \u1F88\u1F88 \u1F89\u1F89 "
            + "\u1F8A\u1F8A \u1F8B\u1F8B \u1F8C\u1F8C \u1F8D\u1F8D \u1F8E\u1F8E \u1F8F\u1F8F \u1F90\u1F98 \u1F91\u1F99 "
            + "\u1F92\u1F9A \u1F93\u1F9B \u1F94\u1F9C \u1F95\u1F9D \u1F96\u1F9E \u1F97\u1F9F \u1F98\u1F98 \u1F99\u1F99 "
            + "\u1F9A\u1F9A \u1F9B\u1F9B \u1F9C\u1F9C \u1F9D\u1F9D \u1F9E\u1F9E \u1F9F\u1F9F \u1FA0\u1FA8 \u1FA1\u1FA9 "
            + "\u1FA2\u1FAA \u1FA3\u1FAB \u1FA4\u1FAC \u1FA5\u1FAD \u1FA6\u1FAE \u1FA7\u1FAF \u1FA8\u1FA8 \u1FA9\u1FA9 "
            + "\u1FAA\u1FAA \u1FAB\u1FAB \u1FAC\u1FAC \u1FAD\u1FAD \u1FAE\u1FAE \u1FAF\u1FAF \u1FB2\u1FBA\u0345 \u1FB3\u1FBC "
            + "\u1FB4\u0386\u0345 \u1FB7\u0391\u0342\u0345 \u1FBC\u1FBC \u1FC2\u1FCA\u0345 \u1FC3\u1FCC \u1FC4\u0389\u0345 "
            + "\u1FC7\u0397\u0342\u0345 \u1FCC\u1FCC \u1FF2\u1FFA\u0345 \u1FF3\u1FFC \u1FF4\u038F\u0345 "
            + "\u1FF7\u03A9\u0342\u0345 \u1FFC\u1FFC \uFB00Ff \uFB01Fi \uFB02Fl \uFB03Ffi \uFB04Ffl \uFB05St \uFB06St "
            + "\uFB13\u0544\u0576 \uFB14\u0544\u0565 \uFB15\u0544\u056B \uFB16\u054E\u0576 \uFB17\u0544\u056D"
    );

    // Letters and marks that are lower or upper case by property, not by category, as pairs of first and last.
    private static readonly int[] s_otherLower =
    [
        0xAA,
        0xAA,
        0xBA,
        0xBA,
        0x2B0,
        0x2B8,
        0x2C0,
        0x2C1,
        0x2E0,
        0x2E4,
        0x345,
        0x345,
        0x37A,
        0x37A,
        0x10FC,
        0x10FC,
        0x1D2C,
        0x1D6A,
        0x1D78,
        0x1D78,
        0x1D9B,
        0x1DBF,
        0x2071,
        0x2071,
        0x207F,
        0x207F,
        0x2090,
        0x209C,
        0x2170,
        0x217F,
        0x24D0,
        0x24E9,
        0x2C7C,
        0x2C7D,
        0xA69C,
        0xA69D,
        0xA770,
        0xA770,
        0xA7F2,
        0xA7F4,
        0xA7F8,
        0xA7F9,
        0xAB5C,
        0xAB5F,
        0xAB69,
        0xAB69,
    ];

    private static readonly int[] s_otherUpper = [0x2160, 0x216F, 0x24B6, 0x24CF, 0x1F130, 0x1F149, 0x1F150, 0x1F169, 0x1F170, 0x1F189];

    /// <summary>Appends the upper case of a code point.</summary>
    public static void AppendUpper(StringBuilder builder, int codePoint)
    {
        if (s_upper.TryGetValue(codePoint, out string? special))
        {
            builder.Append(special);
            return;
        }

        CodePoints.Append(
            builder,
            codePoint switch
            {
                0x131 => 'I',
                0x17F => 'S',
                _ => Rune.TryCreate(codePoint, out Rune rune) ? Rune.ToUpperInvariant(rune).Value : codePoint,
            }
        );
    }

    /// <summary>Appends the lower case of a code point, apart from the final sigma.</summary>
    public static void AppendLower(StringBuilder builder, int codePoint)
    {
        if (codePoint == 0x130)
        {
            builder.Append("i\u0307");
            return;
        }

        CodePoints.Append(builder, Rune.TryCreate(codePoint, out Rune rune) ? Rune.ToLowerInvariant(rune).Value : codePoint);
    }

    /// <summary>Appends the title case of a code point.</summary>
    public static void AppendTitle(StringBuilder builder, int codePoint)
    {
        if (s_title.TryGetValue(codePoint, out string? special))
        {
            builder.Append(special);
        }
        else if (codePoint is >= 0x10D0 and <= 0x10FF)
        {
            CodePoints.Append(builder, codePoint);
        }
        else
        {
            AppendUpper(builder, codePoint);
        }
    }

    public static bool IsUpper(int codePoint) =>
        CodePoints.Category(codePoint) == UnicodeCategory.UppercaseLetter || IsIn(s_otherUpper, codePoint);

    public static bool IsLower(int codePoint) =>
        CodePoints.Category(codePoint) == UnicodeCategory.LowercaseLetter || IsIn(s_otherLower, codePoint);

    public static bool IsCased(int codePoint) =>
        IsLower(codePoint) || IsUpper(codePoint) || CodePoints.Category(codePoint) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Returns whether the sigma at an index ends a word, in which case its lower case is another letter.</summary>
    public static bool IsFinalSigma(string text, int index)
    {
        int before = index - 1;
        while (before >= 0 && IsIgnorable(text, ref before, -1))
        {
            before--;
        }

        int after = index + 1;
        while (after < text.Length && IsIgnorable(text, ref after, 1))
        {
            after++;
        }

        return before >= 0 && IsCased(CodePoints.At(text, before)) && !(after < text.Length && IsCased(CodePoints.At(text, after)));
    }

    // Marks, format characters, modifiers and the punctuation of word breaks do not divide letters.
    private static bool IsIgnorable(string text, ref int index, int direction)
    {
        if (direction < 0 && index > 0 && char.IsSurrogatePair(text[index - 1], text[index]))
        {
            index--;
        }

        int codePoint = CodePoints.At(text, index);
        bool ignorable =
            codePoint
                is '\''
                    or '.'
                    or ':'
                    or '^'
                    or '`'
                    or 0xB7
                    or 0x387
                    or 0x55F
                    or 0x5F4
                    or 0x2018
                    or 0x2019
                    or 0x2024
                    or 0x2027
                    or 0xFE13
                    or 0xFE52
                    or 0xFE55
                    or 0xFF07
                    or 0xFF0E
                    or 0xFF1A
            || CodePoints.Category(codePoint)
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Format
                    or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.ModifierSymbol;
        if (ignorable && direction > 0)
        {
            index += CodePoints.LengthAt(text, index) - 1;
        }

        return ignorable;
    }

    private static bool IsIn(int[] ranges, int codePoint)
    {
        for (int i = 0; i < ranges.Length; i += 2)
        {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenDictionary<int, string> Read(string entries)
    {
        System.Collections.Generic.Dictionary<int, string> table = [];
        foreach (string entry in entries.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            table.Add(entry[0], entry[1..]);
        }

        return table.ToFrozenDictionary();
    }
}
