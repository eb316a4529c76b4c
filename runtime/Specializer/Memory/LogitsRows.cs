using System;
using System.Runtime.CompilerServices;

namespace Specializer;

/// <summary>
/// Rows of logits in managed memory that does not move, so that a span handed to the caller can never outlive what it points to.
/// </summary>
internal sealed unsafe class LogitsRows
{
    private const int FloatsPerLine = AlignedBuffer.Alignment / sizeof(float);

    private readonly float[] _floats;
    private readonly AlignedBuffer? _guarded;
    private readonly int _start;
    private readonly int _stride;
    private readonly int _width;

    /// <param name="count">How many rows there are.</param>
    /// <param name="stride">The floats from one row to the next, a multiple of 16.</param>
    /// <param name="width">The floats of a row that are the caller's.</param>
    /// <param name="request">What they are for.</param>
    /// <exception cref="InsufficientMemoryException">An array cannot have so many floats, or the system does not grant them.</exception>
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

    /// <summary>The first row, at a multiple of 64 bytes; valid as long as these rows are.</summary>
    public float* Address => _guarded is { } guarded ? guarded.Address : (float*)Unsafe.AsPointer(ref _floats[_start]);

    public ReadOnlySpan<float> this[int row] =>
        _guarded is { } guarded ? new(guarded.Address + ((nint)row * _stride), _width) : _floats.AsSpan(_start + (row * _stride), _width);
}
