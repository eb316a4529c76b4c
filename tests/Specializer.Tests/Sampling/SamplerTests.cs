using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

[Feature("sampling")]
public sealed class SamplerTests
{
    public static TheoryData<float, int, float, float> OptionCombinations()
    {
        TheoryData<float, int, float, float> data = [];
        foreach (float temperature in (float[])[0.5f, 1, 1.7f])
        {
            foreach (int topK in (int[])[0, 1, 5, 20, 1000])
            {
                foreach (float topP in (float[])[1, 0.9f, 0.3f])
                {
                    data.Add(temperature, topK, topP, 1);
                    data.Add(temperature, topK, topP, 1.3f);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(OptionCombinations))]
    public void Tokens_are_those_of_the_plain_algorithm(float temperature, int topK, float topP, float penalty)
    {
        SamplingOptions options = new()
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            RepetitionPenalty = penalty,
            Seed = 11,
        };
        foreach (int size in (int[])[1, 2, 50, 700])
        {
            float[] logits = NormalLogits(size, seed: size);
            Sampler sampler = new(size, options);
            Xoshiro256StarStar random = new(options.Seed);
            List<int> accepted = [];
            for (int i = 0; i < 40; i++)
            {
                double[] probabilities = SamplingOracle.Probabilities(logits, options, accepted);
                int token = sampler.Sample(logits);
                Assert.Equal(SamplingOracle.TokenAt(random.NextUnit(), probabilities), token);
                sampler.Accept(token);
                accepted.Add(token);
            }
        }
    }

    [Theory]
    [InlineData(1f, 0, 1f)]
    [InlineData(0.7f, 0, 1f)]
    [InlineData(1.5f, 6, 1f)]
    [InlineData(1f, 0, 0.8f)]
    [InlineData(1f, 8, 0.9f)]
    public void Frequencies_follow_the_probabilities(float temperature, int topK, float topP)
    {
        const int Draws = 50_000;
        SamplingOptions options = new()
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            Seed = 5,
        };
        float[] logits = [.. Enumerable.Range(0, 12).Select(token => MathF.Log(1 + ((token * 5) % 12)))];
        double[] probabilities = SamplingOracle.Probabilities(logits, options, []);
        int[] counts = Counts(new Sampler(logits.Length, options), logits, Draws);

        double chiSquare = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            double expected = probabilities[token] * Draws;
            Assert.True(expected > 0 || counts[token] == 0);
            chiSquare += expected > 0 ? (counts[token] - expected) * (counts[token] - expected) / expected : 0;
        }

