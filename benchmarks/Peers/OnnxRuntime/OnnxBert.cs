using System;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// BERT for ONNX Runtime with its own fused operations, the best result of its optimizer for an exported model. The result does
/// not depend on pattern matching.
/// </summary>
/// <param name="weights">A checkpoint of BertModel.</param>
/// <param name="layers">The number of layers.</param>
/// <param name="heads">The number of heads.</param>
/// <param name="width">The width of the hidden states.</param>
internal sealed class OnnxBert(WeightsSource weights, int layers, int heads, int width)
{
    private const float Epsilon = 1e-12f;

    private readonly OnnxGraph _graph = new();

    /// <summary>Writes the model.</summary>
    /// <param name="attentionTakesQueries">
    /// Whether separate products project queries, keys and values before MultiHeadAttention, instead of the single operation Attention.
    /// </param>
    /// <returns>The bytes of the model and the name of its output, the last hidden states.</returns>
    public (byte[] Model, string Output) Write(bool attentionTakesQueries)
    {
        string tokens = _graph.Tokens("tokens", "batch", "length"),
            types = _graph.Tokens("types", "batch", "length");
        string hidden = _graph.Fused(
            "EmbedLayerNormalization",
            [
                tokens,
                types,
                Same("embeddings.word_embeddings.weight"),
                Same("embeddings.position_embeddings.weight"),
                Same("embeddings.token_type_embeddings.weight"),
                Same("embeddings.LayerNorm.weight"),
                Same("embeddings.LayerNorm.bias"),
            ],
            ("epsilon", Epsilon)
        );
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"encoder.layer.{layer}.",
                self = prefix + "attention.self.";
            string attended = attentionTakesQueries
                ? _graph.Fused(
                    "MultiHeadAttention",
                    [
                        Product(hidden, self + "query"),
                        Product(hidden, self + "key"),
                        Product(hidden, self + "value"),
                        Joined(self, ".bias", turned: false),
                    ],
                    ("num_heads", heads)
                )
                : _graph.Fused(
                    "Attention",
                    [hidden, Joined(self, ".weight", turned: true), Joined(self, ".bias", turned: false)],
                    ("num_heads", heads)
                );
            hidden = SumAndNorm(Product(attended, prefix + "attention.output.dense"), hidden, prefix + "attention.output");
            string inner = _graph.Fused(
                "BiasGelu",
                [Product(hidden, prefix + "intermediate.dense"), Same(prefix + "intermediate.dense.bias")]
            );
            hidden = SumAndNorm(Product(inner, prefix + "output.dense"), hidden, prefix + "output");
        }

        _graph.Output(hidden);
        return (_graph.ToModel(), hidden);
    }

    private string SumAndNorm(string product, string residual, string block) =>
        _graph.Fused(
            "SkipLayerNormalization",
            [product, residual, Same(block + ".LayerNorm.weight"), Same(block + ".LayerNorm.bias"), Same(block + ".dense.bias")],
            ("epsilon", Epsilon)
        );

    private string Product(string input, string linear)
    {
        TensorView matrix = Find(linear + ".weight");
        return _graph.Node("MatMul", [input, _graph.Weight(Turned(matrix), matrix.Shape[1], matrix.Shape[0])]);
    }

    /// <summary>Returns the weights or biases of queries, keys and values in one tensor.</summary>
    private string Joined(string self, string kind, bool turned)
    {
        float[][] parts =
        [
            .. new[] { "query", "key", "value" }.Select(part =>
                turned ? Turned(Find(self + part + kind)) : RandomWeights.Copy(Find(self + part + kind))
            ),
        ];
        if (!turned)
        {
            return _graph.Weight(parts.SelectMany(static part => part).ToArray(), 3 * width);
        }

        float[] joined = new float[3 * width * width];
        for (int row = 0; row < width; row++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                parts[part].AsSpan(row * width, width).CopyTo(joined.AsSpan((row * 3 * width) + (part * width)));
            }
        }

        return _graph.Weight(joined, width, 3 * width);
    }

    private string Same(string name)
    {
        TensorView tensor = Find(name);
        return _graph.Weight(RandomWeights.Copy(tensor), tensor.Shape);
    }

    private TensorView Find(string name) =>
        weights.TryGetTensor("bert." + name, out TensorView view)
            ? view
            : throw new InvalidDataException($"The weights do not contain {name}.");

    /// <summary>Returns the transpose: a checkpoint has a row for each output, ONNX one for each input.</summary>
    private static float[] Turned(TensorView matrix)
    {
        int outputs = (int)matrix.Shape[0],
            inputs = (int)matrix.Shape[1];
        float[] values = RandomWeights.Copy(matrix),
            turned = new float[values.Length];
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                turned[(input * outputs) + output] = values[(output * inputs) + input];
            }
        }

        return turned;
    }
}
