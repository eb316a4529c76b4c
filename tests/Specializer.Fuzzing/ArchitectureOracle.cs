using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Tests.Oracle;

namespace Specializer.Fuzzing;

/// <summary>
/// Every decoder that an architecture can say, in float64, as its formulas read. It shares the formulas of one vector
/// with the oracle of the other tests, and nothing with the generator but the records that it computes.
/// </summary>
internal sealed class ArchitectureOracle(TransformerArchitecture architecture, CheckpointTensors tensors)
{
    private readonly AttentionArchitecture _attention = architecture.Attention;
    private readonly CheckpointNames _names = architecture.Checkpoint.Names;

    /// <summary>Hidden states [layers + 1][positions][width] and logits [positions][vocabularySize] of all positions.</summary>
    public OracleRun Run(int[] tokens)
    {
        double[] table = tensors.Doubles(_names.TokenEmbedding + ".weight");
        double[][] hidden = [.. tokens.Select((token, position) => Embed(table, token, position))];
        if (architecture.Embeddings.Norm)
        {
            hidden = Norm(_names.EmbeddingNorm, hidden);
        }

        List<double[][]> states = [hidden];
        for (int layer = 0; layer < architecture.Layers; layer++)
        {
            hidden = Block(layer, hidden);
            states.Add(hidden);
        }

        double[][] last = _names.FinalNorm.Length == 0 ? hidden : Norm(_names.FinalNorm, hidden);
        double[]? bias = architecture.Logits.Bias ? tensors.Doubles(_names.Logits + ".bias") : null;
        double[] matrix = architecture.Logits.Tied ? table : tensors.Doubles(_names.Logits + ".weight");
        double cap = architecture.Logits.SoftCap;
        double[][] logits = [.. last.Select(row => Linear.Apply(row, matrix, bias)).Select(row => cap > 0 ? [.. row.Select(logit => cap * Math.Tanh(logit / cap))] : row)];
        return new OracleRun(logits, [.. states], last);
    }

    private double[] Embed(double[] table, int token, int position)
    {
        int width = architecture.Width;
        double[] x = [.. table.AsSpan(token * width, width).ToArray().Select(value => value * architecture.Embeddings.Scale)];
        return architecture.Embeddings.Positions switch
        {
            LearnedPositions learned => Linear.Add(x, tensors.Doubles(_names.PositionEmbedding + ".weight")[((position + learned.Offset) * width)..((position + learned.Offset + 1) * width)]),
            SinusoidalPositions sinusoidal => Linear.Add(x, Sinusoids(position, width, sinusoidal.Interleaved)),
            _ => x,
        };
    }

    /// <summary>sin and cos of position / 10000^(2i / width) (Vaswani et al. 2017, section 3.5).</summary>
    private static double[] Sinusoids(int position, int width, bool interleaved)
    {
        double[] sines = [.. Enumerable.Range(0, width / 2).Select(i => Math.Sin(position / Math.Pow(10_000, 2.0 * i / width)))];
        double[] cosines = [.. Enumerable.Range(0, width / 2).Select(i => Math.Cos(position / Math.Pow(10_000, 2.0 * i / width)))];
        return interleaved ? [.. sines.Zip(cosines, static (sine, cosine) => new[] { sine, cosine }).SelectMany(static pair => pair)] : [.. sines, .. cosines];
    }

    private double[][] Block(int layer, double[][] x)
    {
        double[][] attended = Attend(layer, Norm(Name(_names.AttentionNorm, layer), x));
        switch (architecture.Arrangement)
        {
            case BlockArrangement.ParallelOneNorm:
                return Add(x, Add(attended, FeedForwardBlock(layer, Norm(Name(_names.AttentionNorm, layer), x))));
            case BlockArrangement.ParallelTwoNorms:
                return Add(x, Add(attended, FeedForwardBlock(layer, Norm(Name(_names.FeedForwardNorm, layer), x))));
            case BlockArrangement.Sandwich:
                double[][] h = Add(x, Norm(Name(_names.AttentionOutputNorm, layer), attended));
                return Add(h, Norm(Name(_names.FeedForwardOutputNorm, layer), FeedForwardBlock(layer, Norm(Name(_names.FeedForwardNorm, layer), h))));
            default:
                double[][] sum = Add(x, attended);
                return Add(sum, FeedForwardBlock(layer, Norm(Name(_names.FeedForwardNorm, layer), sum)));
        }
    }

