using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>
/// A block of native memory, aligned to 64 bytes (one cache line, one 512-bit vector) and filled with zeros.
/// </summary>
/// <remarks>
/// The block is released when it is disposed and no call is using it any more: whoever computes on it holds a
/// reference for the time of the call (<see cref="SafeHandle.DangerousAddRef"/>), so that disposing a model while
/// another thread is still decoding frees nothing under that thread's feet.
/// </remarks>
public sealed unsafe class AlignedBuffer : SafeHandle
{
    /// <summary>The alignment of every block, in bytes.</summary>
    public const int Alignment = 64;

    private AlignedBuffer(nint address, long byteLength)
        : base(0, ownsHandle: true)
    {
        SetHandle(address);
        ByteLength = byteLength;
    }

    /// <summary>The size of the block in bytes.</summary>
    public long ByteLength { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The first element. Valid while the buffer is neither closed nor released.</summary>
    public float* Address => (float*)handle;

    /// <summary>Allocates a block of <paramref name="byteLength"/> zero bytes.</summary>
    /// <param name="byteLength">The size in bytes; rounded up to a multiple of <see cref="Alignment"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="byteLength"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system does not grant that much memory.</exception>
    public static AlignedBuffer Allocate(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        nuint rounded = (nuint)checked((Math.Max(byteLength, 1) + Alignment - 1) / Alignment * Alignment);
        void* address = NativeMemory.AlignedAlloc(rounded, Alignment);
        NativeMemory.Clear(address, rounded);
        return new AlignedBuffer((nint)address, (long)rounded);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
