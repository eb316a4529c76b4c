using System.Runtime.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>Elementary functions of all lanes of a vector.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static class VectorMath<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    // Below the first value the result would be subnormal and is 0; above the second it exceeds the range of a float and is
    // infinite.
    private const float SmallestExponent = -87.33f;
    private const float LargestExponent = 88.72283f;

    /// <summary>log₂ e: eˣ equals 2 to the power of x times this value.</summary>
    public const float Log2OfE = 1.44269504f;

    // Adding 1.5 · 2²³ rounds to an integer and leaves it in the low bits of the sum.
    private const float RoundingShift = 12582912f;

    // ln 2 in two parts: n times the first part, which has nine bits, is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>Computes eˣ to within 2 units in the last place; 0 below −87.33, infinity above 88.72283, and NaN for NaN.</summary>
    /// <remarks>eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2 and a polynomial for eʳ (the coefficients of Cephes, Moshier).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        TVector shifted = TInstructions.MultiplyAdd(x, TInstructions.Broadcast(Log2OfE), TInstructions.Broadcast(RoundingShift));
        TVector n = TInstructions.Subtract(shifted, TInstructions.Broadcast(RoundingShift));
        TVector r = TInstructions.MultiplyAdd(n, TInstructions.Broadcast(-Ln2High), x);
        r = TInstructions.MultiplyAdd(n, TInstructions.Broadcast(-Ln2Low), r);
        TVector p = TInstructions.Broadcast(1.9875691500e-4f);
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(1.3981999507e-3f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(8.3334519073e-3f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(4.1665795894e-2f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(1.6666665459e-1f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(5.0000001201e-1f));
        p = TInstructions.MultiplyAdd(p, TInstructions.Multiply(r, r), r);
        p = TInstructions.Add(p, TInstructions.Broadcast(1f));
        TVector result = TInstructions.ScaleByPowerOfTwo(p, shifted);

        // The order matters: a NaN passes the first line unchanged (x + ∞) and fails the second comparison.
        result = TInstructions.SelectLessThanOrEqual(
            x,
            TInstructions.Broadcast(LargestExponent),
            result,
            TInstructions.Add(x, TInstructions.Broadcast(float.PositiveInfinity))
        );
        return TInstructions.SelectLessThanOrEqual(x, TInstructions.Broadcast(SmallestExponent), TInstructions.Zero, result);
    }

    /// <summary>2ˣ to within 2 units in the last place for x from −126 to 127; 0 from −127 down.</summary>
    /// <remarks>2ˣ = 2ⁿ · 2ʳ with r = x − n, which is exact, and a polynomial for 2ʳ by Remez' exchange. From −127 down the exponent's bits cancel those of 2⁰.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector PowerOfTwo(TVector x)
    {
        x = TInstructions.Max(TInstructions.Broadcast(-127f), x);
        TVector shifted = TInstructions.Add(x, TInstructions.Broadcast(RoundingShift));
        TVector r = TInstructions.Subtract(x, TInstructions.Subtract(shifted, TInstructions.Broadcast(RoundingShift)));
        TVector p = TInstructions.Broadcast(1.58205075e-4f);
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(1.34182035e-3f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(9.61706322e-3f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(5.55027239e-2f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(2.40226552e-1f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(6.93147242e-1f));
        p = TInstructions.MultiplyAdd(p, r, TInstructions.Broadcast(1f));
        return TInstructions.ScaleByPowerOfTwo(p, shifted);
    }

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Logistic(TVector x)
    {
        TVector one = TInstructions.Broadcast(1f);
        return TInstructions.Divide(one, TInstructions.Add(one, Exp(TInstructions.Subtract(TInstructions.Zero, x))));
    }

    /// <summary>x · σ(argument).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector TimesLogistic(TVector x, TVector argument) =>
        TInstructions.Divide(x, TInstructions.Add(TInstructions.Broadcast(1f), Exp(TInstructions.Subtract(TInstructions.Zero, argument))));

    /// <summary>The hyperbolic tangent.</summary>
    /// <remarks>A polynomial near 0, where 1 − 2 / (e²ˣ + 1) would cancel (the coefficients of Cephes, Moshier).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector magnitude = TInstructions.Abs(x);
        TVector one = TInstructions.Broadcast(1f);
        TVector power = Exp(TInstructions.Add(magnitude, magnitude));
        TVector far = TInstructions.Subtract(one, TInstructions.Divide(TInstructions.Broadcast(2f), TInstructions.Add(power, one)));

        TVector z = TInstructions.Multiply(x, x);
        TVector p = TInstructions.Broadcast(-5.70498872745e-3f);
        p = TInstructions.MultiplyAdd(p, z, TInstructions.Broadcast(2.06390887954e-2f));
        p = TInstructions.MultiplyAdd(p, z, TInstructions.Broadcast(-5.37397155531e-2f));
        p = TInstructions.MultiplyAdd(p, z, TInstructions.Broadcast(1.33314422036e-1f));
        p = TInstructions.MultiplyAdd(p, z, TInstructions.Broadcast(-3.33332819422e-1f));
        TVector near = TInstructions.MultiplyAdd(TInstructions.Multiply(p, z), magnitude, magnitude);
        return TInstructions.CopySign(TInstructions.SelectLessThanOrEqual(magnitude, TInstructions.Broadcast(0.625f), near, far), x);
    }

    /// <summary>Φ(−|x|), the smaller tail of the standard normal distribution; its relative error stays below 10⁻⁶ out to |x| = 9.</summary>
    /// <remarks>Half of erfc(|x| / √2) by Chebyshev fitting (Numerical Recipes, erfcc).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NormalTail(TVector x)
    {
        TVector one = TInstructions.Broadcast(1f);
        TVector t = TInstructions.Divide(
            one,
            TInstructions.MultiplyAdd(TInstructions.Abs(x), TInstructions.Broadcast(0.5f * 0.70710678f), one)
        );
        TVector p = TInstructions.Broadcast(0.17087277f);
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(-0.82215223f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(1.48851587f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(-1.13520398f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(0.27886807f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(-0.18628806f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(0.09678418f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(0.37409196f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(1.00002368f));
        p = TInstructions.MultiplyAdd(p, t, TInstructions.Broadcast(-1.26551223f));
        TVector exponent = TInstructions.MultiplyAdd(TInstructions.Multiply(x, TInstructions.Broadcast(-0.5f)), x, p);
        return TInstructions.Multiply(TInstructions.Multiply(t, TInstructions.Broadcast(0.5f)), Exp(exponent));
    }
}
