using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tool.Importing;

/// <summary>
/// Finds the parameters of the PyTorch model among the tensors of a graph. The exporter keeps the names of most parameters. It
/// transposes the matrices of linear layers at export, and names the result by a number; the layer follows from the node that
/// reads the matrix.
/// </summary>
internal sealed class ParameterNames
{
    private readonly OnnxGraph _graph;
    private readonly SortedDictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private ParameterNames(OnnxGraph graph) => _graph = graph;

    /// <summary>Finds all parameters.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="path">The path of its file in messages.</param>
    /// <returns>The parameters, sorted by name.</returns>
    /// <exception cref="ToolException">Floats of the graph belong to no parameter.</exception>
    public static IReadOnlyCollection<Parameter> Of(OnnxGraph graph, string path)
    {
        var names = new ParameterNames(graph);
        foreach (OnnxTensor tensor in graph.Tensors)
        {
            names.Map(tensor);
        }

        names.MapCopies();
        if (names._problems.Count > 0)
        {
            throw new ToolException(
                $"'{path}' cannot be imported: {names._problems.Count} of its tensors cannot be mapped to parameters.\n  "
                    + string.Join("\n  ", names._problems.Take(20))
                    + (names._problems.Count > 20 ? "\n  ..." : "")
            );
        }

        return names._parameters.Values;
    }

    /// <summary>Whether a name is that of a PyTorch parameter, as encoder.layer.0.output.dense.weight.</summary>
    private static bool IsParameter(string name) =>
        name.Contains('.', StringComparison.Ordinal)
        && char.IsAsciiLetter(name[0])
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_')
        && !name.EndsWith('.')
        && !name.Contains("..", StringComparison.Ordinal);

    private void Map(OnnxTensor tensor)
    {
        if (IsParameter(tensor.Name))
        {
            Add(tensor.Name, tensor, isTransposed: false);
            return;
        }

        if (tensor.Type is OnnxType.Int8 or OnnxType.UInt8 && tensor.Count > 1)
        {
            _problems.Add($"{tensor} is quantized; expected weights in 16 or 32 bits. Import the file of the model that is not quantized.");
            return;
        }

        // Shapes, indices and masks are integers; scalars are constants of formulas.
        if (!tensor.Type.IsFloat() || tensor.Count <= 1)
        {
            return;
        }

        string? name = null;
        foreach (OnnxUse use in _graph.Uses(tensor.Name))
        {
            if (NameOf(use, tensor, out bool isTransposed) is not { } found)
            {
                _problems.Add($"{tensor} is input {use.Input} of the node {use.Node}; expected the weight or bias of a layer.");
                return;
            }

            // Layers that share their parameters have one name, and calls of the same layer have numbered nodes.
            if (name is not null && name != found)
            {
                _problems.Add($"{tensor} is both '{name}' and '{found}'; expected one parameter.");
                return;
            }

            name = found;
            Add(name, tensor, isTransposed);
        }
    }

    /// <summary>Equal parameters are stored once, and Identity nodes copy them to the other names.</summary>
    private void MapCopies()
    {
        foreach (OnnxNode node in _graph.Nodes)
        {
            if (
                node is { Operator: "Identity", Inputs.Count: 1, Outputs.Count: 1 }
                && IsParameter(node.Outputs[0])
                && _parameters.TryGetValue(node.Inputs[0], out Parameter? original)
            )
            {
                Add(node.Outputs[0], original.Tensor, original.IsTransposed);
            }
        }
    }

    private void Add(string name, OnnxTensor tensor, bool isTransposed)
    {
        if (!_parameters.TryAdd(name, new Parameter(name, tensor, isTransposed)) && _parameters[name].Tensor != tensor)
        {
            _problems.Add($"{tensor} and {_parameters[name].Tensor} are both '{name}'.");
        }
    }

    private string? NameOf(OnnxUse use, OnnxTensor tensor, out bool isTransposed)
    {
        OnnxNode node = use.Node;
        isTransposed = false;
        switch (node.Operator)
        {
            case "MatMul" when use.Input == 1 && tensor.Shape.Count == 2:
                isTransposed = true;
                return OfLinear(node);
            case "Gemm" when use.Input == 1 && tensor.Shape.Count == 2 && node.Number("alpha", 1) == 1:
                isTransposed = node.Number("transB", 0) == 0;
                return node.Inputs.Count > 2 && OfBias(node.Inputs[2]) is { } weight ? weight : OfPath(node, ".weight");
            case "Gemm" when use.Input == 2 && node.Number("beta", 1) == 1:
            case "LayerNormalization" when use.Input == 2:
                return OfPath(node, ".bias");
            case "LayerNormalization" when use.Input == 1:
            case "Gather" when use.Input == 0 && tensor.Shape.Count == 2:
                return OfPath(node, ".weight");
            default:
                return null;
        }
    }

    /// <summary>
    /// The name of the matrix that a node multiplies with: that of the bias that the next node adds, or that of the node's path.
    /// </summary>
    private string? OfLinear(OnnxNode node)
    {
        string? byPath = OfPath(node, ".weight"),
            byBias = null;
        OnnxUse[] uses = [.. node.Outputs.SelectMany(_graph.Uses)];
        if (uses is [{ Node: { Operator: "Add", Inputs.Count: 2 } add, Input: var input }])
        {
            byBias = OfBias(add.Inputs[1 - input]);
        }

        return byPath is null || byBias is null || byPath == byBias ? byBias ?? byPath : null;
    }

    private string? OfBias(string name) =>
        IsParameter(name) && name.EndsWith(".bias", StringComparison.Ordinal) && _graph.Tensor(name) is { Shape.Count: 1 }
            ? string.Concat(name.AsSpan(0, name.Length - "bias".Length), "weight")
            : null;

    /// <summary>/encoder/layer.0/attention/self/query/MatMul is in the module encoder.layer.0.attention.self.query.</summary>
    private static string? OfPath(OnnxNode node, string parameter)
    {
        int end = node.Name.LastIndexOf('/');
        if (end <= 0 || node.Name[0] != '/')
        {
            return null;
        }

        string name = node.Name[1..end].Replace('/', '.') + parameter;
        return IsParameter(name) ? name : null;
    }
}
