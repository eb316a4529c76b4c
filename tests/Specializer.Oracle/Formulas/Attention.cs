using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>Scaled dot-product attention with heads.</summary>
public static class Attention
{
    /// <summary>
    /// The heads attend side by side, each to its own features (Vaswani et al. 2017, section 3.2.2); query head h reads the
    /// key and value head ⌊h / (heads / keyValueHeads)⌋ (Ainslie et al. 2023).
    /// </summary>
    /// <param name="queries">[queries][heads * headDimension]</param>
    /// <param name="keys">[keys][keyValueHeads * headDimension]</param>
    /// <param name="values">[keys][keyValueHeads * valueDimension]</param>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="keyValueHeads">The number of key and value heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="scale">The factor of the scores; <see cref="Scale"/> in the paper.</param>
    /// <param name="mask">Which keys a query sees.</param>
    /// <returns>[queries][heads * valueDimension]</returns>
    public static double[][] Attend(
        double[][] queries,
        IReadOnlyList<double[]> keys,
        IReadOnlyList<double[]> values,
        int heads,
        int keyValueHeads,
        double scale,
        Visibility mask
    )
    {
        double[][] outputs = [.. queries.Select(_ => Array.Empty<double>())];
        for (int head = 0; head < heads; head++)
        {
            int shared = head / (heads / keyValueHeads);
            double[][] headKeys = [.. keys.Select(key => Head(key, keyValueHeads, shared))];
            double[][] headValues = [.. values.Select(value => Head(value, keyValueHeads, shared))];
            for (int query = 0; query < queries.Length; query++)
            {
                double[] headQuery = Head(queries[query], heads, head);
                double[] headOutput = ScaledDotProduct(headQuery, headKeys, headValues, scale, key => mask(query, key));
                outputs[query] = [.. outputs[query], .. headOutput];
            }
        }

        return outputs;
    }

    /// <summary>
    /// softmax(q Kᵀ · scale + M) V for one query of one head (Vaswani et al. 2017, equation 1 and section 3.2.3), M being 0
    /// where a key is visible and -∞ where it is not.
    /// </summary>
    /// <param name="query">[headDimension]</param>
    /// <param name="keys">[keys][headDimension]</param>
    /// <param name="values">[keys][valueDimension]</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="visible">Whether a key, given by its number, is visible. One at least must be.</param>
    /// <returns>[valueDimension]</returns>
    public static double[] ScaledDotProduct(double[] query, double[][] keys, double[][] values, double scale, Func<int, bool> visible)
    {
        double[] scores = [.. keys.Select((key, j) => visible(j) ? Linear.Dot(query, key) * scale : double.NegativeInfinity)];
        double[] weights = Softmax(scores);
        double[] output = new double[values[0].Length];
        for (int j = 0; j < weights.Length; j++)
        {
            for (int i = 0; i < output.Length; i++)
            {
                output[i] += weights[j] * values[j][i];
            }
        }

        return output;
    }

    /// <summary>exp(xᵢ) / Σⱼ exp(xⱼ), with max(x) taken off every x so that nothing overflows.</summary>
    public static double[] Softmax(double[] x)
    {
        double maximum = x.Max();
        double[] exponentials = [.. x.Select(value => Math.Exp(value - maximum))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }

    /// <summary>1/√headDimension (Vaswani et al. 2017, equation 1)</summary>
    public static double Scale(int headDimension) => 1 / Math.Sqrt(headDimension);

    private static double[] Head(double[] x, int heads, int head)
    {
        int dimension = x.Length / heads;
        return x[(head * dimension)..((head + 1) * dimension)];
    }
}
