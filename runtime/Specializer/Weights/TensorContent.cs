using System;

namespace Specializer;

/// <summary>Elements of a tensor that are converted to 32-bit floats while they are read.</summary>
internal abstract class TensorContent
{
    /// <summary>Reads consecutive elements in row-major order. Calls can be concurrent.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="destination">Receives the elements, all of which exist.</param>
    public abstract void Read(long start, Span<float> destination);

    /// <summary>Reads a block of 32 elements as the integers of a storage type, if the file contains just these.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="storage">The storage type.</param>
    /// <param name="integers">
    /// Receives 32 integers: those of <see cref="WeightStorage.Int8"/> from −128 to 127, those of <see cref="WeightStorage.Int4"/>
    /// from −8 to 7.
    /// </param>
    /// <param name="scale">The scale, which is finite.</param>
    /// <returns>Whether the elements are such integers. If not, <see cref="Read"/> converts them to floats.</returns>
    public virtual bool TryReadBlock(long start, WeightStorage storage, Span<sbyte> integers, out Half scale)
    {
        scale = default;
        return false;
    }

    /// <summary>Releases memory of elements that are not read again; they can still be read.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="count">Their number.</param>
    public abstract void LetGo(long start, long count);
}
