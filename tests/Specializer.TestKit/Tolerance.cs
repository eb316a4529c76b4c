using System;
using System.Globalization;
using System.Linq;
using System.Numerics;
using Xunit.Sdk;

namespace Specializer.TestKit;

/// <summary>
/// How far a computed value may be from the expected one: |actual - expected| ≤ absolute + relative · |expected|.
/// NaN and infinities never pass, whatever is expected.
/// </summary>
/// <param name="Absolute">The error allowed where zero is expected.</param>
/// <param name="Relative">The error allowed besides, for each unit of the expected value.</param>
public sealed record Tolerance(double Absolute, double Relative)
{
    /// <summary>The tolerance of 32-bit models against results computed in float64.</summary>
    public static Tolerance Default { get; } = new(2e-5, 1e-4);

    /// <summary>Fails unless every value is within the tolerance of the expected one.</summary>
    /// <param name="expected">The expected values, row-major.</param>
    /// <param name="actual">The actual values, of the same length.</param>
    /// <param name="columns">The length of a row, which the message needs to name row and column.</param>
    /// <param name="what">The name of the values in the message: "logits of T37".</param>
    /// <exception cref="XunitException">
    /// The lengths differ, there is nothing to compare, or a value is too far off. The message names the first such value
    /// and the one with the largest error.
    /// </exception>
    public void AssertClose<TExpected, TActual>(ReadOnlySpan<TExpected> expected, ReadOnlySpan<TActual> actual, int columns, string what)
        where TExpected : IFloatingPoint<TExpected>
        where TActual : IFloatingPoint<TActual>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (expected.Length != actual.Length)
        {
            throw new XunitException(
                string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected.Length} values, found {actual.Length}.")
            );
        }

        if (expected.IsEmpty)
        {
            throw new XunitException($"{what}: there is nothing to compare.");
        }

        int failures = 0;
        int first = -1;
        int worst = -1;
        double largestError = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Error(double.CreateChecked(expected[i]), double.CreateChecked(actual[i]));
            double allowed = Absolute + Relative * Math.Abs(double.CreateChecked(expected[i]));
            if (!double.IsFinite(error) || error > allowed)
            {
                failures++;
                first = first < 0 ? i : first;
            }

            if (error > largestError)
            {
                worst = i;
                largestError = error;
            }
        }

        if (failures > 0)
        {
            throw new XunitException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {failures} of {expected.Length} values are off by more than {Absolute} + {Relative} · |expected|.\n"
                        + $"First: {Describe(first, columns, expected[first], actual[first])}.\n"
                        + $"Largest error: {Describe(worst, columns, expected[worst], actual[worst])}."
                )
            );
        }
    }

    /// <summary>Fails unless every value is within the tolerance of the expected one.</summary>
    /// <param name="expected">The expected values by rows of one length.</param>
    /// <param name="actual">The actual values, row-major.</param>
    /// <param name="what">The name of the values in the message.</param>
    /// <exception cref="XunitException">As above.</exception>
    public void AssertClose<TActual>(double[][] expected, ReadOnlySpan<TActual> actual, string what)
        where TActual : IFloatingPoint<TActual>
    {
        double[] flat = [.. expected.SelectMany(row => row)];
        AssertClose<double, TActual>(flat, actual, expected.Length == 0 ? 1 : expected[0].Length, what);
    }

    private static double Error(double expected, double actual) =>
        double.IsFinite(expected) && double.IsFinite(actual) ? Math.Abs(actual - expected) : double.PositiveInfinity;

    private static string Describe<TExpected, TActual>(int index, int columns, TExpected expected, TActual actual)
        where TExpected : IFloatingPoint<TExpected>
        where TActual : IFloatingPoint<TActual> =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"index {index} (row {index / columns}, column {index % columns}): expected {expected}, found {actual}, error {Error(double.CreateChecked(expected), double.CreateChecked(actual)):g6}"
        );
}