        // With 11 degrees of freedom 31.3 is exceeded once in a thousand seeds, with fewer more rarely.
        Assert.InRange(chiSquare, 0, 31.3);
    }

    [Fact]
    public void The_same_seed_gives_the_same_tokens_on_every_platform()
    {
        // Computed on x86-64; the same with vectors of 128, 256 and 512 bits.
        float[] logits = [.. Enumerable.Range(0, 1000).Select(token => ((token * 7919) % 1000) * 0.004f)];
        Sampler sampler = new(
            1000,
            new SamplingOptions
            {
                Temperature = 0.8f,
                TopK = 300,
                TopP = 0.95f,
                RepetitionPenalty = 1.1f,
                Seed = 2026,
            }
        );
        int[] tokens = AcceptedTokens(sampler, logits, 16);
        Assert.Equal([569, 284, 815, 890, 815, 781, 830, 828, 855, 236, 964, 321, 877, 719, 470, 741], tokens);
    }

    [Fact]
    public void Another_seed_gives_other_tokens()
    {
        float[] logits = new float[1000];
        int[] first = AcceptedTokens(new Sampler(1000, new SamplingOptions { Temperature = 1, Seed = 1 }), logits, 20);
        int[] second = AcceptedTokens(new Sampler(1000, new SamplingOptions { Temperature = 1, Seed = 2 }), logits, 20);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Reset_makes_a_sampler_as_new()
    {
        float[] logits = NormalLogits(100, seed: 3);
        Sampler sampler = new(
            100,
            new SamplingOptions
            {
                Temperature = 1,
                RepetitionPenalty = 2,
                Seed = 9,
            }
        );
        int[] first = AcceptedTokens(sampler, logits, 50);
        Assert.NotEqual(first, AcceptedTokens(sampler, logits, 50));
        sampler.Reset();
        Assert.Equal(first, AcceptedTokens(sampler, logits, 50));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    [InlineData(50_257)]
    public void Greedy_takes_the_highest_logit_wherever_it_is(int size)
    {
        float[] logits = NormalLogits(size, seed: 1);
        Sampler sampler = new(
            size,
            new SamplingOptions
            {
                TopK = 3,
                TopP = 0.5f,
                Seed = 4,
            }
        );
        foreach (int token in (int[])[0, size / 3, size / 2, size - 1])
        {
            float kept = logits[token];
            logits[token] = 100;
            Assert.Equal(token, sampler.Sample(logits));
            logits[token] = kept;
        }
    }

    [Fact]
    public void Greedy_takes_the_lowest_of_equal_tokens()
    {
        Sampler sampler = new(40, new SamplingOptions());
        float[] logits = new float[40];
        Assert.Equal(0, sampler.Sample(logits));
        logits[0] = -1;
        logits[1] = -0f;
        Assert.Equal(1, sampler.Sample(logits));
        logits[23] = logits[37] = 2;
        Assert.Equal(23, sampler.Sample(logits));
    }

    [Fact]
    public void The_best_k_are_k_even_among_equals_and_the_lower_ones_first()
    {
        float[] logits = new float[30];
        logits[20] = 1;
        Sampler sampler = new(30, new SamplingOptions { Temperature = 1, TopK = 4 });
        Assert.Equal([0, 1, 2, 20], Drawn(sampler, logits));
    }

    [Fact]
    public void The_nucleus_is_the_smallest_set_that_reaches_its_probability()
    {
        // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16, in an order of their own.
        float[] logits = [MathF.Log(1), MathF.Log(4), MathF.Log(8), MathF.Log(2), MathF.Log(1)];
        Assert.Equal([2], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.01f }), logits));
        Assert.Equal([2], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.49f }), logits));
        Assert.Equal([1, 2], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.51f }), logits));
        Assert.Equal([1, 2, 3], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.8f }), logits));
        Assert.Equal([0, 1, 2, 3], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.9f }), logits));
        Assert.Equal([0, 1, 2, 3, 4], Drawn(new Sampler(5, new SamplingOptions { Temperature = 1, TopP = 0.99f }), logits));
    }

    [Fact]
    public void The_nucleus_is_counted_among_the_best_k()
    {
        // The first two of all tokens have 40 %, the best three have 80 %.
        float[] logits = [0, 0, 0, -0.7f, -0.7f, -0.7f, -0.7f, -0.7f, -0.7f, -0.7f, -0.7f, -0.7f];
        Assert.Equal(
            [0, 1],
            Drawn(
                new Sampler(
                    12,
                    new SamplingOptions
                    {
                        Temperature = 1,
                        TopK = 3,
                        TopP = 0.6f,
                    }
                ),
                logits
            )
        );
    }

    [Fact]
    public void The_temperature_applies_before_the_nucleus()
    {
        float[] logits = [2, 1, 0];
        Assert.Equal([0], Drawn(new Sampler(3, new SamplingOptions { Temperature = 0.5f, TopP = 0.8f }), logits));
        Assert.Equal([0, 1, 2], Drawn(new Sampler(3, new SamplingOptions { Temperature = 10, TopP = 0.8f }), logits));
    }

    [Fact]
    public void The_penalty_divides_positive_and_multiplies_negative_logits_once()
    {
        Sampler sampler = new(4, new SamplingOptions { RepetitionPenalty = 2 });
        Assert.Equal(1, sampler.Sample([1f, 1.9f, -1f, 0f]));
        sampler.Accept(1);
        sampler.Accept(1);
        Assert.Equal(0, sampler.Sample([1f, 1.9f, -1f, 0f]));
        Assert.Equal(1, sampler.Sample([0.9f, 1.9f, -1f, 0f]));
        sampler.Accept(2);
        Assert.Equal(3, sampler.Sample([-9f, -9f, -1f, -1.9f]));
        Assert.Equal(2, sampler.Sample([-9f, -9f, -1f, -2.1f]));
    }

    [Fact]
    public void A_penalty_below_one_favours_repetition_and_overflows_nothing()
    {
        Sampler sampler = new(3, new SamplingOptions { RepetitionPenalty = 1e-30f, Temperature = 1 });
        sampler.Accept(1);
        Assert.Equal([1], Drawn(sampler, [1e20f, 1e19f, 0f]));
    }

    [Fact]
    public void Excluded_tokens_are_never_drawn()
    {
        float[] logits = [.. Enumerable.Range(0, 600).Select(token => token % 100 == 7 ? 0 : float.NegativeInfinity)];
        int[] admitted = [7, 107, 207, 307, 407, 507];
        Assert.Equal(admitted, Drawn(new Sampler(600, new SamplingOptions { Temperature = 1 }), logits));
        Assert.Equal(admitted, Drawn(new Sampler(600, new SamplingOptions { Temperature = 1, TopK = 50 }), logits));
        Assert.Equal(admitted, Drawn(new Sampler(600, new SamplingOptions { Temperature = 1, TopP = 0.99f }), logits));
        Assert.Equal(7, new Sampler(600, new SamplingOptions()).Sample(logits));
    }

    [Theory]
    [InlineData(float.Epsilon)]
    [InlineData(1e-30f)]
    public void A_temperature_near_zero_is_greedy(float temperature)
    {
        float[] logits = NormalLogits(500, seed: 2);
        Sampler sampler = new(500, new SamplingOptions { Temperature = temperature });
        Assert.Equal([Array.IndexOf(logits, logits.Max())], Drawn(sampler, logits));
    }

    [Fact]
    public void A_vast_temperature_draws_all_alike()
    {
        int[] counts = Counts(new Sampler(4, new SamplingOptions { Temperature = float.MaxValue }), [1e6f, 0f, -5f, 1f], 4000);
        Assert.All(counts, count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    public void Sampling_modifies_no_logits()
    {
        float[] logits = NormalLogits(100, seed: 8);
        float[] copy = [.. logits];
        AcceptedTokens(
            new Sampler(
                100,
                new SamplingOptions
                {
                    Temperature = 1,
                    TopK = 10,
                    TopP = 0.9f,
                    RepetitionPenalty = 1.2f,
                }
            ),
            logits,
            10
        );
        Assert.Equal(copy, logits);
    }

    [Theory]
    [InlineData(0f, 0, 1f)]
    [InlineData(1f, 0, 1f)]
    [InlineData(1f, 40, 0.95f)]
    public void Nothing_is_allocated_per_call(float temperature, int topK, float topP)
    {
        float[] logits = NormalLogits(5000, seed: 6);
        Sampler sampler = new(
            5000,
            new SamplingOptions
            {
                Temperature = temperature,
                TopK = topK,
                TopP = topP,
                RepetitionPenalty = 1.2f,
            }
        );
        Sample(200);

        // An allocation per call would occur in every attempt; the runtime allocates once in a while.
        long allocated = -1;
        for (int attempt = 0; attempt < 5 && allocated != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Sample(100);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);

        void Sample(int tokens)
        {
            for (int i = 0; i < tokens; i++)
            {
                sampler.Accept(sampler.Sample(logits));
            }

            sampler.Reset();
        }
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Unusable_logits_are_named(float value, string name)
    {
        foreach (int token in (int[])[0, 9, 76, 299])
        {
            float[] logits = new float[300];
            logits[token] = value;
            foreach (float temperature in (float[])[0, 1])
            {
                Sampler sampler = new(300, new SamplingOptions { Temperature = temperature });
                ArgumentException thrown = Assert.Throws<ArgumentException>("logits", () => sampler.Sample(logits));
                Assert.StartsWith(
                    $"The logit of token {token} of 300 is {name}; expected a finite number",
                    thrown.Message,
                    StringComparison.Ordinal
                );
                Assert.Equal(0, new Sampler(300, new SamplingOptions()).Sample(new float[300]));
            }
        }
    }

    [Fact]
    public void Misuse_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("vocabularySize", () => new Sampler(0, new SamplingOptions()));
        Assert.Throws<ArgumentNullException>("options", () => new Sampler(5, null!));

        Sampler sampler = new(5, new SamplingOptions { RepetitionPenalty = 2 });
        Assert.StartsWith(
            "Found 4 logits; this sampler was created for a vocabulary of 5 tokens",
            Assert.Throws<ArgumentException>("logits", () => sampler.Sample(new float[4])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>("logits", () => sampler.Sample([]));
        Assert.Throws<ArgumentException>("logits", () => sampler.Sample(new float[10]));
        float[] none = [.. Enumerable.Repeat(float.NegativeInfinity, 5)];
        Assert.StartsWith(
            "All 5 logits are negative infinity",
            Assert.Throws<ArgumentException>("logits", () => sampler.Sample(none)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>("token", () => sampler.Accept(-1));
        Assert.Throws<ArgumentOutOfRangeException>("token", () => sampler.Accept(5));
    }

    private static int[] AcceptedTokens(Sampler sampler, float[] logits, int count)
    {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = sampler.Sample(logits);
            sampler.Accept(tokens[i]);
        }

        return tokens;
    }

    private static int[] Counts(Sampler sampler, float[] logits, int draws)
    {
        int[] counts = new int[logits.Length];
        for (int i = 0; i < draws; i++)
        {
            counts[sampler.Sample(logits)]++;
        }

        return counts;
    }

    // All tokens that are ever drawn, in ascending order; each that can be is so with near certainty.
    private static int[] Drawn(Sampler sampler, float[] logits)
    {
        int[] counts = Counts(sampler, logits, 1000);
        return [.. Enumerable.Range(0, counts.Length).Where(token => counts[token] > 0)];
    }

    private static float[] NormalLogits(int size, int seed)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable
                .Range(0, size)
                .Select(_ => (float)(3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }
}
