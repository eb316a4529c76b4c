using System;
using System.Collections.Generic;

namespace Specializer.Tool.Importing;

/// <summary>Reads the ModelProto message of an ONNX file (onnx.proto, IR versions 3 to 13).</summary>
/// <remarks>
/// Files can come from untrusted sources. Messages are not read recursively: control flow, whose attributes contain graphs, is an
/// error. Allocations are proportional to the file.
/// </remarks>
internal sealed class OnnxReader(ExternalData external)
{
    private const int MostMessages = 1_000_000;

    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="contents">The file.</param>
    /// <param name="path">Its path in messages.</param>
    /// <param name="external">The files with external data.</param>
    /// <exception cref="ToolException">The file is malformed or cannot be imported.</exception>
    public static OnnxGraph Read(ReadOnlyMemory<byte> contents, string path, ExternalData external)
    {
        try
        {
            var reader = new OnnxReader(external);
            reader.ReadModel(contents);
            return new OnnxGraph(reader._nodes, reader._tensors);
        }
        catch (FormatException exception)
        {
            throw new ToolException($"'{path}' cannot be imported: {exception.Message}.");
        }
    }

    private void ReadModel(ReadOnlyMemory<byte> contents)
    {
        var model = new WireReader(contents);
        bool hasGraph = false;
        while (model.Read())
        {
            switch (model.Field)
            {
                case 7 when hasGraph:
                    throw new FormatException("it contains two graphs; expected one");
                case 7:
                    hasGraph = true;
                    ReadGraph(model.Bytes);
                    break;
                case 25:
                    throw new FormatException("it contains functions of its own; export the model with inlined functions");
            }
        }

        if (!hasGraph)
        {
            throw new FormatException("it contains no graph; expected an ONNX file");
        }
    }

    private void ReadGraph(ReadOnlyMemory<byte> contents)
    {
        var graph = new WireReader(contents);
        while (graph.Read())
        {
            if (_nodes.Count + _tensors.Count > MostMessages)
            {
                throw new FormatException($"it contains more than {MostMessages} nodes and tensors");
            }

            switch (graph.Field)
            {
                case 1:
                    ReadNode(graph.Bytes);
                    break;
                case 5:
                    Add(ReadTensor(graph.Bytes, name: null));
                    break;
                case 15:
                    throw new FormatException("it contains sparse initializers; export the model with dense weights");
            }
        }
    }

    private void ReadNode(ReadOnlyMemory<byte> contents)
    {
        var node = new WireReader(contents);
        List<string> inputs = [],
            outputs = [];
        string name = "",
            type = "",
            domain = "";
        var attributes = new Dictionary<string, double>(StringComparer.Ordinal);
        ReadOnlyMemory<byte>? constant = null;
        string? subgraph = null;
        while (node.Read())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text);
                    break;
                case 2:
                    outputs.Add(node.Text);
                    break;
                case 3:
                    name = node.Text;
                    break;
                case 4:
                    type = node.Text;
                    break;
                case 5:
                    subgraph ??= ReadAttribute(node.Bytes, attributes, ref constant);
                    break;
                case 7:
                    domain = node.Text;
                    break;
            }
        }

        if (subgraph is not null)
        {
            throw new FormatException(
                $"the {type} node '{name}' contains a graph ({subgraph}). Export the model without control flow, for example without a merged cache"
            );
        }

        if (type == "Constant" && outputs.Count == 1)
        {
            if (constant is { } value)
            {
                Add(ReadTensor(value, outputs[0]));
            }

            return;
        }

        _nodes.Add(new OnnxNode(domain is "" or "ai.onnx" ? type : $"{domain}.{type}", name, inputs, outputs, attributes));
    }

    /// <returns>The name of the attribute if it contains a graph; otherwise null.</returns>
    private static string? ReadAttribute(
        ReadOnlyMemory<byte> contents,
        Dictionary<string, double> attributes,
        ref ReadOnlyMemory<byte>? constant
    )
    {
        var attribute = new WireReader(contents);
        string name = "";
        double? number = null;
        ReadOnlyMemory<byte>? tensor = null;
        bool isGraph = false;
        while (attribute.Read())
        {
            switch (attribute.Field)
            {
                case 1:
                    name = attribute.Text;
                    break;
                case 2:
                    number = attribute.Single;
                    break;
                case 3:
                    number = attribute.Integer;
                    break;
                case 5:
                    tensor = attribute.Bytes;
                    break;
                case 6:
                case 11:
                    isGraph = true;
                    break;
            }
        }

        if (number is { } value)
        {
            attributes[name] = value;
        }

        if (tensor is not null && name == "value")
        {
            constant = tensor;
        }

        return isGraph ? name : null;
    }

    private OnnxTensor ReadTensor(ReadOnlyMemory<byte> contents, string? name)
    {
        var fields = new TensorFields();
        var tensor = new WireReader(contents);
        while (tensor.Read())
        {
            fields.Read(tensor);
        }

        return fields.ToTensor(name ?? fields.Name, external);
    }

    private void Add(OnnxTensor tensor)
    {
        if (!_names.Add(tensor.Name))
        {
            throw new FormatException($"it contains two tensors '{tensor.Name}'");
        }

        _tensors.Add(tensor);
    }
}
