using System;

namespace Specializer;

/// <summary>
/// The angles by which rotary positions turn: pair i turns by position · <see cref="Frequencies"/>[i] radians, and
/// cosines and sines are multiplied with <see cref="Amplitude"/>. Computed in double precision.
/// </summary>
public sealed class RotaryFrequencies
{
    private readonly double[] _frequencies;

    private RotaryFrequencies(double[] frequencies, double amplitude)
    {
        _frequencies = frequencies;
        Amplitude = amplitude;
    }

    /// <summary>Radians per position, one for each pair.</summary>
    public ReadOnlySpan<double> Frequencies => _frequencies;

    /// <summary>What cosines and sines are multiplied with; 1 unless the scaling says otherwise.</summary>
    public double Amplitude { get; }

    /// <summary>theta^(−2i / dimension) (Su et al. 2021, RoFormer).</summary>
    /// <param name="dimension">How many elements of a head are turned; even.</param>
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

    /// <summary>Every frequency divided by a factor (Chen et al. 2023, position interpolation).</summary>
    /// <param name="dimension">How many elements of a head are turned; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">How many times longer the context becomes.</param>
    public static RotaryFrequencies Linear(int dimension, double theta, double factor) =>
        Plain(dimension, theta).Change((_, frequency) => frequency / factor, 1);

    /// <summary>
    /// LLaMA 3.1's scaling: wavelengths longer than original / low are stretched by the factor, those shorter than
    /// original / high are kept, and between the two it goes over linearly.
    /// </summary>
    /// <param name="dimension">How many elements of a head are turned; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">How many times longer the context becomes.</param>
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

    /// <summary>YaRN (Peng et al. 2023): pairs that turn slowly are interpolated, fast ones kept, with a ramp between.</summary>
    /// <param name="dimension">How many elements of a head are turned; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factor">How many times longer the context becomes.</param>
    /// <param name="originalContextLength"><c>original_max_position_embeddings</c>.</param>
    /// <param name="betaFast">Turns over the original context from which on a pair is kept.</param>
    /// <param name="betaSlow">Turns up to which a pair is interpolated.</param>
    /// <param name="attentionFactor">What cosines and sines are multiplied with.</param>
    /// <param name="truncate">Whether the ramp begins and ends at whole pairs (<c>truncate</c> of gpt-oss).</param>
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

    /// <summary>A factor for each pair (Ding et al. 2024, LongRoPE).</summary>
    /// <param name="dimension">How many elements of a head are turned; even.</param>
    /// <param name="theta">The base.</param>
    /// <param name="factors">What each pair's frequency is divided by.</param>
    /// <param name="attentionFactor">What cosines and sines are multiplied with.</param>
    /// <exception cref="ArgumentException">There are not as many factors as pairs.</exception>
    public static RotaryFrequencies LongRope(int dimension, double theta, ReadOnlySpan<double> factors, double attentionFactor)
    {
        if (factors.Length != dimension / 2)
        {
            throw new ArgumentException($"There are {factors.Length} factors for {dimension / 2} pairs.", nameof(factors));
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
