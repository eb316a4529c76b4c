using System;
using System.ComponentModel;
using System.Threading;

namespace Specializer.CompilerServices;

/// <summary>The base of sessions that decode sequences from a source. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class SequenceToSequenceEngine : DecoderEngine, ISequenceToSequenceSession
{
    private readonly long _sourceHiddenOffset;
    private readonly int _sourceHiddenStride;
    private readonly long _sequenceFloats;
    private readonly bool[] _isTaken;
    private int[] _slots;
    private int[] _nextSlots;

    /// <summary>Allocates a session.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="sequences">The number of sequences that can be decoded together.</param>
    /// <param name="memoryBytes">The bytes of caches and activations for one sequence.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    /// <param name="sourceHiddenOffset">The offset of the encoder's output, in floats.</param>
    /// <param name="sourceHiddenStride">The floats from one position's output to the next.</param>
    /// <param name="window">The positions of a sliding window whose caches do not hold the whole context; 0 without such.</param>
    /// <param name="windowCacheLength">The positions that the caches of that window hold.</param>
    /// <param name="keepsState">Whether a state replaces the cache (linear attention), so that a copy undoes a failed call.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sequences"/> is less than 1 or more than a chunk has rows.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    protected SequenceToSequenceEngine(
        TransformerModel model,
        int sequences,
        long memoryBytes,
        int logitsRows,
        int logitsRowStride,
        long sourceHiddenOffset,
        int sourceHiddenStride,
        int window = 0,
        int windowCacheLength = 0,
        bool keepsState = false
    )
        : base(
            model,
            sequences,
            TotalBytes(model, sequences, memoryBytes),
            Math.Max(logitsRows, sequences),
            logitsRowStride,
            window,
            windowCacheLength,
            keepsState,
            keptTokensOffset: -1
        )
    {
        Sequences = sequences;
        ActiveSequences = 1;
        _sourceHiddenOffset = sourceHiddenOffset;
        _sourceHiddenStride = sourceHiddenStride;
        _sequenceFloats = Description.SequenceBytes / sizeof(float);
        _isTaken = new bool[sequences];
        _slots = new int[sequences];
        _nextSlots = new int[sequences];
    }

    /// <inheritdoc/>
    public int Sequences { get; }

    /// <inheritdoc/>
    public int ActiveSequences { get; private set; }

    /// <inheritdoc/>
    public int EncodedLength { get; private set; }

    /// <inheritdoc/>
    public int SourceLength => Description.SourceLength;

    /// <inheritdoc/>
    public HiddenStateObserver? SourceHiddenStates { get; set; }

    private protected sealed override HiddenStateObserver? EncodedStates => SourceHiddenStates;

    private protected sealed override int OwnSequences => ActiveSequences;

    /// <inheritdoc/>
    public void CopyEncoderOutput(Span<float> destination)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            ThrowIfNothingIsEncoded();
            int width = Description.DModel;
            if (destination.Length != EncodedLength * width)
            {
                throw new ArgumentException(
                    $"The span for the encoder's output has {destination.Length} elements; {EncodedLength} positions of {width} need {EncodedLength * width}.",
                    nameof(destination)
                );
            }

            Hold();
            for (int position = 0; position < EncodedLength; position++)
            {
                new ReadOnlySpan<float>(Memory + _sourceHiddenOffset + ((long)position * _sourceHiddenStride), width).CopyTo(
                    destination[(position * width)..]
                );
            }
        }
        finally
        {
            Release();
            Leave();
        }
    }

    /// <inheritdoc/>
    public void Branch(ReadOnlySpan<int> parents)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            ThrowIfNothingIsEncoded();
            CheckParents(parents);
            Hold();
            AssignSlots(parents);
        }
        finally
        {
            Release();
            Leave();
        }
    }

    /// <inheritdoc/>
    public void DecodeEach(ReadOnlySpan<int> tokens)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            ThrowIfNothingIsEncoded();
            if (tokens.Length != ActiveSequences)
            {
                throw new ArgumentException(
                    $"There are {tokens.Length} tokens for {ActiveSequences} sequences; give one for each.",
                    nameof(tokens)
                );
            }

            if (Position == ContextLength)
            {
                throw new ArgumentException(
                    $"One more token does not fit: {Description.Name} has a context of {ContextLength} positions, and all are taken.",
                    nameof(tokens)
                );
            }

            CheckVocabulary(tokens, nameof(tokens));
            ProcessTogether(tokens);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> LogitsOf(int sequence)
    {
        if ((uint)sequence >= (uint)ActiveSequences)
        {
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"There are {ActiveSequences} sequences, numbered from 0.");
        }

        return LogitsRow(ActiveSequences == 1 ? LastLogitsRow : sequence);
    }

    /// <inheritdoc/>
    [CLSCompliant(false)]
    protected sealed override float* CacheOf(int sequence) => Memory + (_slots[sequence] * _sequenceFloats);

    /// <summary>Copies what one cache holds to another. Implemented by generated code.</summary>
    /// <param name="origin">The cache to copy.</param>
    /// <param name="destination">The cache to overwrite.</param>
    /// <param name="positions">The positions that are taken.</param>
    protected abstract void CopySequence(int origin, int destination, int positions);

    /// <summary>Copies the beginnings of blocks at equal distances. Called by generated code.</summary>
    /// <param name="origin">The first block to copy.</param>
    /// <param name="destination">The first block to overwrite.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="stride">The floats from one block to the next.</param>
    /// <param name="floats">The floats to copy of each block.</param>
    [CLSCompliant(false)]
    protected static void CopyBlocks(float* origin, float* destination, int blocks, long stride, int floats)
    {
        for (int block = 0; block < blocks; block++)
        {
            new ReadOnlySpan<float>(origin + (block * stride), floats).CopyTo(new Span<float>(destination + (block * stride), floats));
        }
    }

    private protected sealed override void Prepare()
    {
        ThrowIfNothingIsEncoded();
        ActiveSequences = 1;
    }

    /// <summary>The bytes of all sequences.</summary>
    /// <exception cref="InsufficientMemoryException">They cannot be counted.</exception>
    private static long TotalBytes(TransformerModel model, int sequences, long memoryBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        Int128 bytes = memoryBytes + ((Int128)(Checked(model, sequences) - 1) * model.Description.SequenceBytes);
        return bytes <= long.MaxValue
            ? (long)bytes
            : throw MemoryRequest.Session(model.Description, sequences).Refused((UInt128)bytes, null);
    }

    private static int Checked(TransformerModel model, int sequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        int most = model.Description.ChunkLength;
        return sequences >= 1 && sequences <= most
            ? sequences
            : throw new ArgumentOutOfRangeException(
                nameof(sequences),
                sequences,
                $"{model.Description.Name} decodes 1 to {most} sequences together, as many as a chunk has rows; declare a larger ChunkLength for more."
            );
    }

    private void Forget()
    {
        Position = 0;
        ActiveSequences = 1;
        _slots[0] = 0;
    }

    private void ThrowIfNothingIsEncoded()
    {
        if (EncodedLength == 0)
        {
            throw new InvalidOperationException(
                $"There is no source yet: {Description.Name} is an encoder-decoder, whose decoder attends to a source. Call Encode first."
            );
        }
    }

    private void CheckParents(ReadOnlySpan<int> parents)
    {
        if (parents.IsEmpty || parents.Length > Sequences)
        {
            throw new ArgumentException(
                $"There are {parents.Length} parents; the session was created for {Sequences} sequences, so 1 to {Sequences} can go on.",
                nameof(parents)
            );
        }

        for (int i = 0; i < parents.Length; i++)
        {
            if ((uint)parents[i] >= (uint)ActiveSequences)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(parents),
                    parents[i],
                    $"Parent {i} is sequence {parents[i]}; there are {ActiveSequences} sequences, numbered from 0."
                );
            }
        }
    }

    /// <summary>The first to continue a sequence takes over its cache; the others get copies in unused caches.</summary>
    private void AssignSlots(ReadOnlySpan<int> parents)
    {
        Array.Clear(_isTaken);
        for (int i = 0; i < parents.Length; i++)
        {
            int slot = _slots[parents[i]];
            _nextSlots[i] = _isTaken[slot] ? -1 : slot;
            _isTaken[slot] = true;
        }

        int free = 0;
        for (int i = 0; i < parents.Length; i++)
        {
            if (_nextSlots[i] >= 0)
            {
                continue;
            }

            while (_isTaken[free])
            {
                free++;
            }

            CopySequence(_slots[parents[i]], free, Position);
            _isTaken[free] = true;
            _nextSlots[i] = free;
        }

        (_slots, _nextSlots) = (_nextSlots, _slots);
        ActiveSequences = parents.Length;
    }
}
