using System;

namespace Specializer;

/// <summary>
/// Where tests put memory with inaccessible pages around it in the place of the usual one, so that a kernel's access outside of
/// its buffers ends the process. Nothing is set otherwise.
/// </summary>
internal abstract class MemoryGuard
{
    /// <summary>The guard that is on, if any.</summary>
    public static MemoryGuard? Current { get; set; }

    /// <summary>A block of zero bytes, aligned to <see cref="AlignedBuffer.Alignment"/>, with inaccessible memory directly after it.</summary>
    /// <param name="byteLength">Its size, a multiple of the alignment.</param>
    public abstract AlignedBuffer Allocate(long byteLength);

    /// <summary>Makes the memory between the blocks of a model's packed weights or of a session inaccessible.</summary>
    /// <param name="owner">The model or the session.</param>
    /// <param name="memory">The memory.</param>
    public abstract void Protect(object owner, AlignedBuffer memory);

    /// <summary>Makes all of a block accessible.</summary>
    /// <param name="memory">The block.</param>
    public abstract void Release(AlignedBuffer memory);
}
