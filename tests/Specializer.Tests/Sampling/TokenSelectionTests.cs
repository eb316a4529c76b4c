using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

[Feature("sampling")]
public sealed class TokenSelectionTests
{
    /// <summary>Sizes around the group, vector and block lengths, and ways to fill them.</summary>
    public static TheoryData<int, string> Vocabularies()
    {
        TheoryData<int, string> data = [];
        foreach (int size in (int[])[2, 3, 15, 16, 17, 31, 33, 64, 100, 255, 256, 257, 1000, 5003])
        {
            foreach (
                string kind in (string[])
                    ["normal", "equal", "few values", "ascending", "descending", "mostly excluded", "peaked", "signed zeros"]
            )
            {
                data.Add(size, kind);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void The_end_of_the_best_k_is_that_of_a_full_sort(int size, string kind)
    {
        float[] logits = Logits(size, kind);
        int[] sorted = Sorted(logits, size);
        ulong[] ranks = new ulong[size];
        foreach (int best in (int[])[1, 2, 3, size / 100, size / 17, size / 16, size / 2, size - 1])
        {
            if (best >= 1 && best < size)
            {
                Assert.Equal(sorted[best - 1], TokenRank.TokenOf(TokenSelection.RankOfTopEnd(logits, best, ranks)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void The_end_of_the_nucleus_is_that_of_a_full_sort(int size, string kind)
    {
        float[] logits = Logits(size, kind);
        float[] weights = new float[logits.Length];
        ScaledExponential.Compute(logits, logits.Max(), temperature: 1, weights);
        int[] sorted = Sorted(logits, size);
        double total = weights.Sum(weight => (double)weight);
        ulong[] ranks = new ulong[size];
        foreach (double share in (double[])[1e-9, 0.1, 0.5, 0.77, 0.9, 0.95, 0.999])
        {
            double reached = 0;
            int count = 0;
            while (reached < share * total)
            {
                reached += weights[sorted[count++]];
            }

            ulong end = TokenSelection.RankOfNucleusEnd(logits, weights, total, share * total, ranks);
            Assert.Equal(sorted[count - 1], TokenRank.TokenOf(end));
        }
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Exactly_the_tokens_below_the_end_are_discarded(int size, string kind)
    {
        float[] logits = Logits(size, kind);
        int[] sorted = Sorted(logits, size);
        int last = size / 3;
        float[] values = [.. Enumerable.Repeat(1f, logits.Length)];
        TokenSelection.Discard(TokenRank.Of(logits[sorted[last]], sorted[last]), logits, values, discarded: -1);
        Assert.Equal(sorted[..(last + 1)].Order(), Enumerable.Range(0, size).Where(token => values[token] == 1));
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-float.MaxValue)]
    [InlineData(-1.5f)]
    [InlineData(-float.Epsilon)]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(2f)]
    [InlineData(float.MaxValue)]
    public void A_rank_gives_back_logit_and_token(float logit)
    {
        foreach (int token in (int[])[0, 1, 50_256, int.MaxValue])
        {
            ulong rank = TokenRank.Of(logit, token);
            Assert.Equal(logit, TokenRank.LogitOf(rank));
            Assert.Equal(token, TokenRank.TokenOf(rank));
            Assert.True(token == 0 || rank < TokenRank.Of(logit, token - 1));
            Assert.True(rank < TokenRank.Of(MathF.BitIncrement(logit), token));
        }
    }

    private static int[] Sorted(float[] logits, int size) => [.. Enumerable.Range(0, size).OrderByDescending(token => logits[token])];

    private static float[] Logits(int size, string kind)
    {
        Random random = new(size);
        float[] logits = [.. Enumerable.Repeat(float.NegativeInfinity, (size + 255) / 256 * 256)];
        for (int token = 0; token < size; token++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            logits[token] = kind switch
            {
                "normal" => (float)(3 * normal),
                "equal" => 0.25f,
                "few values" => random.Next(-2, 3),
                "ascending" => token * 0.01f,
                "descending" => token * -0.01f,
                "mostly excluded" => token % 10 == 1 ? (float)normal : float.NegativeInfinity,
                "peaked" => token == size / 2 ? 30 : (float)normal,
                "signed zeros" => token % 2 == 0 ? -0f : 0f,
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            };
        }

        return logits;
    }
}
