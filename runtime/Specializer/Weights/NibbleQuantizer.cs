using System;
using System.Runtime.Intrinsics;

namespace Specializer;

/// <summary>
/// Rounds blocks of weights to integers of 4 bits and writes them as kernels read them. Scales, and minima if there are any, minimize
/// the sum of squared errors among the candidates of a search.
/// </summary>
/// <remarks>
/// A record is a block of a panel: for each lane 32 bytes, and a word of scales. A byte holds an integer of the first vector in its lower
/// half, and one of the second vector in its upper half. The four bytes of a word are inputs i, i + 8, i + 16 and i + 24 for wide
/// vectors. For vectors of four lanes, they are inputs 4i to 4i + 3. A word of minima follows the scales if blocks have a minimum.
/// </remarks>
internal static unsafe class NibbleQuantizer
{
    private const int Inputs = BlockQuantizer.Inputs;
    private const int Quads = Inputs / 4;
    private const int LanesOfQuads = 4;

    /// <summary>The integer that is stored for zero if blocks have no minimum.</summary>
    public const int Offset = 8;

    private const int Highest = 15;

    /// <summary>Candidates of the search on both sides of the scale that maps the largest weight to the end of the range.</summary>
    private const int Candidates = 9;

    private const double Step = 0.1;

    /// <summary>Gets the magnitude of the largest weight that a block without a minimum can store.</summary>
    public static float Greatest => Offset * (float)Half.MaxValue;

    /// <summary>Returns the number of bytes of a record.</summary>
    public static int RecordBytes(int lanes, bool hasMinima) => (Inputs + (hasMinima ? 8 : 4)) * lanes;

    /// <summary>Writes a column of a block.</summary>
    /// <param name="weights">The weights of the column.</param>
    /// <param name="count">The number of weights, at most 32.</param>
    /// <param name="record">The record.</param>
    /// <param name="lanes">The number of lanes of a vector.</param>
    /// <param name="column">The column of the panel.</param>
    /// <param name="hasMinima">Whether blocks have a minimum.</param>
    /// <returns>The index of a weight that is too large or no number; −1 if there is none.</returns>
    public static int Write(float* weights, int count, byte* record, int lanes, int column, bool hasMinima)
    {
        double* values = stackalloc double[Inputs];
        new Span<double>(values, Inputs).Clear();
        float limit = hasMinima ? (float)Half.MaxValue : Greatest;
        for (int i = 0; i < count; i++)
        {
            values[i] = weights[i];
            if (!(MathF.Abs(weights[i]) <= limit))
            {
                return i;
            }
        }

        byte* integers = stackalloc byte[Inputs];
        (Half scale, Half minimum) = hasMinima ? WithMinimum(values, count, integers) : (Symmetric(values, integers), Half.Zero);
        WriteIntegers(integers, scale, minimum, record, lanes, column, hasMinima);
        return -1;
    }

    /// <summary>Writes the integers and the scale of a column, as they are.</summary>
    public static void WriteIntegers(byte* integers, Half scale, Half minimum, byte* record, int lanes, int column, bool hasMinima)
    {
        int vector = column / lanes,
            lane = column % lanes;
        ushort* factors = (ushort*)(record + (Inputs * lanes));
        factors[(2 * lane) + vector] = BitConverter.HalfToUInt16Bits(scale);
        if (hasMinima)
        {
            factors[(2 * lanes) + (2 * lane) + vector] = BitConverter.HalfToUInt16Bits(minimum);
        }

        for (int input = 0; input < Inputs; input++)
        {
            (int quad, int position) = lanes == LanesOfQuads ? (input / 4, input % 4) : (input % Quads, input / Quads);
            record[(((quad * lanes) + lane) * 4) + position] |= (byte)(integers[input] << (4 * vector));
        }
    }

