using System;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

[Feature("sampling")]
public sealed class SamplingOptionsTests
{
    [Fact]
    public void The_defaults_are_greedy()
    {
        SamplingOptions options = new();
        Assert.Equal(0, options.Temperature);
        Assert.Equal(0, options.TopK);
        Assert.Equal(1, options.TopP);
        Assert.Equal(1, options.RepetitionPenalty);
        Assert.Equal(0UL, options.Seed);
        Assert.Equal(options, new SamplingOptions { TopP = 1 });
        Assert.NotEqual(options, options with { Seed = 1 });
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_temperature_is_finite_and_not_negative(float value) =>
        AssertRefused(nameof(SamplingOptions.Temperature), value, () => new SamplingOptions { Temperature = value });

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_number_of_tokens_is_not_negative(int value) =>
        AssertRefused(nameof(SamplingOptions.TopK), value, () => new SamplingOptions { TopK = value });

    [Theory]
    [InlineData(0f)]
    [InlineData(-0.5f)]
    [InlineData(1.0001f)]
    [InlineData(float.NaN)]
    public void A_nucleus_holds_some_probability_and_no_more_than_all(float value) =>
        AssertRefused(nameof(SamplingOptions.TopP), value, () => new SamplingOptions { TopP = value });

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_penalty_is_positive_and_finite(float value) =>
        AssertRefused(nameof(SamplingOptions.RepetitionPenalty), value, () => new SamplingOptions { RepetitionPenalty = value });

    [Fact]
    public void A_copy_is_checked_too() => AssertRefused(nameof(SamplingOptions.TopK), -3, () => new SamplingOptions() with { TopK = -3 });

    private static void AssertRefused<T>(string property, T value, Func<SamplingOptions> create)
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>(property, create);
        Assert.Equal(value, thrown.ActualValue);
        Assert.StartsWith(
            FormattableString.Invariant($"SamplingOptions.{property} is {value}; expected "),
            thrown.Message,
            StringComparison.Ordinal
        );
    }
}
