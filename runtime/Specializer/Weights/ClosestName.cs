using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>Finds, among the tensors that a model does not know, the one that a missing tensor is most likely called.</summary>
internal sealed class ClosestName
{
    private const int MaximumNameLength = 256;

    // A hostile file may have millions of names. Searching stops when this many cells of edit distance tables are
    // filled, some tenths of a second; without a suggestion the error is still right.
    private const long MaximumWork = 50_000_000;

    private readonly IReadOnlyList<TensorView> _candidates;
    private long _work;

    public ClosestName(IReadOnlyList<TensorView> candidates)
    {
        _candidates = candidates;
    }

    /// <summary>The best candidate, or <see langword="null"/> if none resembles the name.</summary>
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

            // A weight is no bias: where a norm's gamma is missing, its beta is no help.
            if (longer > MaximumNameLength || (isBias ?? IsBias(candidate.Name)) != (IsBias(candidate.Name) ?? isBias))
            {
                _work++;
                continue;
            }

            // Another shape counts as much as a quarter of the name, and what differs by more than half is no suggestion.
            // A name that only lacks or adds a prefix ("model.", "transformer.") is always one.
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

    /// <summary>Whether a name is that of a bias or of a weight; null if it says neither.</summary>
    private static bool? IsBias(string name) =>
        name.EndsWith("bias", StringComparison.Ordinal) || name.EndsWith("beta", StringComparison.Ordinal) ? true
        : name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("gamma", StringComparison.Ordinal) ? false
        : null;

    private static bool EndsWithPart(string name, string end) =>
        name.Length > end.Length && end.Length > 0 && name[^(end.Length + 1)] == '.' && name.EndsWith(end, StringComparison.Ordinal);

    /// <summary>The number of characters to insert, delete or replace to make one name of the other (Levenshtein).</summary>
    private int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        // What both begin and end with adds nothing, and is most of two names of one checkpoint.
        int common = left.CommonPrefixLength(right);
        left = left[common..];
        right = right[common..];
        while (!left.IsEmpty && !right.IsEmpty && left[^1] == right[^1])
        {
            left = left[..^1];
            right = right[..^1];
        }

        _work += ((long)(left.Length + 1) * (right.Length + 1)) + 1;

        // One row of the table: row[j] is the distance of the part of left so far and the first j characters of right.
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
