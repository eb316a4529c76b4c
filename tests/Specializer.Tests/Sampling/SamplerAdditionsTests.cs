using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

/// <summary>Bias, frequency and presence penalty, min-p, masks, skipped draws and log-probabilities.</summary>
[Feature("sampling")]
public sealed class SamplerAdditionsTests
{
    public static TheoryData<float, float, float, float, float> Combinations()
    {
        TheoryData<float, float, float, float, float> data = [];
        foreach (float temperature in (float[])[0, 0.8f, 1.5f])
        {
            foreach (float minP in (float[])[0, 0.05f, 0.5f, 1])
            {
                data.Add(temperature, minP, 0.4f, 0, 1);
                data.Add(temperature, minP, 0, 0.7f, 1.2f);
                data.Add(temperature, minP, -0.3f, 0.2f, 0.9f);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Tokens_are_those_of_the_plain_algorithm(float temperature, float minP, float frequency, float presence, float repetition)
    {
        foreach (int size in (int[])[1, 2, 63, 64, 65, 700])
        {
            SamplingOptions options = new()
            {
                Temperature = temperature,
                TopP = 0.97f,
                MinP = minP,
                FrequencyPenalty = frequency,
                PresencePenalty = presence,
                RepetitionPenalty = repetition,
                LogitBias = new Dictionary<int, float> { [0] = 1.5f, [size - 1] = size > 2 ? float.NegativeInfinity : -1 },
                Seed = 17,
            };
            Random random = new(size);
            float[] logits = [.. Enumerable.Range(0, size).Select(_ => (float)(4 * random.NextDouble()) - 2)];
            int[] prompt = [.. Enumerable.Range(0, 5).Select(_ => random.Next(size))];
            bool[] isAllowed = [.. Enumerable.Range(0, size).Select(token => token == 0 || random.Next(3) > 0)];
            ulong[] mask = new ulong[(size + 63) / 64];
            mask.AsSpan().Fill(0);
            for (int token = 0; token < size; token++)
            {
                mask[token / 64] |= isAllowed[token] ? 1UL << (token % 64) : 0;
            }

            mask[^1] |= size % 64 == 0 ? 0 : ulong.MaxValue << (size % 64);
            Sampler sampler = new(size, options);
            sampler.AcceptPrompt(prompt);
            Xoshiro256StarStar draws = new(options.Seed);
            List<int> accepted = [];
            for (int i = 0; i < 40; i++)
            {
                bool masks = i % 2 == 1;
                double[] probabilities = SamplingOracle.Probabilities(
                    logits,
                    options,
                    accepted,
                    prompt,
                    masks ? token => isAllowed[token] : null
                );
                int token = masks ? sampler.Sample(logits, mask) : sampler.Sample(logits);
                int expected =
                    temperature == 0 ? Array.IndexOf(probabilities, 1.0) : SamplingOracle.TokenAt(draws.NextUnit(), probabilities);
                Assert.Equal(expected, token);
                sampler.Accept(token);
                accepted.Add(token);
            }
        }
    }

    [Fact]
    public void Skipped_draws_are_those_of_sampled_tokens()
    {
        SamplingOptions options = new() { Temperature = 1, Seed = 3 };
        float[] logits = [.. Enumerable.Range(0, 50).Select(token => token / 20f)];
        Sampler whole = new(50, options),
            rest = new(50, options);
        for (int i = 0; i < 7; i++)
        {
            whole.Sample(logits);
        }

        rest.Skip(7);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(whole.Sample(logits), rest.Sample(logits));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => rest.Skip(-1));
    }

    [Fact]
    public void A_reset_sampler_has_forgotten_its_counts()
    {
        Sampler sampler = new(3, new SamplingOptions { FrequencyPenalty = 10 });
        float[] logits = [3, 2, 1];
        sampler.Accept(0);
        Assert.Equal(1, sampler.Sample(logits));
        sampler.Reset();
        Assert.Equal(0, sampler.Sample(logits));
    }

    [Fact]
    public void A_prompt_counts_for_the_repetition_penalty_alone()
    {
        float[] logits = [3, 2, 1];
        Sampler frequency = new(3, new SamplingOptions { FrequencyPenalty = 10, PresencePenalty = 10 });
        frequency.AcceptPrompt([0]);
        Assert.Equal(0, frequency.Sample(logits));
        Sampler repetition = new(3, new SamplingOptions { RepetitionPenalty = 2 });
        repetition.AcceptPrompt([0]);
        Assert.Equal(1, repetition.Sample(logits));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_token()
    {
        SamplingOptions options = new()
        {
            Temperature = 1,
            MinP = 0.1f,
            FrequencyPenalty = 0.1f,
            LogitBias = new Dictionary<int, float> { [1] = 1 },
        };
        Sampler sampler = new(300, options);
        TokenLogProbabilities probabilities = new(300);
        TokenLogProbability[] top = new TokenLogProbability[5];
        float[] logits = new float[300];
        ulong[] mask = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            sampler.Accept(sampler.Sample(logits, mask));
            probabilities.Take(logits);
            probabilities.WriteTop(top);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(i == 0 || allocated == 0, $"{allocated} bytes");
        }
    }

    [Fact]
    public void Log_probabilities_are_those_of_softmax()
    {
        Random random = new(2);
        float[] logits = [.. Enumerable.Range(0, 500).Select(_ => (float)(20 * random.NextDouble()) - 10)];
        logits[7] = float.NegativeInfinity;
        logits[30] = logits[3];
        double sum = logits.Sum(logit => Math.Exp(logit));
        TokenLogProbabilities probabilities = new(500);
        probabilities.Take(logits);
        for (int token = 0; token < 500; token++)
        {
            double expected = Math.Log(Math.Exp(logits[token]) / sum);
            Assert.True(
                token == 7 ? double.IsNegativeInfinity(probabilities.Of(token)) : Math.Abs(expected - probabilities.Of(token)) < 1e-5,
                $"token {token}: expected {expected}, found {probabilities.Of(token)}"
            );
        }

        TokenLogProbability[] top = new TokenLogProbability[600];
        Assert.Equal(500, probabilities.WriteTop(top));
        Assert.Equal(Enumerable.Range(0, 500).OrderByDescending(token => logits[token]), top.Take(500).Select(entry => entry.Token));
        Assert.All(top.Take(500), entry => Assert.Equal(probabilities.Of(entry.Token), entry.Value));
        Assert.Equal(3, probabilities.WriteTop(top.AsSpan(0, 3)));
        Assert.Equal(0, probabilities.WriteTop([]));
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Contains(
            "MinP is 1.5",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { MinP = 1.5f }).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { FrequencyPenalty = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { PresencePenalty = float.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { LogitBias = new Dictionary<int, float> { [-1] = 0 } });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new SamplingOptions { LogitBias = new Dictionary<int, float> { [1] = float.NaN } }
        );
        SamplingOptions beyond = new() { LogitBias = new Dictionary<int, float> { [5] = 1 } };
        Assert.Contains(
            "token 5",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(5, beyond)).Message,
            StringComparison.Ordinal
        );
        Sampler sampler = new(65, new SamplingOptions());
        Assert.Contains(
            "needs 2",
            Assert.Throws<ArgumentException>(() => sampler.Sample(new float[65], new ulong[1])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "excludes every token",
            Assert.Throws<ArgumentException>(() => sampler.Sample(new float[65], new ulong[2])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.AcceptPrompt([0, 65]));
        Assert.Throws<ArgumentException>(() => new TokenLogProbabilities(5).Take(new float[4]));
    }
}
