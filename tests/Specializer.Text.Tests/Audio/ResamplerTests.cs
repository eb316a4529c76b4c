using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>Resampling: tones below the limit are retained at their times, tones above it are removed.</summary>
[Feature("speech")]
public sealed class ResamplerTests
{
    [Theory]
    [InlineData(8_000, 1_000, 2_000)]
    [InlineData(11_025, 1_000, 4_900)]
    [InlineData(22_050, 440, 7_000)]
    [InlineData(44_100, 440, 7_200)]
    [InlineData(48_000, 1_234, 7_200)]
    [InlineData(96_000, 50, 7_200)]
    [InlineData(44_101, 440, 7_200)]
    [InlineData(15_999, 440, 7_200)]
    public void Tones_below_the_limit_are_retained(int rate, double low, double high)
    {
        foreach (double frequency in new[] { low, high })
        {
            float[] actual = new Waveform(WaveFiles.Sine(frequency, rate, rate / 2), rate).Resample(16_000).Samples.ToArray();
            float[] expected = WaveFiles.Sine(frequency, 16_000, actual.Length);
            Assert.InRange(actual.Length, 7_999, 8_001);
            double error = Enumerable.Range(500, actual.Length - 1_000).Max(i => Math.Abs(actual[i] - expected[i]));
            Assert.True(error < 1e-4, $"{frequency} Hz at {rate} Hz: error {error}");
        }
    }

    [Theory]
    [InlineData(22_050, 8_100)]
    [InlineData(44_100, 8_100)]
    [InlineData(48_000, 12_000)]
    [InlineData(96_000, 40_000)]
    public void Tones_above_the_limit_are_removed(int rate, double frequency)
    {
        float[] actual = new Waveform(WaveFiles.Sine(frequency, rate, rate / 2), rate).Resample(16_000).Samples.ToArray();
        double largest = actual.Skip(500).Take(actual.Length - 1_000).Max(Math.Abs);
        Assert.True(largest < 0.5e-4, $"{frequency} Hz at {rate} Hz: {largest} remains");
    }

    [Fact]
    public void A_constant_is_retained_at_all_phases()
    {
        float[] actual = new Waveform(Enumerable.Repeat(0.25f, 20_000).ToArray(), 44_100).Resample(16_000).Samples.ToArray();
        Assert.All(actual.Skip(100).SkipLast(100), value => Assert.Equal(0.25f, value, 1e-6f));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void Short_sounds_have_the_length_that_their_duration_requires(int samples)
    {
        var sound = new Waveform(new float[samples], 44_100);
        Assert.Equal((samples * 160 + 440) / 441, sound.Resample(16_000).Samples.Length);
        Assert.Same(sound, sound.Resample(44_100));
    }

    [Fact]
    public void Wrong_rates_and_samples_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Waveform(new float[1], 999));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Waveform(new float[1], 16_000).Resample(400_000));
        Assert.Throws<ArgumentException>(() => new Waveform(new[] { float.PositiveInfinity }, 16_000));
    }
}
