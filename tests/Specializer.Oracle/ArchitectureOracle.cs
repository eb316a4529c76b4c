using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Oracle;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>
/// A stack of any architecture, in float64, that reads like its formulas: generated models are compared with it. It shares nothing with
/// the generator except the records that describe an architecture, and no code with the runtime.
/// </summary>
public sealed class ArchitectureOracle
{
    private readonly TransformerArchitecture _architecture;
    private readonly OracleWeights _weights;
    private readonly CheckpointNames _names;
    private readonly Dictionary<LayerKind, OracleAttention> _attention;
    private readonly OracleParts _parts;

    /// <summary>The stack of an architecture with the weights of its checkpoint; the encoder of an encoder-decoder is a stack of its own.</summary>
    internal ArchitectureOracle(TransformerArchitecture architecture, OracleWeights weights)
    {
        _architecture = architecture;
        _weights = weights;
        _names = architecture.Checkpoint.Names;
        _parts = new OracleParts(architecture, weights);
        _attention = architecture
            .LayerKinds.Distinct()
            .ToDictionary(static kind => kind, kind => new OracleAttention(architecture, kind.Attention, weights, _parts));
    }

    /// <summary>Hidden states [layers + 1][positions][width] of all positions, and logits [positions][vocabularySize] of a decoder or the output of an encoder.</summary>
    public OracleRun Run(int[] tokens, OracleInput? input = null)
    {
        input ??= new OracleInput();
        EmbeddingArchitecture embeddings = _architecture.Embeddings;
        double[] table = input.Signal is null ? _weights.Get(_names.TokenEmbedding + ".weight") : [];
        double[] embedded =
            _parts.Integers is not null && (_architecture.Logits.Tied || _architecture.Head?.Output is { Tied: true })
                ? _parts.Integers.Stored(table, embeddings.Width == 0 ? _architecture.Width : embeddings.Width)
                : table;
        double[][] hidden = input.Signal is { } signal
            ? new OracleSignal(_architecture, _weights, _parts).Embed(signal)
            : [.. tokens.Select((_, position) => Embed(embedded, tokens, position, input))];
        hidden = embeddings.Norm ? _parts.Norm(_names.EmbeddingNorm, hidden) : hidden;
        if (embeddings.Width != 0)
        {
            OracleLinear projection = _parts.Linear(_names.EmbeddingProjection, bias: true);
            hidden = [.. hidden.Select(projection.Apply)];
        }

        List<double[][]> states = [hidden];
        for (int layer = 0; layer < _architecture.Layers; layer++)
        {
            hidden = Block(layer, hidden, input);
            states.Add(hidden);
        }

        double[][] last = _names.FinalNorm.Length == 0 ? hidden : _parts.Norm(_names.FinalNorm, hidden);
        return new OracleRun(_architecture.Stack == Stack.Encoder ? Head(last, table, tokens) : Logits(last, table), [.. states], last);
    }

    private double[][] Logits(double[][] last, double[] table)
    {
        double[]? bias = _architecture.Logits.Bias
            ? _weights.Get(_names.LogitsBias.Length > 0 ? _names.LogitsBias : _names.Logits + ".bias")
            : null;
        double[] matrix = _architecture.Logits.Tied ? table : _weights.Get(_names.Logits + ".weight");
        double cap = _architecture.Logits.SoftCap,
            scale = _architecture.Logits.Scale;
        return
        [
            .. last.Select(row =>
                    new OracleLinear(matrix, bias) { Integers = _parts.Integers }
                        .Apply(row)
                        .Select(logit => logit * scale)
                        .ToArray()
                )
                .Select(row => cap > 0 ? [.. row.Select(logit => cap * Math.Tanh(logit / cap))] : row),
        ];
    }

