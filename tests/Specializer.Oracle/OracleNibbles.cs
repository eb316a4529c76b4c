using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>A block of weights as integers of 4 bits: w = scale · q + minimum.</summary>
/// <param name="Scale">The scale, in half precision.</param>
/// <param name="Minimum">The minimum, in half precision; 0 if blocks have none.</param>
/// <param name="Integers">The integers: −8 to 7 without a minimum, otherwise 0 to 15.</param>
public sealed record OracleNibbles(double Scale, double Minimum, int[] Integers)
{
    /// <summary>The changes of the range of integers that the search tries.</summary>
    private static readonly double[] s_changes = [.. Enumerable.Range(-9, 19).Select(static k => 0.1 * k)];

    /// <summary>Rounds a block of weights.</summary>
    /// <param name="block">At most 32 weights.</param>
    /// <param name="hasMinimum">Whether a block has a minimum.</param>
    public static OracleNibbles Of(double[] block, bool hasMinimum)
    {
        int low = hasMinimum ? 0 : -8;
        (double scale, double minimum, _) = (hasMinimum ? WithMinimum(block) : Symmetric(block))
            .Where(static candidate => double.IsFinite(candidate.Scale) && double.IsFinite(candidate.Minimum))
            .MinBy(static candidate => candidate.Error);
        return new OracleNibbles(
            scale,
            minimum,
            [.. block.Select(weight => scale == 0 ? 0 : (int)Math.Clamp(Math.Round((weight - minimum) / scale), low, low + 15))]
        );
    }

    /// <summary>The scale Σwq / Σq² of integers with the inverse −(8 + change) / w, for the weight w of the largest magnitude.</summary>
    private static IEnumerable<(double Scale, double Minimum, double Error)> Symmetric(double[] block)
    {
        double greatest = block.MaxBy(Math.Abs);
        yield return (0, 0, block.Sum(static weight => weight * weight));
        if (greatest == 0)
        {
            yield break;
        }

        foreach (double change in s_changes)
        {
            double[] integers = Rounded(block, 0, -(8 + change) / greatest, -8);
            double scale = Half(Product(block, integers) / Product(integers, integers));
            yield return (scale, 0, Error(block, integers, scale, 0));
        }
    }

    /// <summary>The linear regression of weights on integers with the inverse (15 + change) / (max − min).</summary>
    private static IEnumerable<(double Scale, double Minimum, double Error)> WithMinimum(double[] block)
    {
        double low = block.Min(),
            high = block.Max();
        yield return (0, Half(low), double.MaxValue);
        if (low == high)
        {
            yield break;
        }

        foreach (double change in s_changes)
        {
            double[] integers = Rounded(block, low, (15 + change) / (high - low), 0);
            double squares = Product(integers, integers),
                sum = integers.Sum(),
                determinant = (block.Length * squares) - (sum * sum);
            if (determinant > 0)
            {
                double product = Product(block, integers),
                    total = block.Sum(),
                    scale = Half(((block.Length * product) - (sum * total)) / determinant),
                    minimum = Half(((squares * total) - (sum * product)) / determinant);
                yield return (scale, minimum, Error(block, integers, scale, minimum));
            }
        }
    }

    private static double[] Rounded(double[] block, double low, double inverse, int least) =>
        Array.ConvertAll(block, weight => Math.Clamp(Math.Round((weight - low) * inverse), least, least + 15));

    private static double Product(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();

    private static double Error(double[] block, double[] integers, double scale, double minimum) =>
        block.Zip(integers, (weight, integer) => Math.Pow(weight - (scale * integer) - minimum, 2)).Sum();

    private static double Half(double value) => (double)(System.Half)value;
}