    /// <summary>
    /// Searches for a scale: integers are rounded with the inverse −(8 + 0.1 k) / w, for the weight w of the largest magnitude and
    /// k from −9 to 9. The scale with the least error for them is Σwq / Σq², in half precision.
    /// </summary>
    private static Half Symmetric(double* values, byte* integers)
    {
        double greatest = 0;
        for (int i = 0; i < Inputs; i++)
        {
            greatest = Math.Abs(values[i]) > Math.Abs(greatest) ? values[i] : greatest;
        }

        Half best = Half.Zero;
        double least = 0;
        for (int k = -Candidates; k <= Candidates && greatest != 0; k++)
        {
            (double sumOfSquares, double product, _) = Sums(values, 0, -(Offset + (Step * k)) / greatest, -Offset, Offset - 1);
            var scale = (Half)(product / sumOfSquares);
            double error = (double)scale * (((double)scale * sumOfSquares) - (2 * product));
            if (error < least && Half.IsFinite(scale))
            {
                (least, best) = (error, scale);
            }
        }

        for (int i = 0; i < Inputs; i++)
        {
            double integer = best == Half.Zero ? 0 : Math.Clamp(Math.Round(values[i] / (double)best), -Offset, Offset - 1);
            integers[i] = (byte)(integer + Offset);
        }

        return best;
    }

    /// <summary>
    /// Searches for a scale and a minimum: integers are rounded with the inverse (15 + 0.1 k) / (max − min) for k from −9 to 9. The
    /// pair with the least error for them is that of linear regression, in half precision.
    /// </summary>
    private static (Half Scale, Half Minimum) WithMinimum(double* values, int count, byte* integers)
    {
        double low = values[0],
            high = values[0],
            total = 0;
        for (int i = 0; i < count; i++)
        {
            (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
            total += values[i];
        }

        (Half Scale, Half Minimum) best = (Half.Zero, (Half)low);
        double least = double.PositiveInfinity;
        for (int k = -Candidates; k <= Candidates && high > low; k++)
        {
            double inverse = (Highest + (Step * k)) / (high - low);
            (double sumOfSquares, double product, double sum) = Sums(values, low, inverse, 0, Highest, count);
            double determinant = (count * sumOfSquares) - (sum * sum);
            if (determinant <= 0)
            {
                continue;
            }

            var scale = (Half)(((count * product) - (sum * total)) / determinant);
            var minimum = (Half)(((sumOfSquares * total) - (sum * product)) / determinant);
            double s = (double)scale,
                m = (double)minimum,
                error = (s * s * sumOfSquares) + (2 * s * m * sum) + (count * m * m) - (2 * s * product) - (2 * m * total);
            if (error < least && Half.IsFinite(scale) && Half.IsFinite(minimum))
            {
                (least, best) = (error, (scale, minimum));
            }
        }

        for (int i = 0; i < Inputs; i++)
        {
            bool isZero = best.Scale == Half.Zero || i >= count;
            double integer = isZero ? 0 : (values[i] - (double)best.Minimum) / (double)best.Scale;
            integers[i] = (byte)Math.Clamp(Math.Round(integer), 0, Highest);
        }

        return best;
    }

    /// <summary>Returns Σq², Σwq and Σq of the first weights for q = (w − low) · inverse, rounded to nearest and clamped.</summary>
    private static (double SumOfSquares, double Product, double Sum) Sums(
        double* values,
        double low,
        double inverse,
        double least,
        double highest,
        int count = Inputs
    )
    {
        Vector256<double> squares = default,
            products = default,
            sums = default,
            first = Vector256.Create(low),
            factor = Vector256.Create(inverse);
        int whole = count / Vector256<double>.Count * Vector256<double>.Count;
        for (int i = 0; i < whole; i += Vector256<double>.Count)
        {
            Vector256<double> value = Vector256.Load(values + i),
                rounded = Vector256.Round((value - first) * factor),
                integer = Vector256.Min(Vector256.Max(rounded, Vector256.Create(least)), Vector256.Create(highest));
            squares += integer * integer;
            products += value * integer;
            sums += integer;
        }

        (double SumOfSquares, double Product, double Sum) result = (Vector256.Sum(squares), Vector256.Sum(products), Vector256.Sum(sums));
        for (int i = whole; i < count; i++)
        {
            double integer = Math.Clamp(Math.Round((values[i] - low) * inverse), least, highest);
            result.SumOfSquares += integer * integer;
            result.Product += values[i] * integer;
            result.Sum += integer;
        }

        return result;
    }
}
