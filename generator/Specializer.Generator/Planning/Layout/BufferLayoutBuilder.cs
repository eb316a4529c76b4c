using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Places a session's buffers consecutively.</summary>
/// <param name="guarded">Whether buffers are separated by guard pages.</param>
internal sealed class BufferLayoutBuilder(bool guarded)
{
    private readonly List<BufferPlan> _buffers = [];
    private long _offset;
    private long _sequence;
    private bool _perSequence;

    /// <summary>The number of floats placed so far.</summary>
    public long Floats => _offset;

    /// <summary>The number of floats per sequence placed so far; 0 if a session has one sequence.</summary>
    public long SequenceFloats => _perSequence ? _offset - _sequence : 0;

    /// <summary>Begins the buffers that each sequence of a session has separately.</summary>
    public void BeginSequence()
    {
        _perSequence = true;
        _sequence = _offset;
    }

    /// <summary>Places a block without rows.</summary>
    public BufferPlan Block(BufferRef buffer, string description, long floats) => Add(new BufferPlan(buffer, description, 0, floats, 0));

    /// <summary>Places a buffer with a row for each row of a chunk.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="description">The content.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="stride">The number of floats from one row to the next.</param>
    /// <param name="perWorker">Whether every worker has a separate row if there is one row.</param>
    public BufferRef RowBuffer(BufferRef buffer, string description, int rows, int width, int stride, bool perWorker = false) =>
        Add(
            new BufferPlan(
                buffer,
                FormattableString.Invariant($"{description}, [{rows} rows][{width}], rows {stride} floats apart"),
                0,
                (long)rows * stride,
                stride
            )
            {
                RowPerWorker = perWorker,
            }
        ).Ref;

    /// <summary>Places a buffer with data for every position of the sequence.</summary>
    public BufferRef PositionBuffer(BufferRef buffer, string description, long floats, int rowStride) =>
        Add(new BufferPlan(buffer, description, 0, floats, rowStride) { EveryPosition = true }).Ref;

    public EquatableArray<BufferPlan> Build() => new(_buffers);

    private BufferPlan Add(BufferPlan buffer)
    {
        long floats = (buffer.Floats + Layout.Line - 1) / Layout.Line * Layout.Line;
        long offset = Layout.Place(_offset, floats, guarded);
        BufferPlan placed = buffer with { Offset = offset, Floats = floats, PerSequence = _perSequence };
        _buffers.Add(placed);
        _offset = checked(offset + floats);
        return placed;
    }
}
