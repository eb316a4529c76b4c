using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Computes exp((score - highest) / temperature) with the same bits on every platform and for every vector length.</summary>
/// <remarks>
/// The library's exponential differs in the last bit between operating systems, and a fused multiply-add between processors;
/// either could change a draw. This implementation uses single multiplications and additions. Range reduction and polynomial are
/// those of expf in the Cephes library (Moshier, 1992); the relative error is below 2e-7.
/// </remarks>
internal static class ScaledExponential
{
    // Below this exponent the result would be subnormal; such a token is never drawn.
    private const float LowestExponent = -87;

    // Adding this value rounds a small number to an integer in the low bits of the sum.
    private const float RoundingBias = 12582912; // 1.5 * 2^23

    private const int RoundingBiasBits = 0x4B400000;

    /// <summary>Computes the exponentials.</summary>
    /// <param name="scores">
    /// Numbers up to <paramref name="highest"/>, or negative infinity. The length is a whole number of vectors.
    /// </param>
    /// <param name="highest">The highest of the scores, finite.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="results">Receives a result from 0 to 1 for each score.</param>
    public static void Compute(ReadOnlySpan<float> scores, float highest, float temperature, Span<float> results)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(scores);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(results);
        for (int i = 0; i < from.Length && i < to.Length; i++)
        {
            Vector<float> exponent = (from[i] - new Vector<float>(highest)) / new Vector<float>(temperature);
            Vector<int> isInRange = Vector.GreaterThanOrEqual(exponent, new Vector<float>(LowestExponent));
            exponent = Vector.MaxNative(exponent, new Vector<float>(LowestExponent));

            // exp(x) = 2^n exp(r) with n = round(x / ln 2); ln 2 is subtracted in two parts, the first of which n times is exact.
            Vector<float> biased = (exponent * 1.44269504088896341f) + new Vector<float>(RoundingBias);
            Vector<float> power = biased - new Vector<float>(RoundingBias);
            Vector<float> r = exponent - (power * 0.693359375f);
            r -= power * -2.12194440e-4f;

            Vector<float> polynomial = new(1.9875691500e-4f);
            polynomial = (polynomial * r) + new Vector<float>(1.3981999507e-3f);
            polynomial = (polynomial * r) + new Vector<float>(8.3334519073e-3f);
            polynomial = (polynomial * r) + new Vector<float>(4.1665795894e-2f);
            polynomial = (polynomial * r) + new Vector<float>(1.6666665459e-1f);
            polynomial = (polynomial * r) + new Vector<float>(5.0000001201e-1f);
            polynomial = (polynomial * (r * r)) + r + Vector<float>.One;

            Vector<int> powerBits = (Vector.AsVectorInt32(biased) - new Vector<int>(RoundingBiasBits - 127)) << 23;
            Vector<float> result = polynomial * Vector.AsVectorSingle(powerBits);
            to[i] = Vector.ConditionalSelect(isInRange, result, Vector<float>.Zero);
        }
    }
}
