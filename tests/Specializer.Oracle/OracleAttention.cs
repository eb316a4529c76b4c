using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Oracle;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>The attention of a stack: of positions to each other, of global tokens, and to the output of an encoder.</summary>
internal sealed class OracleAttention(
    TransformerArchitecture architecture,
    AttentionArchitecture attention,
    OracleWeights weights,
    OracleParts parts
)
{
    private readonly AttentionArchitecture _attention = attention;
    private readonly CheckpointNames _names = architecture.Checkpoint.Names;

    public double[][] Attend(int layer, double[][] x, OracleInput input)
    {
        (OracleLinear toQuery, OracleLinear toKey, OracleLinear toValue) = Projections(layer);
        double[][][] queries =
        [
            .. x.Select((row, position) => Prepared(Clipped(toQuery.Apply(row)), parts.Name(_names.QueryNorm, layer), position, x.Length)),
        ];
        double[][][] keys =
        [
            .. x.Select((row, position) => Prepared(Clipped(toKey.Apply(row)), parts.Name(_names.KeyNorm, layer), position, x.Length)),
        ];
        double[][][] values = [.. x.Select(row => Clipped(toValue.Apply(row)).Chunk(_attention.HeadDim).ToArray())];
        double divisor = _attention.ScaleByInverseLayer ? layer + 1 : 1;
        double[][] results =
        [
            .. x.Select(
                (_, position) =>
                    Combine(
                        _attention,
                        (head, shared) =>
                            Weights(
                                head,
                                [.. queries[position][head].Select(q => q / divisor)],
                                [.. keys.Select(key => key[shared])],
                                position,
                                input
                            ),
                        values
                    )
            ),
        ];
        if (input.Globals is { } globals && architecture.GlobalTokens)
        {
            ReplaceGlobal(layer, x, globals, results);
        }

        OracleLinear output = parts.LayerLinear(
            _names.AttentionOutput,
            layer,
            _attention.Heads * _attention.HeadDim,
            _attention.OutputBias
        );
        return [.. results.Select(output.Apply)];
    }

    /// <summary>clamp(x, −c, c) of a projection (modeling_mpt.py, clip_qkv).</summary>
    private double[] Clipped(double[] projected) =>
        _attention.ProjectionClip == 0
            ? projected
            : [.. projected.Select(x => Math.Clamp(x, -_attention.ProjectionClip, _attention.ProjectionClip))];

    /// <summary>softmax(q kᵀ · scale) v over the keys and values of the source (Vaswani et al. 2017, section 3.2.3).</summary>
    public double[][] AttendToSource(int layer, double[][] x, double[][] source)
    {
        AttentionArchitecture cross = architecture.CrossAttention!;
        int dimension = cross.HeadDim,
            rows = cross.KeyValueHeads * dimension,
            inputs = source[0].Length;
        OracleLinear toQuery = parts.LayerLinear(_names.CrossQuery, layer, architecture.Width, cross.QueryBias),
            output = parts.LayerLinear(_names.CrossOutput, layer, cross.Heads * dimension, cross.OutputBias);
        OracleLinear toKey,
            toValue;
        if (_names.CrossKeyValue.Length > 0)
        {
            OracleLinear both = parts.LayerLinear(_names.CrossKeyValue, layer, inputs, cross.KeyBias);
            toKey = OracleParts.Rows(both, Enumerable.Range(0, rows), inputs);
            toValue = OracleParts.Rows(both, Enumerable.Range(rows, rows), inputs);
        }
        else
        {
            toKey = parts.LayerLinear(_names.CrossKey, layer, inputs, cross.KeyBias);
            toValue = parts.LayerLinear(_names.CrossValue, layer, inputs, cross.ValueBias);
        }

        double[][][] keys = [.. source.Select(row => toKey.Apply(row).Chunk(dimension).ToArray())],
            values = [.. source.Select(row => toValue.Apply(row).Chunk(dimension).ToArray())];
        return
        [
            .. x.Select(row =>
            {
                double[][] queries = [.. toQuery.Apply(row).Chunk(dimension)];
                return output.Apply(
                    Combine(
                        cross,
                        (head, shared) =>
                            Attention.Softmax([
                                .. keys.Select(key => Capped(Linear.Dot(queries[head], key[shared]) * cross.Scale, cross.SoftCap)),
                            ]),
                        values
                    )
                );
            }),
        ];
    }

    /// <summary>Global tokens see all others through projections of their own (Beltagy et al. 2020, section 3.1).</summary>
    private void ReplaceGlobal(int layer, double[][] x, bool[] globals, double[][] results)
    {
        int dimension = _attention.HeadDim;
        OracleLinear toQuery = parts.LayerLinear(_names.GlobalQuery, layer, architecture.Width, _attention.QueryBias);
        OracleLinear toKey = parts.LayerLinear(_names.GlobalKey, layer, architecture.Width, _attention.KeyBias),
            toValue = parts.LayerLinear(_names.GlobalValue, layer, architecture.Width, _attention.ValueBias);
        double[][][] keys = [.. x.Select(row => toKey.Apply(row).Chunk(dimension).ToArray())],
            values = [.. x.Select(row => toValue.Apply(row).Chunk(dimension).ToArray())];
        for (int position = 0; position < x.Length; position++)
        {
            if (globals[position])
            {
                double[][] queries = [.. toQuery.Apply(x[position]).Chunk(dimension)];
                results[position] = Combine(
                    _attention,
                    (head, shared) =>
                        Attention.Softmax([
                            .. keys.Select(key => Capped(Linear.Dot(queries[head], key[shared]) * _attention.Scale, _attention.SoftCap)),
                        ]),
                    values
                );
            }
        }
    }

    /// <summary>Every head's values by its weights, heads one after the other.</summary>
    private static double[] Combine(AttentionArchitecture attention, Func<int, int, double[]> weightsOf, double[][][] values)
    {
        double[] results = new double[attention.Heads * attention.HeadDim];
        for (int head = 0; head < attention.Heads; head++)
        {
            int shared = head / (attention.Heads / attention.KeyValueHeads);
            double[] weights = weightsOf(head, shared);
            for (int key = 0; key < values.Length; key++)
            {
                for (int i = 0; i < attention.HeadDim && weights[key] != 0; i++)
                {
                    results[(head * attention.HeadDim) + i] += weights[key] * values[key][shared][i];
                }
            }
        }

        return results;
    }

    /// <summary>How much a query's head takes of each key's value: by a softmax of scores, or of products of features (Katharopoulos et al. 2020).</summary>
    private double[] Weights(int head, double[] query, double[][] keys, int position, OracleInput input)
    {
        bool[] seen = [.. Enumerable.Range(0, keys.Length).Select(key => Sees(position, key, input))];
        if (_attention.IsLinear)
        {
            double[] features = LinearAttention.Features(query);
            double[] products = [.. keys.Select((key, j) => seen[j] ? Linear.Dot(features, LinearAttention.Features(key)) : 0)];
            double sum = products.Sum();
            return [.. products.Select(product => product / sum)];
        }

        return Attention.Softmax([.. keys.Select((key, j) => seen[j] ? Score(head, query, key, position - j) : double.NegativeInfinity)]);
    }

    private bool Sees(int query, int key, OracleInput input) =>
        _attention.Mask switch
        {
            AttentionMask.Full => _attention.Band == 0 || Math.Abs(query - key) <= _attention.Band || input.Globals?[key] == true,
            AttentionMask.Prefix => key <= query || key < input.Prefix,
            _ => key <= query && (_attention.Window == 0 || query - key < _attention.Window),
        };

    private double Score(int head, double[] query, double[] key, int distance)
    {
        double score = Capped(Linear.Dot(query, key) * _attention.Scale, _attention.SoftCap);
        return _attention.Positions switch
        {
            AlibiPositions alibi => score - (Slopes(_attention.Heads, alibi.MaximumBias)[head] * Math.Abs(distance)),
            RelativePositions relative => score + weights.Get(_names.RelativeBias)[(Bucket(relative, -distance) * _attention.Heads) + head],
            _ => score,
        };
    }

    private static double Capped(double score, double cap) => cap > 0 ? cap * Math.Tanh(score / cap) : score;

    /// <summary>The bucket of key − query (Raffel et al. 2020; the authors' _relative_position_bucket).</summary>
    private static int Bucket(RelativePositions relative, int offset)
    {
        int buckets = relative.Bidirectional ? relative.Buckets / 2 : relative.Buckets,
            first = relative.Bidirectional && offset > 0 ? buckets : 0;
        int distance = relative.Bidirectional ? Math.Abs(offset) : Math.Max(-offset, 0),
            exact = buckets / 2;
        if (distance < exact)
        {
            return first + distance;
        }

        // Rounding must not move a distance that is exactly on a boundary below it.
        double steps = Math.Log((double)distance / exact) / Math.Log((double)relative.MaximumDistance / exact) * (buckets - exact);
        return first + Math.Min(exact + (int)(steps + 1e-9), buckets - 1);
    }

    /// <summary>
    /// A geometric sequence that begins at its own ratio for a power of two of heads. For other numbers it is that of the next
    /// lower power, followed by every other slope of twice as many (Press et al. 2022, the authors' get_slopes).
    /// </summary>
    private static double[] Slopes(int heads, double maximumBias)
    {
        int power = (int)Math.Pow(2, Math.Floor(Math.Log2(heads)));
        double[] slopes = [.. Enumerable.Range(1, power).Select(k => Math.Pow(2, -maximumBias * k / power))];
        return power == heads
            ? slopes
            : [.. slopes, .. Slopes(2 * power, maximumBias).Where(static (_, i) => i % 2 == 0).Take(heads - power)];
    }

    /// <summary>The heads of a projection, normalized before or after their rotation.</summary>
    private double[][] Prepared(double[] projected, string norm, int position, int length)
    {
        double[][] heads = Rotate(Heads(projected, norm), position, length);
        return _attention is { QueryKeyNorm: true, NormsRotated: true } ? parts.Norm(norm, heads) : heads;
    }

    private double[][] Heads(double[] projected, string norm)
    {
        double[][] heads = [.. projected.Chunk(_attention.HeadDim)];
        return _attention switch
        {
            { QueryKeyNorm: true, NormsRotated: false } => parts.Norm(norm, heads),
            { ProjectionNorm: ProjectionNorm.AllHeads } => [.. parts.NormEach(norm, [projected])[0].Chunk(_attention.HeadDim)],
            { ProjectionNorm: ProjectionNorm.EachHead } => parts.NormEach(norm, heads),
            _ => heads,
        };
    }

    private double[][] Rotate(double[][] heads, int position, int length)
    {
        if (_attention.Positions is not RotaryPositions rotary)
        {
            return heads;
        }

        if (rotary.Grid is { } grid)
        {
            double[] angles = GridAngles(rotary, grid, position);
            return
            [
                .. heads.Select(head =>
                    Positions.RotateHead(
                        head,
                        [.. angles.Select(Math.Cos)],
                        [.. angles.Select(Math.Sin)],
                        rotary.Pairing == RotaryPairing.Interleaved ? OraclePairing.Interleaved : OraclePairing.HalfSplit
                    )
                ),
            ];
        }

        (double[] frequencies, double amplitude) = RotaryScalings.Frequencies(rotary, length);
        double[] cosines = [.. frequencies.Select(frequency => Math.Cos(position * frequency) * amplitude)];
        double[] sines = [.. frequencies.Select(frequency => Math.Sin(position * frequency) * amplitude)];
        return
        [
            .. heads.Select(head =>
                Positions.RotateHead(
                    head,
                    cosines,
                    sines,
                    rotary.Pairing == RotaryPairing.Interleaved ? OraclePairing.Interleaved : OraclePairing.HalfSplit
                )
            ),
        ];
    }

    /// <summary>2π · coordinate / θ^(4i / d) of the row, then of the column; coordinates of patches' centers are in [-1, 1] (DINOv3).</summary>
    private static double[] GridAngles(RotaryPositions rotary, RotaryGrid grid, int position)
    {
        int patch = position - grid.Leading;
        if (patch < 0)
        {
            return new double[rotary.RotaryDim / 2];
        }

        double[] periods = [.. Enumerable.Range(0, rotary.RotaryDim / 4).Select(i => Math.Pow(rotary.Base, 4.0 * i / rotary.RotaryDim))];
        double Center(int place) => (2 * ((place + 0.5) / grid.Side)) - 1;
        return
        [
            .. periods.Select(period => 2 * Math.PI * Center(patch / grid.Side) / period),
            .. periods.Select(period => 2 * Math.PI * Center(patch % grid.Side) / period),
        ];
    }

    private (OracleLinear Query, OracleLinear Key, OracleLinear Value) Projections(int layer)
    {
        if (architecture.Checkpoint.QueryKeyValue == QueryKeyValueStorage.Separate)
        {
            return (
                parts.LayerLinear(_names.Query, layer, architecture.Width, _attention.QueryBias),
                parts.LayerLinear(_names.Key, layer, architecture.Width, _attention.KeyBias),
                parts.LayerLinear(_names.Value, layer, architecture.Width, _attention.ValueBias)
            );
        }

        OracleLinear fused = parts.LayerLinear(_names.QueryKeyValue, layer, architecture.Width, _attention.QueryBias);
        int dimension = _attention.HeadDim,
            group = _attention.Heads / _attention.KeyValueHeads,
            width = architecture.Width;
        OracleLinear Rows(IEnumerable<int> rows) => OracleParts.Rows(fused, rows, width);
        if (architecture.Checkpoint.QueryKeyValue == QueryKeyValueStorage.Concatenated)
        {
            int queries = _attention.Heads * dimension,
                keys = _attention.KeyValueHeads * dimension;
            return (
                Rows(Enumerable.Range(0, queries)),
                Rows(Enumerable.Range(queries, keys)),
                Rows(Enumerable.Range(queries + keys, keys))
            );
        }

        // For each key/value head: the heads of its group, its key, its value.
        IEnumerable<int> Part(int first, int count) =>
            Enumerable
                .Range(0, _attention.KeyValueHeads)
                .SelectMany(head => Enumerable.Range(((head * (group + 2)) + first) * dimension, count * dimension));
        return (Rows(Part(0, group)), Rows(Part(group, 1)), Rows(Part(group + 1, 1)));
    }
}
