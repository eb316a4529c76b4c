using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

[Feature("sampling")]
public sealed class ScaledExponentialTests
{
    [Fact]
    public void It_is_the_exponential_to_within_a_few_units_in_the_last_place()
    {
        float[] scores = [.. Enumerable.Range(0, 16 * 8000).Select(i => -i * (86.9f / (16 * 8000)))];
        float[] results = new float[scores.Length];
        ScaledExponential.Compute(scores, highest: 0, temperature: 1, results);
        for (int i = 0; i < scores.Length; i++)
        {
            double expected = Math.Exp(scores[i]);
            Assert.InRange(results[i] / expected, 1 - 2e-7, 1 + 2e-7);
        }
    }

    [Theory]
    [InlineData(3f, 3f, 1f, 1f)]
    [InlineData(-5f, -5f, 0.001f, 1f)]
    [InlineData(1f, 3f, 2f, 0.36787944f)]
    [InlineData(float.NegativeInfinity, 0f, 1f, 0f)]
    [InlineData(-88f, 0f, 1f, 0f)]
    [InlineData(-float.MaxValue, float.MaxValue, 1f, 0f)]
    [InlineData(-1f, 0f, float.Epsilon, 0f)]
    [InlineData(0f, 0f, float.Epsilon, 1f)]
    [InlineData(-1000f, 0f, float.MaxValue, 1f)]
    public void Extremes_are_exact(float score, float highest, float temperature, float expected)
    {
        float[] scores = [.. Enumerable.Repeat(score, 16)];
        float[] results = new float[16];
        ScaledExponential.Compute(scores, highest, temperature, results);
        Assert.All(results, result => Assert.Equal(expected, result, 1e-7f));
    }

    [Fact]
    public void The_bits_are_the_same_on_every_platform()
    {
        // Computed on x86-64; the same with vectors of 128, 256 and 512 bits.
        float[] scores = [.. Enumerable.Range(0, 4096).Select(i => -i / 48f)];
        float[] results = new float[scores.Length];
        ScaledExponential.Compute(scores, highest: 0, temperature: 0.97f, results);
        ulong hash = results.Aggregate(
            14695981039346656037UL,
            (hash, result) => (hash ^ BitConverter.SingleToUInt32Bits(result)) * 1099511628211UL
        );
        Assert.Equal(6317741918655490651UL, hash);
    }
}
