using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tool.Importing;

/// <summary>The graph of an ONNX file: its nodes in order, and all constant tensors by name.</summary>
/// <param name="Nodes">The nodes, except those of constants.</param>
/// <param name="Tensors">The initializers, and the tensors of Constant nodes, in file order.</param>
internal sealed record OnnxGraph(IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Tensors)
{
    private Dictionary<string, OnnxTensor>? _byName;
    private ILookup<string, OnnxUse>? _uses;

    /// <summary>Returns the tensor of a name; null if the value is computed.</summary>
    public OnnxTensor? Tensor(string name) =>
        (_byName ??= Tensors.ToDictionary(static tensor => tensor.Name, StringComparer.Ordinal)).GetValueOrDefault(name);

    /// <summary>Returns the nodes that read a value, with the number of the input.</summary>
    public IEnumerable<OnnxUse> Uses(string name) =>
        (
            _uses ??= Nodes
                .SelectMany(static node => node.Inputs.Select((input, index) => (input, Use: new OnnxUse(node, index))))
                .ToLookup(static pair => pair.input, static pair => pair.Use, StringComparer.Ordinal)
        )[name];
}

/// <summary>A node that reads a value as one of its inputs.</summary>
internal readonly record struct OnnxUse(OnnxNode Node, int Input);

/// <summary>A node.</summary>
/// <param name="Operator">Its operator; with the domain in front if it is not one of ONNX itself.</param>
/// <param name="Name">Its name, often with the path of the PyTorch module; empty if it has none.</param>
/// <param name="Inputs">The names of its inputs.</param>
/// <param name="Outputs">The names of its outputs.</param>
/// <param name="Attributes">Its numeric attributes.</param>
internal sealed record OnnxNode(
    string Operator,
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, double> Attributes
)
{
    /// <summary>Returns the value of an attribute.</summary>
    public double Number(string attribute, double otherwise) => Attributes.GetValueOrDefault(attribute, otherwise);

    /// <summary>The operator and name in messages.</summary>
    public override string ToString() => Name.Length > 0 ? $"{Operator} '{Name}'" : $"{Operator} of '{string.Join(", ", Outputs)}'";
}

/// <summary>A constant tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Data">Its elements, little-endian and in row-major order.</param>
internal sealed record OnnxTensor(string Name, OnnxType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, static (product, extent) => product * extent);

    /// <summary>The value of a tensor with one float; null for others.</summary>
    public float? Scalar =>
        Type == OnnxType.Float && Data.Length == sizeof(float) ? BitConverter.ToSingle(Data.Span)
        : Type == OnnxType.Double && Data.Length == sizeof(double) ? (float)BitConverter.ToDouble(Data.Span)
        : null;

    /// <summary>The elements of a tensor of int64; null for others.</summary>
    public long[]? Integers =>
        Type == OnnxType.Int64 ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(Data.Span).ToArray() : null;

    /// <summary>The name, type and shape in messages.</summary>
    public override string ToString() => $"'{Name}' ({Type} [{string.Join(", ", Shape)}])";
}

/// <summary>The element types of ONNX, by their numbers.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
}

/// <summary>The sizes of element types, and their names in safetensors files.</summary>
internal static class OnnxTypes
{
    public static bool IsFloat(this OnnxType type) => type is OnnxType.Float or OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Double;

    /// <summary>Returns the size of an element in bytes; 0 for a type that tensors of models do not have.</summary>
    public static int Size(this OnnxType type) =>
        type switch
        {
            OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Bool => 1,
            OnnxType.UInt16 or OnnxType.Int16 or OnnxType.Float16 or OnnxType.BFloat16 => 2,
            OnnxType.Float or OnnxType.Int32 or OnnxType.UInt32 => 4,
            OnnxType.Double or OnnxType.Int64 or OnnxType.UInt64 => 8,
            _ => 0,
        };

    /// <summary>The type's name in a safetensors file, and its rank: the library sorts tensors by descending rank.</summary>
    public static (string Name, int Rank) InSafetensors(this OnnxType type) =>
        type switch
        {
            OnnxType.Bool => ("BOOL", 0),
            OnnxType.UInt8 => ("U8", 1),
            OnnxType.Int8 => ("I8", 2),
            OnnxType.Int16 => ("I16", 3),
            OnnxType.UInt16 => ("U16", 4),
            OnnxType.Float16 => ("F16", 5),
            OnnxType.BFloat16 => ("BF16", 6),
            OnnxType.Int32 => ("I32", 7),
            OnnxType.UInt32 => ("U32", 8),
            OnnxType.Float => ("F32", 9),
            OnnxType.Double => ("F64", 10),
            OnnxType.Int64 => ("I64", 11),
            _ => ("U64", 12),
        };
}
