using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// One source and the sequences that are decoded from it. The source is encoded once; what the decoder attends to of it
/// is kept, and shared by all sequences.
/// </summary>
/// <remarks>
/// <para>
/// Most uses decode one sequence: Encode, then <see cref="DecoderSession.Prefill(ReadOnlySpan{int}, CancellationToken)"/>
/// with the decoder's start token and <see cref="DecoderSession.Decode"/> token by token. Several sequences over one
/// source, all of one length, are decoded together by <see cref="Branch"/> and <see cref="DecodeEach"/>.
/// </para>
/// <para>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads, however a prompt is cut into calls,
/// and whether sequences are decoded alone or together.
/// </para>
/// </remarks>
public abstract unsafe class SequenceToSequenceSession : DecoderSession
{
    private readonly long _sourceHiddenOffset;
    private readonly int _sourceHiddenStride;
    private readonly long _sequenceFloats;
    private readonly bool[] _isTaken;
    private int[] _slots;
    private int[] _nextSlots;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="sequences">How many sequences can be decoded together.</param>
    /// <param name="memoryBytes">The bytes of caches and activations for one sequence.</param>
    /// <param name="sequenceBytes">The bytes of every further sequence.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    /// <param name="sourceHiddenOffset">Where the encoder's output lies, in floats.</param>
    /// <param name="sourceHiddenStride">The floats from one position's output to the next.</param>
    protected SequenceToSequenceSession(
        SequenceToSequenceModel model,
        int sequences,
        long memoryBytes,
        long sequenceBytes,
        int logitsRows,
        int logitsRowStride,
        long sourceHiddenOffset,
        int sourceHiddenStride
    )
        : base(model, TotalBytes(model, sequences, memoryBytes, sequenceBytes), Math.Max(logitsRows, sequences), logitsRowStride, sequences)
    {
        Source = ((SequenceToSequenceModel)Model).Source;
        Sequences = sequences;
        ActiveSequences = 1;
        _sourceHiddenOffset = sourceHiddenOffset;
        _sourceHiddenStride = sourceHiddenStride;
        _sequenceFloats = sequenceBytes / sizeof(float);
        _isTaken = new bool[sequences];
        _slots = new int[sequences];
        _nextSlots = new int[sequences];
    }

    /// <summary>How many sequences can be decoded together.</summary>
    public int Sequences { get; }

    /// <summary>How many sequences are being decoded; 1 until <see cref="Branch"/> makes more.</summary>
    public int ActiveSequences { get; private set; }

    /// <summary>The positions of the source that is encoded; 0 before the first.</summary>
    public int EncodedLength { get; private set; }

    /// <summary>The largest number of positions of a source.</summary>
    public int SourceLength => Source.Length;

    /// <summary>The number of token ids; as many logits as this.</summary>
    public int VocabularySize => Description.VocabularySize;

    /// <summary>Is told every hidden state of the encoder as it is computed, if set. For probing and for tests; it costs nothing while unset.</summary>
    public HiddenStateObserver? SourceHiddenStates { get; set; }

    /// <summary>Whether the work at hand is the encoder's.</summary>
    protected bool IsEncoding { get; private set; }

    /// <summary>The positions of the source in work.</summary>
    protected int Length { get; private set; }

    /// <summary>What the encoder takes.</summary>
    private protected SourceDescription Source { get; }

    /// <summary>Copies the encoder's output for the source, behind its final norm if it has one.</summary>
    /// <param name="destination">Receives [<see cref="EncodedLength"/>, d_model] values, row after row.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
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

    /// <summary>
    /// Chooses which sequences go on and how often: sequence i from now on continues what was sequence
    /// <paramref name="parents"/>[i]. What the decoder keeps of the source is not copied, and of a sequence's own cache
    /// only what more than one continues.
    /// </summary>
    /// <param name="parents">For each sequence from now on, at most <see cref="Sequences"/>, which of the present ones it continues.</param>
    /// <exception cref="ArgumentException">There is no parent, or there are more than <see cref="Sequences"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A parent is none of the <see cref="ActiveSequences"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
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

    /// <summary>Processes one more token of every sequence, all of them together.</summary>
    /// <param name="tokens">A token for each of the <see cref="ActiveSequences"/>, at least 0 and less than the vocabulary size.</param>
    /// <exception cref="ArgumentException">There are not as many tokens as sequences, or the context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
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

    /// <summary>The logits after the last token of a sequence; overwritten by the next call that processes tokens.</summary>
    /// <param name="sequence">The sequence as of that token, before any <see cref="Branch"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
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

    /// <inheritdoc/>
    protected sealed override int PositionOf(int sequence) => Position;

    /// <summary>With several sequences there is no telling whose states the observer would be told.</summary>
    private protected sealed override void ObserveSequence(int sequence, int layer, int rows, float* hiddenStates, int rowStride)
    {
        if (ActiveSequences == 1)
        {
            base.ObserveSequence(sequence, layer, rows, hiddenStates, rowStride);
        }
    }

    /// <summary>Copies what one cache holds to another. Implemented by generated code.</summary>
    /// <param name="origin">The cache to copy.</param>
    /// <param name="destination">The cache to overwrite.</param>
    /// <param name="positions">The positions that are taken.</param>
    protected abstract void CopySequence(int origin, int destination, int positions);

    /// <summary>Copies the beginnings of blocks that lie equally far apart. Called by generated code.</summary>
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

    /// <summary>Tells the observer of the source, if there is one, the hidden states of the encoder. Called by one worker of generated code.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states of the whole source.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    [CLSCompliant(false)]
    protected void ReportSourceStates(int layer, float* hiddenStates, int rowStride)
    {
        if (SourceHiddenStates is { } observer)
        {
            for (int row = 0; row < Length; row++)
            {
                observer(layer, row, new ReadOnlySpan<float>(hiddenStates + ((nint)row * rowStride), Description.DModel));
            }
        }
    }

    /// <summary>Computes a source that the derived class has checked and pinned, in a call that it has entered.</summary>
    /// <param name="length">The positions of the source.</param>
    private protected void EncodeSource(int length)
    {
        EncodedLength = 0;
        Forget();
        Length = length;
        IsEncoding = true;
        try
        {
            Compute();
        }
        finally
        {
            IsEncoding = false;
        }

        EncodedLength = length;
    }

    private protected sealed override void Prepare()
    {
        ThrowIfNothingIsEncoded();
        ActiveSequences = 1;
    }

    /// <summary>The bytes of all sequences.</summary>
    /// <exception cref="InsufficientMemoryException">They cannot be counted.</exception>
    private static long TotalBytes(SequenceToSequenceModel model, int sequences, long memoryBytes, long sequenceBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        Int128 bytes = memoryBytes + ((Int128)(Checked(model, sequences) - 1) * sequenceBytes);
        return bytes <= long.MaxValue
            ? (long)bytes
            : throw MemoryRequest.Session(model.Description, sequences).Refused((UInt128)bytes, null);
    }

    private static int Checked(SequenceToSequenceModel model, int sequences)
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

    /// <summary>The first to continue a sequence takes over its cache; the others get copies in caches that nobody continues.</summary>
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
