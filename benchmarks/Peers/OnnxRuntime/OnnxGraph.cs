using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>
/// A writer of an ONNX model: nodes in order, weights, inputs and one output (with the field numbers of onnx.proto).
/// </summary>
internal sealed class OnnxGraph
{
    private const int Float = 1,
        Int32 = 6,
        Int64 = 7;
    private const string Microsoft = "com.microsoft";

    private readonly ProtocolBuffer _graph = new ProtocolBuffer().Add(2, "model");
    private int _names;

    /// <summary>Adds an input of 32-bit integers with any dimensions.</summary>
    public string Tokens(string name, params string[] extents) => Value(11, name, Int32, extents);

    /// <summary>Adds an input of floats with any dimensions; digits fix a dimension.</summary>
    public string Floats(string name, params string[] extents) => Value(11, name, Float, extents);

    public void Output(string name) => Value(12, name, Float, []);

    /// <summary>Adds a tensor of weights.</summary>
    public string Weight(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        string name = NewName("w");
        ProtocolBuffer tensor = Tensor(name, Float, shape).Add(9, values);
        _graph.Add(5, tensor);
        return name;
    }

    /// <summary>Adds a tensor of 64-bit integers.</summary>
    public string Integers(params long[] values)
    {
        string name = NewName("i");
        _graph.Add(5, Tensor(name, Int64, [values.Length]).Add(9, System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(values)));
        return name;
    }

    /// <summary>Adds a standard ONNX operation.</summary>
    public string Node(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Node("", operation, inputs, attributes);

    /// <summary>Adds an operation of ONNX Runtime.</summary>
    public string Fused(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Node(Microsoft, operation, inputs, attributes);

    public byte[] ToModel() =>
        new ProtocolBuffer()
            .Add(1, 8)
            .Add(8, new ProtocolBuffer().Add(1, "").Add(2, 17))
            .Add(8, new ProtocolBuffer().Add(1, Microsoft).Add(2, 1))
            .Add(7, _graph)
            .ToArray();

    private static ProtocolBuffer Tensor(string name, int type, ReadOnlySpan<long> shape)
    {
        var tensor = new ProtocolBuffer().Add(2, type).Add(8, name);
        foreach (long extent in shape)
        {
            tensor.Add(1, extent);
        }

        return tensor;
    }

    private string Node(string domain, string operation, string[] inputs, ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string output = NewName("n");
        var node = new ProtocolBuffer();
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, output);
        if (operation == "EmbedLayerNormalization")
        {
            // The second output is not used.
            node.Add(2, output + "_mask");
        }

        node.Add(3, output).Add(4, operation).Add(7, domain);
        foreach ((string name, object value) in attributes)
        {
            var attribute = new ProtocolBuffer().Add(1, name);
            node.Add(
                5,
                value is float number
                    ? attribute.Add(2, number).Add(20, 1)
                    : attribute.Add(3, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)).Add(20, 2)
            );
        }

        _graph.Add(1, node);
        return output;
    }

    private string Value(int field, string name, int type, IReadOnlyList<string> extents)
    {
        var shape = new ProtocolBuffer();
        foreach (string extent in extents)
        {
            shape.Add(
                1,
                long.TryParse(extent, out long fixedExtent) ? new ProtocolBuffer().Add(1, fixedExtent) : new ProtocolBuffer().Add(2, extent)
            );
        }

        var tensor = new ProtocolBuffer().Add(1, type);
        if (extents.Count > 0)
        {
            tensor.Add(2, shape);
        }

        _graph.Add(field, new ProtocolBuffer().Add(1, name).Add(2, new ProtocolBuffer().Add(1, tensor)));
        return name;
    }

    private string NewName(string kind) => kind + (_names++).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