    private double[][] Head(double[][] last, double[] table, int[] tokens)
    {
        if (_architecture.Head is not { } head)
        {
            return last;
        }

        last = last[head.Skipped..];
        double[][] rows = head.Probe is { } probe
            ? [Probe(probe, last)]
            : head.Pooling switch
            {
                PoolingKind.First => [last[0]],
                PoolingKind.Last => [last[EndOf(tokens, last.Length, head.EndToken)]],
                PoolingKind.Mean =>
                [
                    [.. Enumerable.Range(0, _architecture.Width).Select(i => last.Average(row => row[i]))],
                ],
                PoolingKind.WeightedMean =>
                [
                    [
                        .. Enumerable
                            .Range(0, _architecture.Width)
                            .Select(i => last.Select((row, at) => (at + 1) * row[i]).Sum() / Enumerable.Range(1, last.Length).Sum()),
                    ],
                ],
                PoolingKind.Max =>
                [
                    [.. Enumerable.Range(0, _architecture.Width).Select(i => last.Max(row => row[i]))],
                ],
                _ => last,
            };
        foreach (ProjectionArchitecture projection in head.Projections)
        {
            OracleLinear linear = _parts.Linear(projection.Name, projection.Bias);
            rows =
            [
                .. rows.Select(row =>
                    linear.Apply(row).Select(x => projection.Activation is { } activation ? Activate(activation, x) : x).ToArray()
                ),
            ];
        }

        if (head.Normalize)
        {
            rows =
            [
                .. rows.Select(static row =>
                {
                    double length = Math.Sqrt(row.Sum(static x => x * x));
                    return row.Select(x => x / length).ToArray();
                }),
            ];
        }

        if (head.Dense is { } dense)
        {
            OracleLinear linear = _parts.Linear(_names.HeadDense, dense.Bias);
            rows = [.. rows.Select(row => linear.Apply(row).Select(x => Activate(dense.Activation, x)).ToArray())];
        }

        rows = head.Norm ? _parts.Norm(_names.HeadNorm, rows) : rows;
        if (head.Output is { } output)
        {
            double[] matrix = output.Tied ? table : _weights.Get(_names.Logits + ".weight");
            double[]? bias = output.Bias ? _weights.Get(_names.LogitsBias.Length > 0 ? _names.LogitsBias : _names.Logits + ".bias") : null;
            rows = [.. rows.Select(new OracleLinear(matrix, bias) { Integers = _parts.Integers }.Apply)];
        }

        return rows;
    }

    /// <summary>torch.nn.MultiheadAttention of a learned state to all states, then x + feedForward(norm(x)) (SigLIP).</summary>
    private double[] Probe(ProbeArchitecture probe, double[][] states)
    {
        int width = _architecture.Width,
            size = width / probe.Heads;
        double[] weight = _weights.Get(_names.ProbeAttention + "in_proj_weight"),
            bias = _weights.Get(_names.ProbeAttention + "in_proj_bias");
        OracleLinear Projection(int part) =>
            new(weight[(part * width * width)..((part + 1) * width * width)], bias[(part * width)..((part + 1) * width)])
            {
                Integers = _parts.Integers,
            };
        double[] query = Projection(0).Apply(_weights.Get(_names.Probe));
        double[][] keys = [.. states.Select(Projection(1).Apply)],
            values = [.. states.Select(Projection(2).Apply)];
        double[] attended = new double[width];
        for (int head = 0; head < probe.Heads; head++)
        {
            int[] elements = [.. Enumerable.Range(head * size, size)];
            double[] scores = [.. keys.Select(key => elements.Sum(i => query[i] * key[i]) / Math.Sqrt(size))];
            double[] weights = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
            foreach (int i in elements)
            {
                attended[i] = values.Zip(weights, (value, share) => value[i] * share).Sum() / weights.Sum();
            }
        }

        double[] x = _parts.Linear(_names.ProbeAttention + "out_proj", bias: true).Apply(attended);
        double[] inner =
        [
            .. _parts
                .Linear(_names.ProbeUp, bias: true)
                .Apply(_parts.Norm(_names.ProbeNorm, [x])[0])
                .Select(value => Activate(probe.Activation, value)),
        ];
        return Linear.Add(x, _parts.Linear(_names.ProbeDown, bias: true).Apply(inner));
    }

    /// <summary>The last position, the first one of a token, or the first one of the largest token.</summary>
    private static int EndOf(int[] tokens, int length, int? end) =>
        end is not { } token ? length - 1
        : token == HeadArchitecture.LargestToken ? Array.IndexOf(tokens, tokens.Max())
        : Math.Max(Array.IndexOf(tokens, token), 0);

    private static double Activate(Activation activation, double x) =>
        Activations.Apply(Enum.Parse<OracleActivation>(activation.ToString()), x);

