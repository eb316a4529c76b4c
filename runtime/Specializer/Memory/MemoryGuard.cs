using System;

namespace Specializer;

/// <summary>
/// Allows tests to replace allocations by memory between inaccessible pages, so that an access outside a buffer ends the process.
/// Unset otherwise.
/// </summary>
internal abstract class MemoryGuard
{
    /// <summary>The active guard, or <see langword="null"/>.</summary>
    public static MemoryGuard? Current { get; set; }

    /// <summary>
    /// Allocates a block of zero bytes, aligned to <see cref="AlignedBuffer.Alignment"/>, that is directly followed by
    /// inaccessible memory.
    /// </summary>
    /// <param name="byteLength">The size, a multiple of the alignment.</param>
    public abstract AlignedBuffer Allocate(long byteLength);

    /// <summary>Makes the memory between the blocks of a model's packed weights or of a session inaccessible.</summary>
    /// <param name="owner">The model or the session.</param>
    /// <param name="memory">The memory.</param>
    public abstract void Protect(object owner, AlignedBuffer memory);

    /// <summary>Makes a whole block accessible.</summary>
    /// <param name="memory">The block.</param>
    public abstract void Release(AlignedBuffer memory);
}
