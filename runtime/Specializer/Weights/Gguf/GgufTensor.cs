using System;

namespace Specializer;

/// <summary>A tensor as the header of a GGUF file describes it.</summary>
public sealed class GgufTensor
{
    private readonly long[] _shape;

    internal GgufTensor(string name, GgufType type, long[] shape, long elementCount, long byteLength, long offset)
    {
        Name = name;
        Type = type;
        _shape = shape;
        ElementCount = elementCount;
        ByteLength = byteLength;
        Offset = offset;
    }

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>The name of its element type in ggml, such as <c>Q4_K</c>.</summary>
    public string TypeName => Type.Name;

    /// <summary>The shape, outermost dimension first, as in safetensors. The file stores the dimensions in the reverse order.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>The size in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>The element type.</summary>
    internal GgufType Type { get; }

    /// <summary>The offset of its first byte from the start of the data section.</summary>
    internal long Offset { get; }

    /// <summary>The shape as an array that is not changed.</summary>
    internal long[] ShapeArray => _shape;
}