    private double[] Embed(double[] table, int[] tokens, int position, OracleInput input)
    {
        EmbeddingArchitecture embeddings = _architecture.Embeddings;
        int width = embeddings.Width == 0 ? _architecture.Width : embeddings.Width;
        double[] Row(double[] of, int row) => of[(row * width)..((row + 1) * width)];
        double[] given = position < input.Rows?.Length ? input.Rows[position] : Row(table, tokens[position]);
        double[] x = [.. given.Select(value => value * embeddings.Scale)];
        x = embeddings.Positions switch
        {
            LearnedPositions learned => Linear.Add(
                x,
                Row(_weights.Get(_names.PositionEmbedding + ".weight"), IndexOf(learned, tokens, position))
            ),
            SinusoidalPositions sinusoidal => Linear.Add(x, Sinusoids(position + sinusoidal.First, width, sinusoidal)),
            _ => x,
        };
        return embeddings.TokenTypes == 0
            ? x
            : Linear.Add(x, Row(_weights.Get(_names.TokenTypeEmbedding + ".weight"), input.Types?[position] ?? 0));
    }

    /// <summary>
    /// As create_position_ids_from_input_ids counts: tokens other than padding, from the row after the padding's on.
    /// </summary>
    private static int IndexOf(LearnedPositions learned, int[] tokens, int position) =>
        learned.PaddingToken is not { } padding ? position + learned.Offset
        : tokens[position] == padding ? padding
        : tokens[..(position + 1)].Count(token => token != padding) + padding;

    /// <summary>
    /// sin and cos of position / 10000^(2i / width) (Vaswani et al. 2017, section 3.5), of an odd width one sine more; or with the
    /// endpoint position / 10000^(i / (width / 2 − 1)), of an odd width padded with a zero (fairseq).
    /// </summary>
    private static double[] Sinusoids(int position, int width, SinusoidalPositions positions)
    {
        if (positions.Endpoint)
        {
            double[] scaled =
            [
                .. Enumerable.Range(0, width / 2).Select(i => position / Math.Pow(10_000, i / Math.Max((width / 2) - 1.0, 1))),
            ];
            return [.. scaled.Select(Math.Sin), .. scaled.Select(Math.Cos), .. new double[width % 2]];
        }

        double Angle(int column) => position / Math.Pow(10_000, column / 2 * 2.0 / width);
        double Value(int column) => column % 2 == 0 ? Math.Sin(Angle(column)) : Math.Cos(Angle(column));
        int[] columns = [.. Enumerable.Range(0, width)];
        return positions.Interleaved
            ? [.. columns.Select(Value)]
            :
            [
                .. columns.Where(static column => column % 2 == 0).Select(Value),
                .. columns.Where(static column => column % 2 == 1).Select(Value),
            ];
    }

