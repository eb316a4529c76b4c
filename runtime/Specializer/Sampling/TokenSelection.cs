using System;
using System.Numerics;

namespace Specializer;

/// <summary>Finds the least probable token that top-k or top-p includes, without sorting the vocabulary.</summary>
/// <remarks>
/// Both discard, in one pass, tokens that cannot be among the best. A quickselect, which follows only the partition that contains
/// the end, narrows the others down. The time is linear in the vocabulary size for any logits.
/// </remarks>
internal static class TokenSelection
{
    // When top-k computes a bound, every 16th logit of a block belongs to the same group: 16 groups of 16.
    private const int BlockLength = 256;
    private const int GroupsPerBlock = 16;

    // Ranges up to this length are sorted, which is cheaper than further partitioning.
    private const int SortedLength = 32;

    // Partitioning at the median of three takes about 2 log2(n) rounds. Adversarial logits take more rounds and are sorted.
    private const int MaximumRounds = 64;

    /// <summary>Returns the rank of the last of the best tokens.</summary>
    /// <param name="logits">[VocabularySize, padded to a multiple of 256 with negative infinity]</param>
    /// <param name="best">The number of included tokens: at least 1 and less than the vocabulary size.</param>
    /// <param name="ranks">[VocabularySize] for the selection.</param>
    public static ulong RankOfTopEnd(ReadOnlySpan<float> logits, int best, Span<ulong> ranks)
    {
        // The highest logits of groups are some of the logits, so the k-th best of them is a lower bound of the k-th best of all.
        float bound = float.NegativeInfinity;
        int groups = logits.Length / BlockLength * GroupsPerBlock;
        if (best < groups && groups <= ranks.Length)
        {
            RankGroups(logits, ranks[..groups]);
            bound = TokenRank.LogitOf(RankOfEnd(ranks[..groups], weights: [], best));
        }

        int candidates = GatherRanks(logits, logits, bound, ranks);
        return RankOfEnd(ranks[..candidates], weights: [], best);
    }

    /// <summary>
    /// Returns the rank of the last token of the nucleus, the smallest set of best tokens whose weights reach a sum.
    /// </summary>
    /// <param name="logits">[VocabularySize, padded to a multiple of 256 with negative infinity]</param>
    /// <param name="weights">[VocabularySize, padded with 0] The weights, which increase with the logits.</param>
    /// <param name="total">The sum of all weights.</param>
    /// <param name="sum">The sum to reach, above 0 and at most <paramref name="total"/>.</param>
    /// <param name="ranks">[VocabularySize] for the selection.</param>
    public static ulong RankOfNucleusEnd(
        ReadOnlySpan<float> logits,
        ReadOnlySpan<float> weights,
        double total,
        double sum,
        Span<ulong> ranks
    )
    {
        // Tokens below the average weight of the part that can be discarded weigh less than that part together, so the others
        // reach the sum. Half of the average allows for rounding, and no token without weight is a candidate.
        float bound = Math.Max((float)((total - sum) / ranks.Length / 2), float.Epsilon);
        int candidates = GatherRanks(logits, weights, bound, ranks);
        return RankOfEnd(ranks[..candidates], weights, sum);
    }

    /// <summary>Overwrites the values of all tokens that rank below the last included one.</summary>
    /// <param name="last">The rank of the last included token.</param>
    /// <param name="logits">The logits that the ranks come from; a whole number of vectors.</param>
    /// <param name="values">The values to overwrite, one for each logit; can be the logits themselves.</param>
    /// <param name="discarded">The value to write.</param>
    public static void Discard(ulong last, ReadOnlySpan<float> logits, Span<float> values, float discarded)
    {
        float lastLogit = TokenRank.LogitOf(last);
        int lastToken = TokenRank.TokenOf(last);
        for (int i = 0; i < logits.Length; i += Vector<float>.Count)
        {
            Vector<float> logit = new(logits[i..]);
            if (Vector.EqualsAny(logit, new Vector<float>(lastLogit)))
            {
                for (int token = i; token < i + Vector<float>.Count; token++)
                {
                    bool isAdmitted = logits[token] > lastLogit || (logits[token] == lastLogit && token <= lastToken);
                    values[token] = isAdmitted ? values[token] : discarded;
                }
            }
            else
            {
                Vector<int> isAdmitted = Vector.GreaterThan(logit, new Vector<float>(lastLogit));
                Vector.ConditionalSelect(isAdmitted, new Vector<float>(values[i..]), new Vector<float>(discarded)).CopyTo(values[i..]);
            }
        }
    }

