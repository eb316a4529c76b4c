using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Tool.Importing;

/// <summary>
/// Derives the config.json of a BERT encoder from its graph, for files without one. Every value is read from the graph; a graph
/// that differs from BERT (Devlin et al., 2018) is an error.
/// </summary>
internal sealed class BertConfiguration
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly string _path;

    private BertConfiguration(OnnxGraph graph, IEnumerable<Parameter> parameters, string path)
    {
        _graph = graph;
        _parameters = parameters.ToDictionary(static parameter => parameter.Name, StringComparer.Ordinal);
        _path = path;
    }

    /// <summary>Returns the text of the config.json.</summary>
    /// <exception cref="ToolException">The graph is not that of a BERT encoder.</exception>
    public static string Of(OnnxGraph graph, IEnumerable<Parameter> parameters, string path) =>
        new BertConfiguration(graph, parameters, path).Text();

    private string Text()
    {
        IReadOnlyList<long> words = Shape("embeddings.word_embeddings.weight"),
            positions = Shape("embeddings.position_embeddings.weight"),
            types = Shape("embeddings.token_type_embeddings.weight"),
            inner = Shape("encoder.layer.0.intermediate.dense.weight");
        int layers = 0;
        while (_parameters.ContainsKey($"encoder.layer.{layers}.attention.self.query.weight"))
        {
            layers++;
        }

        // RoBERTa has the same names, but counts positions with a cumulative sum.
        Expect(Count("CumSum") == 0 && types[0] > 1, "positions that do not depend on padding, and token types");
        Expect(Count("Softmax") == layers, $"one softmax in each of the {layers} layers");
        Expect(NormEpsilons().Length == (2 * layers) + 1, $"{(2 * layers) + 1} norms");
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray("BertModel"),
            ["attention_probs_dropout_prob"] = 0.1,
            ["hidden_act"] = Activation(layers),
            ["hidden_dropout_prob"] = 0.1,
            ["hidden_size"] = words[1],
            ["intermediate_size"] = inner[0],
            ["layer_norm_eps"] = Epsilon(),
            ["max_position_embeddings"] = positions[0],
            ["model_type"] = "bert",
            ["num_attention_heads"] = Heads(layers, words[1]),
            ["num_hidden_layers"] = layers,
            ["pad_token_id"] = 0,
            ["position_embedding_type"] = "absolute",
            ["type_vocab_size"] = types[0],
            ["vocab_size"] = words[0],
        };
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n";
    }

    private int Count(string type) => _graph.Nodes.Count(node => node.Operator == type);

    private IReadOnlyList<long> Shape(string name) =>
        _parameters.TryGetValue(name, out Parameter? parameter) && parameter.Shape.Count == 2
            ? parameter.Shape
            : throw Unknown($"it has no matrix '{name}'");

    private void Expect(bool condition, string expected)
    {
        if (!condition)
        {
            throw Unknown($"its graph does not have {expected}");
        }
    }

    private ToolException Unknown(string what) =>
        new(
            $"'{_path}' has no config.json beside it, and none can be derived: {what}, as BERT has. Put the config.json of the model beside it, or name its folder with --with."
        );

    /// <summary>The ε of every norm, as one node or as the steps of its formula.</summary>
    private float[] NormEpsilons() =>
        [
            .. _graph
                .Nodes.Where(static node => node.Operator == "LayerNormalization")
                .Select(static node => (float)node.Number("epsilon", 1e-5)),
            .. _graph
                .Nodes.Where(static node => node.Operator == "ReduceMean")
                .SelectMany(node => node.Outputs.SelectMany(_graph.Uses))
                .Where(static use => use.Node is { Operator: "Add", Inputs.Count: 2 })
                .Select(use => _graph.Tensor(use.Node.Inputs[1 - use.Input])?.Scalar ?? float.NaN),
        ];

    private float Epsilon()
    {
        float[] values = [.. NormEpsilons().Distinct()];
        Expect(values is [> 0 and < 1], "the same ε in all norms");
        return values[0];
    }

    private string Activation(int layers)
    {
        var counts = new Dictionary<string, int>
        {
            ["gelu"] = Count("Erf") + _graph.Nodes.Count(static node => node.Operator == "Gelu"),
            ["relu"] = Count("Relu"),
        };
        string[] found = [.. counts.Where(pair => pair.Value == layers).Select(static pair => pair.Key)];
        Expect(found.Length == 1 && counts.Values.Sum() == layers && Count("Tanh") <= 1, "GELU (exact) or ReLU in every layer");
        return found[0];
    }

    /// <summary>Queries are reshaped to [batch, sequence, heads, width of a head].</summary>
    private long Heads(int layers, long width)
    {
        var found = new HashSet<(long Heads, long Width)>();
        for (int layer = 0; layer < layers; layer++)
        {
            string bias = $"encoder.layer.{layer}.attention.self.query.bias";
            foreach (OnnxUse use in _graph.Uses(bias).SelectMany(add => add.Node.Outputs.SelectMany(_graph.Uses)))
            {
                if (
                    use is { Node: { Operator: "Reshape", Inputs.Count: 2 } reshape, Input: 0 }
                    && Extents(reshape.Inputs[1]) is { } extents
                )
                {
                    found.Add(extents);
                }
            }
        }

        Expect(found.Count == 1, "queries of a constant number of heads");
        (long heads, long each) = found.Single();
        if (each == -1 && heads > 0 && width % heads == 0)
        {
            each = width / heads;
        }
        else if (heads == -1 && each > 0 && width % each == 0)
        {
            heads = width / each;
        }

        Expect(heads > 0 && heads * each == width, $"heads that together are {width} wide");
        return heads;
    }

    /// <summary>The last two of four extents: of a constant, or of a concatenation whose last parts are constants.</summary>
    private (long Heads, long Width)? Extents(string shape)
    {
        if (_graph.Tensor(shape)?.Integers is [_, _, var heads, var width])
        {
            return (heads, width);
        }

        OnnxNode? concatenation = _graph.Nodes.FirstOrDefault(node => node.Operator == "Concat" && node.Outputs.Contains(shape));
        return
            concatenation is { Inputs: [_, _, var third, var fourth] }
            && _graph.Tensor(third)?.Integers is [var single]
            && _graph.Tensor(fourth)?.Integers is [var last]
            ? (single, last)
            : null;
    }
}