    private double[][] Block(int layer, double[][] x, OracleInput input)
    {
        LayerKind kind = _architecture.KindOf(layer);
        OracleAttention attention = _attention[kind];
        double[][] Norm(string name, double[][] rows) => _parts.Norm(_parts.Name(name, layer), rows);
        double[][] Add(double[][] residual, double[][] block) =>
            [.. residual.Zip(block, (a, b) => a.Zip(b, (x, y) => x + (kind.ResidualScale * y)).ToArray())];
        double[][] Cross(double[][] rows) =>
            input.Source is null ? rows
            : kind.Arrangement == LayerArrangement.PostNorm
                ? Norm(_names.CrossAttentionNorm, Add(rows, attention.AttendToSource(layer, rows, input.Source)))
            : kind.Arrangement == LayerArrangement.NormedResidual
                ? Normed(_names.CrossAttentionNorm, rows, normed => attention.AttendToSource(layer, normed, input.Source))
            : kind.Arrangement == LayerArrangement.Sandwich
                ? Add(
                    rows,
                    Norm(
                        _names.CrossAttentionOutputNorm,
                        attention.AttendToSource(layer, Norm(_names.CrossAttentionNorm, rows), input.Source)
                    )
                )
            : Add(rows, attention.AttendToSource(layer, Norm(_names.CrossAttentionNorm, rows), input.Source));

        // residual = norm(x); x = block(norm(x)) + residual (modeling_bloom.py, apply_residual_connection_post_layernorm).
        double[][] Normed(string norm, double[][] rows, Func<double[][], double[][]> block)
        {
            double[][] residual = Norm(norm, rows);
            return Add(residual, block(residual));
        }

        if (kind.Arrangement == LayerArrangement.NormedResidual)
        {
            double[][] sum = Cross(Normed(_names.AttentionNorm, x, normed => attention.Attend(layer, normed, input)));
            return Normed(_names.FeedForwardNorm, sum, normed => FeedForwardBlock(layer, normed));
        }

        if (kind.Arrangement == LayerArrangement.PostNorm)
        {
            double[][] first = Cross(Norm(_names.AttentionOutputNorm, Add(x, attention.Attend(layer, x, input))));
            return Norm(_names.FeedForwardOutputNorm, Add(first, FeedForwardBlock(layer, first)));
        }

        if (kind.Arrangement == LayerArrangement.OutputNorm)
        {
            double[][] first = Add(x, Norm(_names.AttentionOutputNorm, attention.Attend(layer, x, input)));
            return Add(first, Norm(_names.FeedForwardOutputNorm, FeedForwardBlock(layer, first)));
        }

        if (kind.Arrangement == LayerArrangement.FeedForwardNorm)
        {
            double[][] first = Add(x, attention.Attend(layer, x, input));
            return Add(first, FeedForwardBlock(layer, Norm(_names.FeedForwardNorm, first)));
        }

        if (kind.LayerScale)
        {
            double[][] Scaled(string name, double[][] rows)
            {
                double[] factors = _weights.Get(_parts.Name(name, layer));
                return [.. rows.Select(row => row.Zip(factors, static (value, factor) => value * factor).ToArray())];
            }

            double[][] first = Add(x, Scaled(_names.AttentionScale, attention.Attend(layer, Norm(_names.AttentionNorm, x), input)));
            return Add(first, Scaled(_names.FeedForwardScale, FeedForwardBlock(layer, Norm(_names.FeedForwardNorm, first))));
        }

        double[][] attended = attention.Attend(layer, Norm(_names.AttentionNorm, x), input);
        switch (kind.Arrangement)
        {
            case LayerArrangement.ParallelOneNorm:
                return Add(Add(x, attended), FeedForwardBlock(layer, Norm(_names.AttentionNorm, x)));
            case LayerArrangement.ParallelTwoNorms:
                return Add(Add(x, attended), FeedForwardBlock(layer, Norm(_names.FeedForwardNorm, x)));
            case LayerArrangement.Sandwich:
                double[][] h = Cross(Add(x, Norm(_names.AttentionOutputNorm, attended)));
                return Add(h, Norm(_names.FeedForwardOutputNorm, FeedForwardBlock(layer, Norm(_names.FeedForwardNorm, h))));
            default:
                double[][] sum = Cross(Add(x, attended));
                return Add(sum, FeedForwardBlock(layer, Norm(_names.FeedForwardNorm, sum)));
        }
    }

    private double[][] FeedForwardBlock(int layer, double[][] x)
    {
        FeedForwardArchitecture feedForward = _architecture.KindOf(layer).FeedForward;
        OracleActivation activation = Enum.Parse<OracleActivation>(feedForward.Activation.ToString());
        OracleLinear Matrix(string name) => _parts.LayerLinear(name, layer, _architecture.Width, feedForward.Bias);
        OracleLinear down = _parts.LayerLinear(_names.Down, layer, feedForward.Width, feedForward.DownBias);
        if (!feedForward.Gated)
        {
            OracleLinear plain = Matrix(_names.Up);
            return [.. x.Select(row => FeedForward.Plain(row, plain, down, activation))];
        }

        OracleLinear gate,
            up;
        if (_architecture.Checkpoint.GateUpConcatenated)
        {
            OracleLinear both = Matrix(_names.GateUp);
            gate = OracleParts.Rows(both, Enumerable.Range(0, feedForward.Width), _architecture.Width);
            up = OracleParts.Rows(both, Enumerable.Range(feedForward.Width, feedForward.Width), _architecture.Width);
        }
        else
        {
            gate = Matrix(_names.Gate);
            up = Matrix(_names.Up);
        }

        return [.. x.Select(row => FeedForward.Gated(row, gate, up, down, activation))];
    }
}
