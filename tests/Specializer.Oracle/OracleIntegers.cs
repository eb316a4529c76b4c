using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Specializer.Oracle;

/// <summary>
/// Linear layers whose weights and inputs are integers in blocks of 32 inputs: y = Σ over blocks of scale · scale · Σ q q. Integers of
/// 8 bits have scale = max / 127, and q to nearest, ties to even. Those of 4 bits have the scale, and minimum, with the least error.
/// </summary>
/// <param name="recorded">
/// The input rows that a model has rounded; null if there is no model. A row that lies near a tie may be rounded either way, so the
/// integers are those of the model's own row, which must be near. The scales are the formula's.
/// </param>
public sealed class OracleIntegers(IReadOnlyList<float[]>? recorded, WeightStorage storage = WeightStorage.Int8)
{
    private const int Block = 32;

    /// <summary>The magnitude below which all values of a block of inputs are zero, 2^-100.</summary>
    private static readonly double s_least = Math.Pow(2, -100);

    private readonly ILookup<int, float[]>? _recorded = recorded?.ToLookup(static row => row.Length);
    private readonly ConditionalWeakTable<double[], Row> _rows = [];
    private readonly ConditionalWeakTable<double[], Row[]> _matrices = [];

    /// <summary>yₒ = Σᵢ Wₒᵢ xᵢ + bₒ of integers.</summary>
    public double[] Apply(double[] x, double[] weight, double[]? bias)
    {
        Row input = _rows.GetValue(x, Inputs);
        Row[] matrix = _matrices.GetValue(weight, values => [.. values.Chunk(x.Length).Select(row => Weights(row, storage))]);
        return
        [
            .. matrix.Select(
                (row, output) =>
                    row.Scales.Select(
                            (scale, block) =>
                                input.Scales[block] * ((scale * Product(row, input, block)) + (row.Minimum(block) * Sum(input, block)))
                        )
                        .Sum() + (bias?[output] ?? 0)
            ),
        ];
    }

    /// <summary>The values of a matrix after it was stored.</summary>
    public double[] Stored(double[] matrix, int inputs) =>
        [
            .. matrix
                .Chunk(inputs)
                .SelectMany(row =>
                {
                    Row stored = Weights(row, storage);
                    return stored.Integers.Select((integer, i) => (integer * stored.Scales[i / Block]) + stored.Minimum(i / Block));
                }),
        ];

    private static double Sum(Row row, int block) => row.Integers.Skip(block * Block).Take(Block).Sum();

    private static double Product(Row a, Row b, int block)
    {
        long sum = 0;
        for (int i = block * Block; i < Math.Min((block + 1) * Block, a.Integers.Length); i++)
        {
            sum += (long)a.Integers[i] * b.Integers[i];
        }

        return sum;
    }

    private static Row Weights(double[] row, WeightStorage storage)
    {
        if (storage == WeightStorage.Int8)
        {
            return Bytes(row);
        }

        OracleNibbles[] blocks = [.. row.Chunk(Block).Select(block => OracleNibbles.Of(block, storage == WeightStorage.UInt4))];
        return new Row(
            [.. blocks.Select(static block => block.Scale)],
            [.. blocks.SelectMany(static block => block.Integers)],
            [.. blocks.Select(static block => block.Minimum)]
        );
    }

    /// <summary>A row of weights, whose scales are halves; one that is too small for its largest weight is the next.</summary>
    private static Row Bytes(double[] row) =>
        Rounded(
            row,
            row,
            static block =>
            {
                double greatest = block.Max(Math.Abs);
                var scale = (Half)(greatest / 127);
                return (double)(greatest > 127.5 * (double)scale ? Half.BitIncrement(scale) : scale);
            },
            static (weight, scale) => scale == 0 ? 0 : Math.Clamp(Math.Round(weight / scale), -127, 127)
        );

    private Row Inputs(double[] row)
    {
        double[] decided = Array.ConvertAll(Nearest(row), static value => (double)value);
        return Rounded(
            row,
            decided,
            static block => block.Max(Math.Abs) is var greatest && greatest < s_least ? 0 : greatest / 127,
            static (value, scale) => scale == 0 ? 0 : Math.Round((double)((float)value * (1f / (float)scale)))
        );
    }

    private static Row Rounded(double[] row, double[] decided, Func<double[], double> scale, Func<double, double, double> round)
    {
        double[] scales = [.. row.Chunk(Block).Select(scale)];
        double[][] blocks = [.. decided.Chunk(Block)];
        return new Row(
            scales,
            [
                .. blocks.SelectMany(block =>
                {
                    double own = scale(block);
                    return block.Select(value => (int)round(value, own));
                }),
            ]
        );
    }

    private float[] Nearest(double[] row)
    {
        float[] own = Array.ConvertAll(row, static value => (float)value);
        if (_recorded is null)
        {
            return own;
        }

        float[]? nearest = null;
        double least = double.PositiveInfinity;
        foreach (float[] candidate in _recorded[row.Length])
        {
            double distance = 0;
            for (int i = 0; i < row.Length && distance < least; i++)
            {
                distance = Math.Max(distance, Math.Abs(candidate[i] - row[i]));
            }

            if (distance < least)
            {
                (least, nearest) = (distance, candidate);
            }
        }

        double tolerance = 1e-3 * Math.Max(row.Max(Math.Abs), 1e-3);
        return nearest is not null && least <= tolerance
            ? nearest
            : throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The model rounded no row of {row.Length} values near the expected one; the nearest differs by {least:G3}."
                )
            );
    }

    private sealed record Row(double[] Scales, int[] Integers, double[]? Minima = null)
    {
        public double Minimum(int block) => Minima?[block] ?? 0;
    }
}