    private double[][] Attend(int layer, double[][] x)
    {
        LayerKind kind = architecture.LayerKinds[architecture.LayerPattern[layer % architecture.LayerPattern.Count]];
        (OracleLinear toQuery, OracleLinear toKey, OracleLinear toValue) = Projections(layer);
        int dimension = _attention.HeadDimension;
        double[][][] queries = [.. x.Select((row, position) => Turn(kind, Heads(toQuery.Apply(row), Name(_names.QueryNorm, layer)), position))];
        double[][][] keys = [.. x.Select((row, position) => Turn(kind, Heads(toKey.Apply(row), Name(_names.KeyNorm, layer)), position))];
        double[][][] values = [.. x.Select(row => toValue.Apply(row).Chunk(dimension).ToArray())];
        OracleLinear output = Matrix(Name(_names.AttentionOutput, layer), _attention.OutputBias);
        double[][] results = new double[x.Length][];
        for (int position = 0; position < x.Length; position++)
        {
            double[] heads = new double[_attention.Heads * dimension];
            for (int head = 0; head < _attention.Heads; head++)
            {
                int shared = head / (_attention.Heads / _attention.KeyValueHeads);
                int first = kind.Window == 0 ? 0 : Math.Max(0, position - kind.Window + 1);
                double[] scores = [.. Enumerable.Range(first, position + 1 - first).Select(key => Score(kind, head, queries[position][head], keys[key][shared], position - key))];
                double[] weights = Attention.Softmax(scores);
                for (int key = first; key <= position; key++)
                {
                    for (int i = 0; i < dimension; i++)
                    {
                        heads[(head * dimension) + i] += weights[key - first] * values[key][shared][i];
                    }
                }
            }

            results[position] = output.Apply(heads);
        }

        return results;
    }

    private double Score(LayerKind kind, int head, double[] query, double[] key, int distance)
    {
        double score = Linear.Dot(query, key) * _attention.Scale;
        score = _attention.SoftCap > 0 ? _attention.SoftCap * Math.Tanh(score / _attention.SoftCap) : score;
        return kind.Positions is AlibiPositions alibi ? score - (Slopes(_attention.Heads, alibi.MaximumBias)[head] * distance) : score;
    }

    /// <summary>
    /// A geometric sequence that begins at its own ratio for a power of two of heads; else that of the next lower power, and
    /// behind it every other slope of twice as many (Press et al. 2022, the authors' get_slopes).
    /// </summary>
    private static double[] Slopes(int heads, double maximumBias)
    {
        int power = (int)Math.Pow(2, Math.Floor(Math.Log2(heads)));
        double[] slopes = [.. Enumerable.Range(1, power).Select(k => Math.Pow(2, -maximumBias * k / power))];
        return power == heads ? slopes : [.. slopes, .. Slopes(2 * power, maximumBias).Where(static (_, i) => i % 2 == 0).Take(heads - power)];
    }

    private double[][] Heads(double[] projected, string norm)
    {
        double[][] heads = [.. projected.Chunk(_attention.HeadDimension)];
        return _attention.QueryKeyNorm ? Norm(norm, heads) : heads;
    }

    private static double[][] Turn(LayerKind kind, double[][] heads, int position)
    {
        if (kind.Positions is not RotaryPositions rotary)
        {
            return heads;
        }

        (double[] frequencies, double amplitude) = RotaryScalings.Frequencies(rotary);
        double[] cosines = [.. frequencies.Select(frequency => Math.Cos(position * frequency) * amplitude)];
        double[] sines = [.. frequencies.Select(frequency => Math.Sin(position * frequency) * amplitude)];
        return [.. heads.Select(head => Positions.RotateHead(head, cosines, sines, rotary.Interleaved ? OraclePairing.Interleaved : OraclePairing.HalfSplit))];
    }

