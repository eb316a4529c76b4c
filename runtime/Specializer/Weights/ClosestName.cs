using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>Finds, among the unexpected tensors, the one that most likely is a missing tensor under another name.</summary>
internal sealed class ClosestName
{
    private const int MaximumNameLength = 256;

    // A hostile file may have millions of names. The search stops after this many cells of edit distance tables, which takes some
    // tenths of a second. Without a suggestion the error is still correct.
    private const long MaximumWork = 50_000_000;

    private readonly IReadOnlyList<TensorView> _candidates;
    private long _work;

    public ClosestName(IReadOnlyList<TensorView> candidates)
    {
        _candidates = candidates;
    }

    /// <summary>Returns the best candidate, or <see langword="null"/> if none resembles the name.</summary>
    public TensorView? Find(string name, ReadOnlySpan<long> shape)
    {
        TensorView? best = null;
        int bestScore = int.MaxValue;
        if (name.Length > MaximumNameLength)
        {
            return null;
        }

        bool? isBias = IsBias(name);
        foreach (TensorView candidate in _candidates)
        {
            int longer = Math.Max(name.Length, candidate.Name.Length);
            if (_work > MaximumWork)
            {
                break;
            }

            // A bias never replaces a weight: if the gamma of a norm is missing, its beta is not suggested.
            if (longer > MaximumNameLength || (isBias ?? IsBias(candidate.Name)) != (IsBias(candidate.Name) ?? isBias))
            {
                _work++;
                continue;
            }

            // A different shape counts as much as a quarter of the name, and a candidate that differs by more than half is not
            // suggested. A name that only lacks or adds a prefix ("model.", "transformer.") is always suggested.
            bool isPrefixed = EndsWithPart(name, candidate.Name) || EndsWithPart(candidate.Name, name);
            int score = isPrefixed ? 1 : Distance(name, candidate.Name);
            score += candidate.Shape.SequenceEqual(shape) ? 0 : longer / 4;
            if (score < bestScore && score * 2 <= longer)
            {
                best = candidate;
                bestScore = score;
            }
        }

        return best;
    }

    /// <summary>Returns whether a name is that of a bias or of a weight; null if it is neither.</summary>
    private static bool? IsBias(string name) =>
        name.EndsWith("bias", StringComparison.Ordinal) || name.EndsWith("beta", StringComparison.Ordinal) ? true
        : name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("gamma", StringComparison.Ordinal) ? false
        : null;

    private static bool EndsWithPart(string name, string end) =>
        name.Length > end.Length && end.Length > 0 && name[^(end.Length + 1)] == '.' && name.EndsWith(end, StringComparison.Ordinal);

    /// <summary>
    /// Returns the number of insertions, deletions and replacements that transform one name into the other (Levenshtein).
    /// </summary>
    private int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        // Common prefixes and suffixes do not change the distance, and they are most of two names of one checkpoint.
        int common = left.CommonPrefixLength(right);
        left = left[common..];
        right = right[common..];
        while (!left.IsEmpty && !right.IsEmpty && left[^1] == right[^1])
        {
            left = left[..^1];
            right = right[..^1];
        }

        _work += ((long)(left.Length + 1) * (right.Length + 1)) + 1;

        // One row of the table: row[j] is the distance between the processed part of left and the first j characters of right.
        Span<int> row = stackalloc int[MaximumNameLength + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int above = row[j + 1];
                row[j + 1] = Math.Min(diagonal + (left[i] == right[j] ? 0 : 1), Math.Min(above, row[j]) + 1);
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
