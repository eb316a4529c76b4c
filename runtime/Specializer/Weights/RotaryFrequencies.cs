using System;

namespace Specializer;

/// <summary>
/// The angles of rotary positions: pair i is rotated by position · <see cref="Frequencies"/>[i] radians, and cosines and sines
/// are multiplied by <see cref="Amplitude"/>. Computed in double precision.
/// </summary>
public sealed class RotaryFrequencies
{
    private readonly double[] _frequencies;

    private RotaryFrequencies(double[] frequencies, double amplitude)
    {
        _frequencies = frequencies;
        Amplitude = amplitude;
    }

    /// <summary>The frequencies in radians per position, one for each pair.</summary>
    public ReadOnlySpan<double> Frequencies => _frequencies;

    /// <summary>The factor of cosines and sines; 1 unless the scaling changes it.</summary>
    public double Amplitude { get; }

    /// <summary>Unscaled frequencies: theta^(−2i / dimension) (Su et al. 2021, RoFormer).</summary>
    /// <param name="dimension">The number of rotated elements of a head; even.</param>
    /// <param name="theta">The base.</param>
    public static RotaryFrequencies Plain(int dimension, double theta)
    {
        double[] frequencies = new double[dimension / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = Math.Pow(theta, -2.0 * i / dimension);
        }

        return new RotaryFrequencies(frequencies, 1);
    }

    /// <summary>Position interpolation: every frequency is divided by a factor (Chen et al. 2023).</summary>
    /// <param name="dimension">The number of rotated elements of a head; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">The factor by which the context is extended.</param>
    public static RotaryFrequencies Linear(int dimension, double theta, double factor) =>
        Plain(dimension, theta).Change((_, frequency) => frequency / factor, 1);

    /// <summary>
    /// The scaling of LLaMA 3.1. Wavelengths longer than original / low are multiplied by the factor. Those shorter than original
    /// / high are unchanged, with a linear transition between them.
    /// </summary>
    /// <param name="dimension">The number of rotated elements of a head; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">The factor by which the context is extended.</param>
    /// <param name="lowFrequencyFactor"><c>low_freq_factor</c>.</param>
    /// <param name="highFrequencyFactor"><c>high_freq_factor</c>.</param>
    /// <param name="originalContextLength"><c>original_max_position_embeddings</c>.</param>
    public static RotaryFrequencies Llama3(
        int dimension,
        double theta,
        double factor,
        double lowFrequencyFactor,
        double highFrequencyFactor,
        int originalContextLength
    ) =>
        Plain(dimension, theta)
            .Change(
                (_, frequency) =>
                {
                    double wavelength = 2 * Math.PI / frequency;
                    if (wavelength > originalContextLength / lowFrequencyFactor)
                    {
                        return frequency / factor;
                    }

                    if (wavelength < originalContextLength / highFrequencyFactor)
                    {
                        return frequency;
                    }

                    double smooth =
                        ((originalContextLength / wavelength) - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
                    return ((1 - smooth) * frequency / factor) + (smooth * frequency);
                },
                1
            );

    /// <summary>
    /// YaRN (Peng et al. 2023): slowly rotating pairs are interpolated, fast ones are unchanged, with a ramp between them.
    /// </summary>
    /// <param name="dimension">The number of rotated elements of a head; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">The factor by which the context is extended.</param>
    /// <param name="originalContextLength"><c>original_max_position_embeddings</c>.</param>
    /// <param name="betaFast">The number of rotations over the original context from which on a pair is unchanged.</param>
    /// <param name="betaSlow">The number of rotations up to which a pair is interpolated.</param>
    /// <param name="attentionFactor">The factor of cosines and sines.</param>
    /// <param name="truncate">Whether the ends of the ramp are rounded to whole pairs (<c>truncate</c> of gpt-oss).</param>
    public static RotaryFrequencies Yarn(
        int dimension,
        double theta,
        double factor,
        int originalContextLength,
        double betaFast,
        double betaSlow,
        double attentionFactor,
        bool truncate = true
    )
    {
        double PairThatTurns(double turns) => dimension * Math.Log(originalContextLength / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        double first = PairThatTurns(betaFast),
            last = PairThatTurns(betaSlow);
        double low = Math.Max(truncate ? Math.Floor(first) : first, 0);
        double high = Math.Min(truncate ? Math.Ceiling(last) : last, dimension - 1);
        if (low == high)
        {
            high += 0.001;
        }

        return Plain(dimension, theta)
            .Change(
                (i, frequency) =>
                {
                    double kept = 1 - Math.Clamp((i - low) / (high - low), 0, 1);
                    return (frequency / factor * (1 - kept)) + (frequency * kept);
                },
                attentionFactor
            );
    }

    /// <summary>LongRoPE: each frequency is divided by a factor of its own (Ding et al. 2024).</summary>
    /// <param name="dimension">The number of rotated elements of a head; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factors">The divisor of each pair's frequency.</param>
    /// <param name="attentionFactor">The factor of cosines and sines.</param>
    /// <exception cref="ArgumentException">The number of factors is not the number of pairs.</exception>
    public static RotaryFrequencies LongRope(int dimension, double theta, ReadOnlySpan<double> factors, double attentionFactor)
    {
        if (factors.Length != dimension / 2)
        {
            throw new ArgumentException($"Found {factors.Length} factors; expected {dimension / 2}, one for each pair.", nameof(factors));
        }

        double[] divisors = factors.ToArray();
        return Plain(dimension, theta).Change((i, frequency) => frequency / divisors[i], attentionFactor);
    }

    private RotaryFrequencies Change(Func<int, double, double> change, double amplitude)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            _frequencies[i] = change(i, _frequencies[i]);
        }

        return new RotaryFrequencies(_frequencies, amplitude);
    }
}
