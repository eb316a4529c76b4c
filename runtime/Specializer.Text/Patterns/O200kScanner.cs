using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>
/// The pattern of o200k and gpt-oss: words of upper-case letters followed by lower-case letters, with their contraction.
/// </summary>
internal sealed class O200kScanner : SplitScanner
{
    public const string Pattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public override int Match(ReadOnlySpan<byte> text, int index)
    {
        byte kind = KindAt(text, index, out int length);
        bool mayPrefix = kind is Space or Other && text[index] is not ((byte)'\r' or (byte)'\n');
        int after = index + length;
        int end = mayPrefix ? WordEnd(text, after, needsLower: true) : -1;
        end = end >= 0 ? end : WordEnd(text, index, needsLower: true);
        end = end >= 0 || !mayPrefix ? end : WordEnd(text, after, needsLower: false);
        end = end >= 0 ? end : WordEnd(text, index, needsLower: false);
        if (end >= 0)
        {
            int contraction = ContractionEnd(text, end, ignoreCase: true);
            return contraction >= 0 ? contraction : end;
        }

        if (kind == Number)
        {
            return NumbersEnd(text, index, 3);
        }

        int symbols = text[index] == ' ' ? after : index;
        end = RunEnd(text, symbols, Other);
        return end > symbols ? BreaksAndSlashesEnd(text, end) : SpacesEnd(text, index, lineBreaks: true);
    }

    /// <summary>
    /// Matches upper-case letters followed by lower-case letters, at least one of the required kind. Letters without case and
    /// marks belong to both kinds.
    /// </summary>
    private static int WordEnd(ReadOnlySpan<byte> text, int index, bool needsLower)
    {
        int end = index,
            lastLowerEnd = -1;
        while (end < text.Length)
        {
            int scalar = Scalars.Decode(text, end, out int length);
            if (!UnicodeTables.IsIn(scalar, Categories.UpperLike))
            {
                break;
            }

            end += length;
            if (UnicodeTables.IsIn(scalar, Categories.LowerLike))
            {
                lastLowerEnd = end;
            }
        }

        int upperEnd = end;
        while (end < text.Length && UnicodeTables.IsIn(Scalars.Decode(text, end, out int length), Categories.LowerLike))
        {
            end += length;
        }

        if (needsLower)
        {
            // Without a lower-case letter after the upper-case letters, the match backtracks to the last letter that belongs to
            // both kinds.
            return end > upperEnd ? end : lastLowerEnd;
        }

        return upperEnd > index ? end : -1;
    }

    private static int BreaksAndSlashesEnd(ReadOnlySpan<byte> text, int index)
    {
        while (index < text.Length && text[index] is (byte)'\r' or (byte)'\n' or (byte)'/')
        {
            index++;
        }

        return index;
    }
}
