using System;
using System.Runtime.CompilerServices;

namespace Specializer;

/// <summary>Rows of logits in pinned managed memory, so that a span returned to the caller never outlives its memory.</summary>
internal sealed unsafe class LogitsRows
{
    private const int FloatsPerLine = AlignedBuffer.Alignment / sizeof(float);

    private readonly float[] _floats;
    private readonly AlignedBuffer? _guarded;
    private readonly int _start;
    private readonly int _stride;
    private readonly int _width;

    /// <param name="count">The number of rows.</param>
    /// <param name="stride">The number of floats from one row to the next, a multiple of 16.</param>
    /// <param name="width">The number of logits in a row.</param>
    /// <param name="request">The purpose of the rows.</param>
    /// <exception cref="InsufficientMemoryException">
    /// The number of floats exceeds the limit of an array, or the system does not provide the memory.
    /// </exception>
    public LogitsRows(int count, int stride, int width, MemoryRequest request)
    {
        try
        {
            _floats = GC.AllocateArray<float>(checked((count * stride) + FloatsPerLine), pinned: true);
        }
        catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
        {
            throw request.Refused((UInt128)count * (UInt128)stride * sizeof(float), exception);
        }

        nint address = (nint)Unsafe.AsPointer(ref _floats[0]);
        _start = (int)((AlignedBuffer.Alignment - (address % AlignedBuffer.Alignment)) % AlignedBuffer.Alignment) / sizeof(float);
        _guarded = MemoryGuard.Current?.Allocate((long)count * stride * sizeof(float));
        _stride = stride;
        _width = width;
        Count = count;
    }

    public int Count { get; }

    public long ByteLength => (long)_floats.Length * sizeof(float);

    /// <summary>The address of the first row, a multiple of 64 bytes. Valid as long as this instance is reachable.</summary>
    public float* Address => _guarded is { } guarded ? guarded.Address : (float*)Unsafe.AsPointer(ref _floats[_start]);

    public ReadOnlySpan<float> this[int row] =>
        _guarded is { } guarded ? new(guarded.Address + ((nint)row * _stride), _width) : _floats.AsSpan(_start + (row * _stride), _width);
}
