using System;

namespace Pronounce.Evaluation;

/// <summary>The edit distance of Levenshtein (1966).</summary>
internal static class EditDistance
{
    /// <summary>
    /// Returns the smallest number of phonemes to insert, delete or replace to convert one pronunciation to the other.
    /// </summary>
    public static int Between(ReadOnlySpan<string> a, ReadOnlySpan<string> b)
    {
        // One row of the table of distances between the prefixes of a and b; it is overwritten for each prefix of a.
        Span<int> row = b.Length < 64 ? stackalloc int[b.Length + 1] : new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
