using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Oracle;

/// <summary>Frequencies of rotary positions as their papers, or where these leave it open their first implementations, have them.</summary>
internal static class RotaryScalings
{
    /// <summary>Radians per position of each pair, and what cosines and sines are multiplied with.</summary>
    /// <param name="rotary">The rotary positions.</param>
    /// <param name="length">The positions of the whole sequence.</param>
    public static (double[] Frequencies, double Amplitude) Frequencies(RotaryPositions rotary, int length)
    {
        int dimension = rotary.RotaryDim;
        double[] plain = [.. Enumerable.Range(0, dimension / 2).Select(i => 1 / Math.Pow(rotary.Base, 2.0 * i / dimension))];
        return rotary.Scaling switch
        {
            // Chen et al. 2023, equation 4: position m becomes m / s.
            LinearScaling linear => ([.. plain.Select(frequency => frequency / linear.Factor)], 1),
            Llama3Scaling llama => ([.. plain.Select(frequency => Llama3(frequency, llama))], 1),
            YarnScaling yarn => ([.. plain.Select((frequency, i) => Yarn(i, frequency, rotary, yarn))], yarn.AttentionFactor),
            // Ding et al. 2024, equation 4: a factor λ of its own divides each frequency.
            // Hugging Face's modeling_rope_utils has the long ones where the sequence is longer than the original context.
            LongScaling scaling => ([.. plain.Select((frequency, i) => frequency / Factors(scaling, length)[i])], scaling.AttentionFactor),
            _ => (plain, 1),
        };
    }

    private static EquatableArray<double> Factors(LongScaling scaling, int length) =>
        scaling.ShortFactors.Count == 0 || length > scaling.OriginalContextLength ? scaling.Factors : scaling.ShortFactors;

    /// <summary>
    /// Scales by the number of rotations L/λ of a pair over the original context: few are slowed down, many are kept, and between
    /// them linearly.
    /// </summary>
    private static double Llama3(double frequency, Llama3Scaling scaling)
    {
        double turns = scaling.OriginalContextLength * frequency / (2 * Math.PI);
        double kept = Math.Clamp((turns - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
        return ((1 - kept) * (frequency / scaling.Factor)) + (kept * frequency);
    }

    /// <summary>
    /// Peng et al. 2023, section 3.2: pairs with few rotations over the original context are interpolated. Their implementation
    /// draws the ramp over the indices of pairs, between the integers around those with β rotations. With truncate = false
    /// (gpt-oss), it is between exactly those.
    /// </summary>
    private static double Yarn(int pair, double frequency, RotaryPositions rotary, YarnScaling yarn)
    {
        int dimension = rotary.RotaryDim;
        // Pair i makes L b^(−2i/d) / 2π rotations: solved for i.
        double PairOf(double turns) => Math.Log(yarn.OriginalContextLength / (2 * Math.PI * turns)) / Math.Log(rotary.Base) * dimension / 2;
        double fast = PairOf(yarn.BetaFast),
            slow = PairOf(yarn.BetaSlow);
        double from = Math.Max(0, yarn.Truncate ? Math.Floor(fast) : fast);
        double to = Math.Min(dimension - 1, yarn.Truncate ? Math.Ceiling(slow) : slow);
        double interpolated = Math.Clamp((pair - from) / (to == from ? 0.001 : to - from), 0, 1);
        return (frequency * (1 - interpolated)) + (frequency / yarn.Factor * interpolated);
    }
}
