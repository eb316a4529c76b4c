namespace Specializer;

/// <summary>A tensor as the header of a safetensors file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Extent">The elements and bytes that type and shape ask for.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
internal sealed record SafetensorsEntry(string Name, TensorElementType ElementType, long[] Shape, TensorExtent Extent, long Begin)
{
    /// <summary>The byte after its last one, counted from the end of the header.</summary>
    public long End => Begin + Extent.ByteLength;
}
