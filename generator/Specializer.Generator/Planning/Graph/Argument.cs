namespace Specializer.Generator.Planning;

/// <summary>A value that a step passes to a kernel.</summary>
internal abstract record Argument
{
    /// <summary>The buffer that the step reaches through its chunk's pointer; null if it reaches none.</summary>
    public virtual BufferRef? Addressed => null;
}

/// <summary>A buffer, from its first row or, if it contains every position, from the first row of the chunk.</summary>
internal sealed record BufferArgument(BufferRef Buffer) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>The rows of a buffer that belong to the current sequence.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="RowStride">The number of floats from one row to the next.</param>
internal sealed record SequenceRowsArgument(BufferRef Buffer, int RowStride) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>The cache, or the state, of the current sequence.</summary>
internal sealed record SequenceCacheArgument(BufferRef Buffer) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>The keys or values of the current input of an encoder that processes several together.</summary>
/// <param name="Buffer">The buffer of the keys or values of all inputs.</param>
/// <param name="PositionFloats">The number of floats from one position of a head to the next.</param>
internal sealed record InputCacheArgument(BufferRef Buffer, int PositionFloats) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>The rows of a buffer that belong to the global tokens of the chunk.</summary>
/// <param name="Buffer">The buffer, with a row for each global token of the sequence.</param>
/// <param name="RowStride">The number of floats from one row to the next.</param>
internal sealed record GlobalRowsArgument(BufferRef Buffer, int RowStride) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>A row of a buffer that only this worker reads and writes.</summary>
/// <param name="Buffer">The buffer, with a row for each worker.</param>
/// <param name="RowStride">The number of floats from one row to the next.</param>
internal sealed record WorkerRowArgument(BufferRef Buffer, int RowStride) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>The rows of a buffer that all workers share. With one row, every worker has a separate buffer.</summary>
internal sealed record SharedRowsArgument(BufferRef Buffer) : Argument
{
    public override BufferRef? Addressed => Buffer;
}

/// <summary>A buffer with data for every position, from the first one on.</summary>
internal sealed record AllPositionsArgument(BufferRef Buffer) : Argument;

/// <summary>A block of packed weights.</summary>
internal sealed record WeightArgument(WeightRef Weight) : Argument;

/// <summary>One of two blocks of packed weights, by the length of the sequence.</summary>
/// <param name="Long">The block of sequences that are longer than <paramref name="Threshold"/>.</param>
/// <param name="Short">The block of others.</param>
/// <param name="Threshold">The length.</param>
internal sealed record WeightByLengthArgument(WeightRef Long, WeightRef Short, int Threshold) : Argument;

/// <summary>A factor divided by the number of the layer, counted from 1.</summary>
internal sealed record LayerScaleArgument(float Factor) : Argument;

/// <summary>A constant.</summary>
internal sealed record ConstantArgument(int Value) : Argument;

/// <summary>A value that is known when the session runs.</summary>
internal sealed record SessionArgument(SessionValue Value) : Argument;

/// <summary>Specifies a value that is known when a session runs.</summary>
internal enum SessionValue
{
    /// <summary>The tokens of the current rows.</summary>
    Tokens,

    /// <summary>The indices of the rows of embeddings that a prefix begins with: 0, 1, 2 and so on.</summary>
    GivenIndices,

    /// <summary>The tokens of the sequence, from the first one of the chunk on.</summary>
    ChunkTokens,

    /// <summary>The tokens of the whole sequence.</summary>
    InputTokens,

    /// <summary>The tokens of the source, from the first one of the chunk on.</summary>
    SourceTokens,

    /// <summary>The types of the chunk's tokens.</summary>
    TokenTypes,

    /// <summary>The pixels of the image.</summary>
    Pixels,

    /// <summary>The spectrogram.</summary>
    Features,

    /// <summary>The number of frames of the spectrogram.</summary>
    FrameCount,

    /// <summary>The number of global tokens before each position of the chunk.</summary>
    GlobalsBeforeChunk,

    /// <summary>The number of global tokens before each position of the sequence.</summary>
    GlobalsBefore,

    /// <summary>The position of the first of the current rows.</summary>
    Position,

    /// <summary>The length of the sequence.</summary>
    Length,

    /// <summary>The length of the source.</summary>
    SourceLength,

    /// <summary>The length of the sequence's prefix.</summary>
    PrefixLength,

    /// <summary>The number of the current rows.</summary>
    Rows,

    /// <summary>The index of this worker.</summary>
    Worker,

    /// <summary>The number of workers.</summary>
    Workers,
}
