using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>
/// A block of native memory that is aligned to 64 bytes (one cache line, one 512-bit vector) and zero-initialized, or a file that
/// is mapped for reading.
/// </summary>
/// <remarks>
/// The block is released when it is disposed and no call uses it. A computation holds a reference to it during the call
/// (<see cref="SafeHandle.DangerousAddRef"/>). Disposing a model while another thread is decoding therefore does not free memory
/// that is in use.
/// </remarks>
public sealed unsafe class AlignedBuffer : SafeHandle
{
    /// <summary>The alignment of every block, in bytes.</summary>
    public const int Alignment = 64;

    private readonly nint _allocation;
    private readonly SafeHandle? _mapping;

    private AlignedBuffer(nint address, long byteLength, nint allocation, SafeHandle? mapping)
        : base(0, ownsHandle: true)
    {
        _allocation = allocation;
        _mapping = mapping;
        SetHandle(address);
        ByteLength = byteLength;
    }

    /// <summary>The size of the block in bytes.</summary>
    public long ByteLength { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The address of the first element. Valid while the buffer is neither closed nor released.</summary>
    [CLSCompliant(false)]
    public float* Address => (float*)handle;

    /// <summary>Allocates a block of <paramref name="byteLength"/> zero bytes.</summary>
    /// <param name="byteLength">The size in bytes; rounded up to a multiple of <see cref="Alignment"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="byteLength"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not provide that much memory.</exception>
    public static AlignedBuffer Allocate(long byteLength) => Allocate(byteLength, MemoryRequest.Any);

    /// <summary>Allocates a block of zero bytes; if the allocation fails, the message contains its purpose.</summary>
    /// <inheritdoc cref="Allocate(long)"/>
    /// <param name="byteLength">The size in bytes.</param>
    /// <param name="request">The purpose of the block.</param>
    internal static AlignedBuffer Allocate(long byteLength, MemoryRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        if (byteLength > long.MaxValue - (2 * Alignment))
        {
            throw request.Refused((UInt128)byteLength, null);
        }

        long rounded = (Math.Max(byteLength, 1) + Alignment - 1) / Alignment * Alignment;
        nint allocation;
        try
        {
            if (MemoryGuard.Current is { } guard)
            {
                return guard.Allocate(rounded);
            }

            // The system provides large blocks as pages that are zeroed when they are first written, by the thread that writes
            // them.
            allocation = (nint)NativeMemory.AllocZeroed(checked((nuint)(rounded + Alignment)));
        }
        catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
        {
            throw request.Refused((UInt128)byteLength, exception);
        }

        return new AlignedBuffer((allocation + Alignment - 1) / Alignment * Alignment, rounded, allocation, null);
    }

    /// <summary>Creates a buffer for a file that is mapped for reading. The mapping is released with the buffer.</summary>
    /// <param name="mapping">The mapping; the buffer takes ownership of it.</param>
    /// <param name="address">The first byte, aligned to <see cref="Alignment"/>.</param>
    /// <param name="byteLength">The size in bytes.</param>
    internal static AlignedBuffer Mapped(SafeHandle mapping, byte* address, long byteLength) => new((nint)address, byteLength, 0, mapping);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_mapping is null)
        {
            NativeMemory.Free((void*)_allocation);
        }
        else
        {
            _mapping.Dispose();
        }

        return true;
    }
}
