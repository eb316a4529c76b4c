namespace Specializer.Generator.Planning;

/// <summary>A buffer of a session's memory.</summary>
/// <param name="Ref">The reference by which steps name it.</param>
/// <param name="Description">The description with its shape.</param>
/// <param name="Offset">The offset from the start of the session's memory.</param>
/// <param name="Floats">Its size.</param>
/// <param name="RowStride">Floats from one row to the next, 0 where rows mean nothing.</param>
internal sealed record BufferPlan(BufferRef Ref, string Description, long Offset, long Floats, int RowStride)
{
    /// <summary>Whether every sequence of a session has a separate one.</summary>
    public bool PerSequence { get; init; }

    /// <summary>Whether it contains a row for every position of the sequence instead of those of a chunk.</summary>
    public bool EveryPosition { get; init; }

    /// <summary>
    /// Whether every worker has a separate row if a chunk has one row. Recomputing it takes less time than a barrier.
    /// </summary>
    public bool RowPerWorker { get; init; }
}