    // Writes the rank of the highest logit of every group.
    private static void RankGroups(ReadOnlySpan<float> logits, Span<ulong> ranks)
    {
        Span<float> highest = stackalloc float[GroupsPerBlock];
        for (int block = 0; block < logits.Length / BlockLength; block++)
        {
            ReadOnlySpan<float> ofBlock = logits.Slice(block * BlockLength, BlockLength);
            for (int group = 0; group < GroupsPerBlock; group += Vector<float>.Count)
            {
                Vector<float> highestSoFar = new(ofBlock[group..]);
                for (int i = group + GroupsPerBlock; i < BlockLength; i += GroupsPerBlock)
                {
                    highestSoFar = Vector.MaxNative(highestSoFar, new Vector<float>(ofBlock[i..]));
                }

                highestSoFar.CopyTo(highest[group..]);
            }

            for (int group = 0; group < GroupsPerBlock; group++)
            {
                int number = (block * GroupsPerBlock) + group;
                ranks[number] = TokenRank.Of(highest[group], number);
            }
        }
    }

    // Writes the ranks of all tokens whose value reaches the bound and returns their number.
    private static int GatherRanks(ReadOnlySpan<float> logits, ReadOnlySpan<float> values, float bound, Span<ulong> ranks)
    {
        int count = 0;
        for (int i = 0; i < ranks.Length; i += Vector<float>.Count)
        {
            if (!Vector.GreaterThanOrEqualAny(new Vector<float>(values[i..]), new Vector<float>(bound)))
            {
                continue;
            }

            int end = Math.Min(i + Vector<float>.Count, ranks.Length);
            for (int token = i; token < end; token++)
            {
                if (values[token] >= bound)
                {
                    ranks[count++] = TokenRank.Of(logits[token], token);
                }
            }
        }

        return count;
    }

    // Returns the lowest of the fewest best ranks whose weights reach the sum, or of all ranks if they do not reach it. Without
    // weights every token has the weight one. The ranks are reordered.
    private static ulong RankOfEnd(Span<ulong> ranks, ReadOnlySpan<float> weights, double sum)
    {
        for (int round = 0; ranks.Length > SortedLength && round < MaximumRounds; round++)
        {
            // The median of three is not the smallest rank, so both partitions have at least one rank.
            ulong pivot = Median(ranks[0], ranks[ranks.Length / 2], ranks[^1]);
            int upper = MoveToFront(ranks, pivot);
            double upperSum = Sum(ranks[..upper], weights);
            if (upperSum >= sum)
            {
                ranks = ranks[..upper];
            }
            else
            {
                ranks = ranks[upper..];
                sum -= upperSum;
            }
        }

        ranks.Sort();
        int last = ranks.Length - 1;
        double reached = Sum(ranks[last..], weights);
        while (reached < sum && last > 0)
        {
            last--;
            reached += Sum(ranks.Slice(last, 1), weights);
        }

        return ranks[last];
    }

    // Without a branch on the comparison, which is unpredictable.
    private static int MoveToFront(Span<ulong> ranks, ulong pivot)
    {
        int upper = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            ulong rank = ranks[i];
            ranks[i] = ranks[upper];
            ranks[upper] = rank;
            upper += rank >= pivot ? 1 : 0;
        }

        return upper;
    }

    private static double Sum(ReadOnlySpan<ulong> ranks, ReadOnlySpan<float> weights)
    {
        if (weights.IsEmpty)
        {
            return ranks.Length;
        }

        double sum = 0;
        foreach (ulong rank in ranks)
        {
            sum += weights[TokenRank.TokenOf(rank)];
        }

        return sum;
    }

    private static ulong Median(ulong first, ulong second, ulong third) =>
        Math.Max(Math.Min(first, second), Math.Min(Math.Max(first, second), third));
}
