using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Specializer.Tool.Tests.Importing;

/// <summary>Writes ONNX files message by message.</summary>
internal sealed class OnnxBytes
{
    private readonly MemoryStream _graph = new();

    /// <summary>Adds a node.</summary>
    public OnnxBytes Node(string type, string name, string[] inputs, string output, params byte[][] attributes)
    {
        using MemoryStream node = new();
        foreach (string input in inputs)
        {
            Text(node, 1, input);
        }

        Text(node, 2, output);
        Text(node, 3, name);
        Text(node, 4, type);
        foreach (byte[] attribute in attributes)
        {
            Bytes(node, 5, attribute);
        }

        Bytes(_graph, 1, node.ToArray());
        return this;
    }

    /// <summary>Adds a Constant node.</summary>
    public OnnxBytes Constant(string output, byte[] tensor) => Node("Constant", "", [], output, Attribute("value", tensor));

    /// <summary>Adds an initializer.</summary>
    public OnnxBytes Initializer(byte[] tensor)
    {
        Bytes(_graph, 5, tensor);
        return this;
    }

    /// <summary>Adds any field to the graph.</summary>
    public OnnxBytes Field(int number, byte[] content)
    {
        Bytes(_graph, number, content);
        return this;
    }

    /// <summary>Returns the file.</summary>
    public byte[] ToArray()
    {
        using MemoryStream model = new();
        Number(model, 1, 8);
        Text(model, 2, "pytorch");
        Bytes(model, 7, _graph.ToArray());
        return model.ToArray();
    }

    /// <summary>A tensor of floats with raw data.</summary>
    public static byte[] Floats(string name, long[] shape, ReadOnlySpan<float> values) =>
        Tensor(name, 1, shape, 9, MemoryMarshal.AsBytes(values));

    /// <summary>A tensor of floats in float_data.</summary>
    public static byte[] TypedFloats(string name, long[] shape, ReadOnlySpan<float> values) =>
        Tensor(name, 1, shape, 4, MemoryMarshal.AsBytes(values));

    /// <summary>A tensor of int64 with raw data.</summary>
    public static byte[] Integers(string name, params long[] values) =>
        Tensor(name, 7, [values.Length], 9, MemoryMarshal.AsBytes<long>(values));

    /// <summary>A tensor of any type and data.</summary>
    public static byte[] Tensor(string name, int type, long[] shape, int field, ReadOnlySpan<byte> data)
    {
        using MemoryStream tensor = new();
        foreach (long extent in shape)
        {
            Number(tensor, 1, (ulong)extent);
        }

        Number(tensor, 2, (ulong)type);
        Text(tensor, 8, name);
        Bytes(tensor, field, data);
        return tensor.ToArray();
    }

    /// <summary>A tensor of floats whose data is in another file.</summary>
    public static byte[] External(string name, long[] shape, params (string Key, string Value)[] entries)
    {
        using MemoryStream tensor = new();
        foreach (long extent in shape)
        {
            Number(tensor, 1, (ulong)extent);
        }

        Number(tensor, 2, 1);
        Text(tensor, 8, name);
        foreach ((string key, string value) in entries)
        {
            using MemoryStream entry = new();
            Text(entry, 1, key);
            Text(entry, 2, value);
            Bytes(tensor, 13, entry.ToArray());
        }

        Number(tensor, 14, 1);
        return tensor.ToArray();
    }

    /// <summary>An attribute that contains a tensor.</summary>
    public static byte[] Attribute(string name, byte[] tensor) => Attribute(name, 5, tensor);

    /// <summary>An attribute that contains a message.</summary>
    public static byte[] Attribute(string name, int field, byte[] content)
    {
        using MemoryStream attribute = new();
        Text(attribute, 1, name);
        Bytes(attribute, field, content);
        return attribute.ToArray();
    }

    /// <summary>An attribute that is an integer.</summary>
    public static byte[] Attribute(string name, long value)
    {
        using MemoryStream attribute = new();
        Text(attribute, 1, name);
        Number(attribute, 3, (ulong)value);
        return attribute.ToArray();
    }

    private static void Text(Stream stream, int field, string text) => Bytes(stream, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(Stream stream, int field, ReadOnlySpan<byte> content)
    {
        Varint(stream, ((ulong)field << 3) | 2);
        Varint(stream, (ulong)content.Length);
        stream.Write(content);
    }

    private static void Number(Stream stream, int field, ulong value)
    {
        Varint(stream, (ulong)field << 3);
        Varint(stream, value);
    }

    private static void Varint(Stream stream, ulong value)
    {
        for (; value >= 128; value >>= 7)
        {
            stream.WriteByte((byte)(value | 128));
        }

        stream.WriteByte((byte)value);
    }
}
