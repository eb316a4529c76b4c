using System;

namespace Specializer;

/// <summary>Elements of a tensor that are converted to 32-bit floats while they are read.</summary>
internal abstract class TensorContent
{
    /// <summary>Reads consecutive elements in row-major order. Calls can be concurrent.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="destination">Receives the elements, all of which exist.</param>
    public abstract void Read(long start, Span<float> destination);

    /// <summary>Releases memory of elements that are not read again; they can still be read.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="count">Their number.</param>
    public abstract void LetGo(long start, long count);
}