    private double[][] FeedForwardBlock(int layer, double[][] x)
    {
        FeedForwardArchitecture feedForward = architecture.FeedForward;
        OracleActivation activation = Enum.Parse<OracleActivation>(feedForward.Activation.ToString());
        OracleLinear down = Matrix(Name(_names.Down, layer), feedForward.Bias);
        if (!feedForward.Gated)
        {
            OracleLinear plain = Matrix(Name(_names.Up, layer), feedForward.Bias);
            return [.. x.Select(row => FeedForward.Plain(row, plain, down, activation))];
        }

        OracleLinear gate, up;
        if (architecture.Checkpoint.GateUpConcatenated)
        {
            OracleLinear both = Matrix(Name(_names.GateUp, layer), feedForward.Bias);
            gate = Rows(both, Enumerable.Range(0, feedForward.Width));
            up = Rows(both, Enumerable.Range(feedForward.Width, feedForward.Width));
        }
        else
        {
            gate = Matrix(Name(_names.Gate, layer), feedForward.Bias);
            up = Matrix(Name(_names.Up, layer), feedForward.Bias);
        }

        return [.. x.Select(row => FeedForward.Gated(row, gate, up, down, activation))];
    }

    private (OracleLinear Query, OracleLinear Key, OracleLinear Value) Projections(int layer)
    {
        if (architecture.Checkpoint.QueryKeyValue == QueryKeyValueLayout.Separate)
        {
            return (Matrix(Name(_names.Query, layer), _attention.QueryBias), Matrix(Name(_names.Key, layer), _attention.KeyBias), Matrix(Name(_names.Value, layer), _attention.ValueBias));
        }

        OracleLinear fused = Matrix(Name(_names.QueryKeyValue, layer), _attention.QueryBias);
        int dimension = _attention.HeadDimension;
        int group = _attention.Heads / _attention.KeyValueHeads;
        if (architecture.Checkpoint.QueryKeyValue == QueryKeyValueLayout.Concatenated)
        {
            int queries = _attention.Heads * dimension, keys = _attention.KeyValueHeads * dimension;
            return (Rows(fused, Enumerable.Range(0, queries)), Rows(fused, Enumerable.Range(queries, keys)), Rows(fused, Enumerable.Range(queries + keys, keys)));
        }

        // For each key/value head: the heads of its group, its key, its value.
        IEnumerable<int> Part(int first, int count) => Enumerable.Range(0, _attention.KeyValueHeads)
            .SelectMany(head => Enumerable.Range(((head * (group + 2)) + first) * dimension, count * dimension));
        return (Rows(fused, Part(0, group)), Rows(fused, Part(group, 1)), Rows(fused, Part(group + 1, 1)));
    }

    private OracleLinear Rows(OracleLinear linear, IEnumerable<int> rows)
    {
        int[] chosen = [.. rows];
        int width = architecture.Width;
        return new OracleLinear(
            [.. chosen.SelectMany(row => linear.Weight[(row * width)..((row + 1) * width)])],
            linear.Bias is null ? null : [.. chosen.Select(row => linear.Bias[row])]);
    }

    /// <summary>A matrix of a layer as [outputs, inputs], whichever way the checkpoint has it.</summary>
    private OracleLinear Matrix(string name, bool bias)
    {
        double[] weight = tensors.Doubles(name + ".weight");
        if (architecture.Checkpoint.InputsFirst)
        {
            tensors.TryGetTensor(name + ".weight", out TensorView view);
            int inputs = (int)view.Shape[0], outputs = (int)view.Shape[1];
            weight = [.. Enumerable.Range(0, weight.Length).Select(i => weight[(i % inputs * outputs) + (i / inputs)])];
        }

        return new OracleLinear(weight, bias ? tensors.Doubles(name + ".bias") : null);
    }

    private double[][] Norm(string name, double[][] rows)
    {
        NormArchitecture norm = architecture.Norm;
        double[] weight = tensors.Doubles(name + ".weight");
        weight = norm.UnitOffset ? [.. weight.Select(static value => 1 + value)] : weight;
        double[] bias = norm.Bias ? tensors.Doubles(name + ".bias") : new double[weight.Length];
        return [.. rows.Select(row => norm.Formula == NormFormula.Layer
            ? Norms.Layer(row, weight, bias, norm.Epsilon)
            : Norms.RootMeanSquare(row, weight, norm.Epsilon))];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, Linear.Add)];

    private static string Name(string name, int layer) => name.Replace("{layer}", FormattableString.Invariant($"{layer}"), StringComparison.Ordinal);
}
