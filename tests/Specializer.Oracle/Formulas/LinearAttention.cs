using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>Attention without a softmax (Katharopoulos et al. 2020).</summary>
public static class LinearAttention
{
    /// <summary>Σⱼ (φ(q) · φ(kⱼ)) vⱼ / Σⱼ φ(q) · φ(kⱼ) over the keys that a query sees (equation 5), heads as in <see cref="Attention.Attend"/>.</summary>
    public static double[][] Attend(
        double[][] queries,
        IReadOnlyList<double[]> keys,
        IReadOnlyList<double[]> values,
        int heads,
        int keyValueHeads,
        Visibility mask
    )
    {
        int dimension = queries[0].Length / heads;
        double[][] outputs = new double[queries.Length][];
        for (int query = 0; query < queries.Length; query++)
        {
            outputs[query] = new double[heads * dimension];
            for (int head = 0; head < heads; head++)
            {
                int shared = head / (heads / keyValueHeads) * dimension;
                double[] features = Features(queries[query].AsSpan(head * dimension, dimension));
                double[] weights =
                [
                    .. keys.Select((key, j) => mask(query, j) ? Linear.Dot(features, Features(key.AsSpan(shared, dimension))) : 0),
                ];
                double sum = weights.Sum();
                for (int i = 0; i < dimension; i++)
                {
                    outputs[query][(head * dimension) + i] = weights.Select((weight, j) => weight * values[j][shared + i]).Sum() / sum;
                }
            }
        }

        return outputs;
    }

    /// <summary>φ(x) = elu(x) + 1 (equation 7).</summary>
    public static double[] Features(ReadOnlySpan<double> x) =>
        [.. x.ToArray().Select(static value => value > 0 ? value + 1 : Math.Exp(value))];
}
