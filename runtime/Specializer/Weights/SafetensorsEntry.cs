namespace Specializer;

/// <summary>A tensor as the header of a safetensors file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Extent">The number of elements and bytes that follow from type and shape.</param>
/// <param name="Begin">The offset of its first byte from the end of the header.</param>
internal sealed record SafetensorsEntry(string Name, TensorElementType ElementType, long[] Shape, TensorExtent Extent, long Begin)
{
    /// <summary>The offset of the byte after its last one from the end of the header.</summary>
    public long End => Begin + Extent.ByteLength;
}
