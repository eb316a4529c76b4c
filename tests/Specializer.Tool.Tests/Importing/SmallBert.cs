using System;
using System.Collections.Generic;
using System.Linq;
using static Specializer.Tool.Tests.Importing.OnnxBytes;

namespace Specializer.Tool.Tests.Importing;

/// <summary>A BERT of one layer, exported as PyTorch exports it: matrices are transposed and have numbers as names.</summary>
internal sealed class SmallBert
{
    private const int Width = 8,
        Inner = 12,
        Heads = 2;

    private readonly Random _random = new(5);
    private readonly OnnxBytes _file = new();
    private readonly bool _hasPaths;
    private int _numbers = 900;

    /// <param name="hasPaths">Whether nodes have the paths of their modules, as from PyTorch 1.13 on.</param>
    public SmallBert(bool hasPaths)
    {
        _hasPaths = hasPaths;
        Named("embeddings.word_embeddings.weight", 11, Width);
        Named("embeddings.position_embeddings.weight", 16, Width);
        Named("embeddings.token_type_embeddings.weight", 2, Width);
        Norm("embeddings.LayerNorm", "sum", "x");
        const string Attention = "encoder.layer.0.attention.";
        Linear(Attention + "self.query", "x", Width, Width, "q");
        _file
            .Constant("h", Integers("", Heads))
            .Initializer(Integers("w", Width / Heads))
            .Node("Concat", "", ["b", "s", "h", "w"], "shape")
            .Node("Reshape", "", ["q", "shape"], "heads");
        Linear(Attention + "self.key", "x", Width, Width, "k");
        Linear(Attention + "self.value", "x", Width, Width, "v");
        _file.Node("MatMul", "", ["heads", "k"], "scores").Node("Softmax", "", ["scores"], "probabilities");
        Linear(Attention + "output.dense", "probabilities", Width, Width, "a");
        Norm(Attention + "output.LayerNorm", "a", "y");
        Linear("encoder.layer.0.intermediate.dense", "y", Width, Inner, "i");
        _file.Node("Erf", "", ["i"], "e");
        Linear("encoder.layer.0.output.dense", "e", Inner, Width, "o");
        Norm("encoder.layer.0.output.LayerNorm", "o", "last_hidden_state");
    }

    /// <summary>The parameters as PyTorch has them.</summary>
    public Dictionary<string, (long[] Shape, float[] Values)> Parameters { get; } = [];

    /// <summary>The file.</summary>
    public OnnxBytes File => _file;

    public byte[] ToArray() => _file.ToArray();

    private float[] Add(string name, params long[] shape)
    {
        float[] values =
        [
            .. Enumerable.Range(0, (int)shape.Aggregate(1L, static (a, b) => a * b)).Select(_ => _random.NextSingle() - 0.5f),
        ];
        Parameters.Add(name, (shape, values));
        return values;
    }

    private void Named(string name, params long[] shape) => _file.Initializer(Floats(name, shape, Add(name, shape)));

    private void Linear(string module, string input, int inputs, int outputs, string result)
    {
        float[] values = Add(module + ".weight", outputs, inputs);
        string matrix = $"onnx::MatMul_{_numbers++}",
            product = matrix + "_product";
        float[] transposed = [.. Enumerable.Range(0, values.Length).Select(at => values[(at % outputs * inputs) + (at / outputs)])];
        Named(module + ".bias", outputs);
        _file
            .Initializer(TypedFloats(matrix, [inputs, outputs], transposed))
            .Node(
                "MatMul",
                _hasPaths ? $"/{module.Replace('.', '/').Replace("layer/", "layer.", StringComparison.Ordinal)}/MatMul" : "MatMul_34",
                [input, matrix],
                product
            )
            .Node("Add", "", [module + ".bias", product], result);
    }

    private void Norm(string module, string input, string result)
    {
        Named(module + ".weight", Width);
        Named(module + ".bias", Width);
        _file
            .Constant(result + "_epsilon", Floats("", [], [1e-12f]))
            .Node("ReduceMean", "", [input], result + "_mean")
            .Node("Sub", "", [input, result + "_mean"], result + "_centered")
            .Node("ReduceMean", "", [result + "_centered"], result + "_variance")
            .Node("Add", "", [result + "_variance", result + "_epsilon"], result + "_root")
            .Node("Mul", "", [result + "_root", module + ".weight"], result + "_scaled")
            .Node("Add", "", [result + "_scaled", module + ".bias"], result);
    }
}
