using System;

namespace Specializer.Oracle;

/// <summary>
/// The error function and its complement to full double precision (Abramowitz and Stegun, Handbook of Mathematical Functions,
/// 1964, chapter 7). A series near zero and a continued fraction in the tail avoid small differences of large numbers.
/// </summary>
public static class ErrorFunction
{
    // Below it the series needs few terms, above it the continued fraction does.
    private const double SeriesLimit = 1.0;

    // At the limit, where the fraction converges most slowly, 171 levels reach the last bit of a double.
    private const int FractionLevels = 250;

    // exp(-x²) is below the least double from here on.
    private const double LargestSquare = 750;

    /// <summary>erf(x) = 2/√π ∫₀ˣ exp(-t²) dt (7.1.1)</summary>
    public static double Erf(double x) => Math.Abs(x) < SeriesLimit ? Series(x) : Math.CopySign(1 - Tail(Math.Abs(x)), x);

    /// <summary>erfc(x) = 1 - erf(x) (7.1.2), exact to a relative error of a few ulps however small it is.</summary>
    public static double Erfc(double x) =>
        x >= SeriesLimit ? Tail(x)
        : x <= -SeriesLimit ? 2 - Tail(-x)
        : 1 - Series(x);

    /// <summary>erf(x) = 2/√π exp(-x²) Σₙ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)) (7.1.6); all terms have one sign.</summary>
    private static double Series(double x)
    {
        double term = x;
        double sum = 0;
        for (int n = 1; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * ExpOfMinusSquare(x) * sum;
    }

    /// <summary>erfc(x) = exp(-x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))) for x &gt; 0 (7.1.14)</summary>
    private static double Tail(double x)
    {
        double fraction = x;
        for (int n = FractionLevels; n >= 1; n--)
        {
            fraction = x + n / 2.0 / fraction;
        }

        return ExpOfMinusSquare(x) / Math.Sqrt(Math.PI) / fraction;
    }

    /// <summary>exp(-x²). The rounding error of x² would be the relative error of the result, so it is taken out again.</summary>
    private static double ExpOfMinusSquare(double x)
    {
        double square = x * x;
        if (square > LargestSquare)
        {
            return 0;
        }

        double lost = Math.FusedMultiplyAdd(x, x, -square);
        return Math.Exp(-square) * (1 - lost);
    }
}
