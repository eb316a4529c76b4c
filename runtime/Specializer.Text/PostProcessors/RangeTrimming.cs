using System;

namespace Specializer.Text.PostProcessors;

/// <summary>Removes the white space at the ends of tokens from their ranges.</summary>
internal static class RangeTrimming
{
    public static void Trim(TokenSequence sequence, bool addPrefixSpace)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            (int start, int end) = sequence.RangeArray[i];
            int leading = sequence.LeadingSpaces[i],
                trailing = sequence.TrailingSpaces[i];
            if (leading == 1 && addPrefixSpace && (i == 0 || start == 0))
            {
                // The prepended space belongs to no text.
                leading = 0;
            }

            start = Math.Min(start + leading, end);
            if (trailing > 0 && end >= trailing)
            {
                end = Math.Max(end - trailing, start);
            }

            sequence.RangeArray[i] = new TextRange(start, end);
        }

        foreach (TokenSequence part in sequence.OverflowList)
        {
            Trim(part, addPrefixSpace);
        }
    }
}
