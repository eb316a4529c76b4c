using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// One sequence in flight: its key/value cache, activations and logits, all of a size known at compile time.
/// </summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads and however a prompt is cut into calls.
/// A call that fails or is cancelled leaves the session as it was before; only where the caches of a sliding window have by
/// then passed over what came before, the session is empty and <see cref="Position"/> 0.
/// </remarks>
public abstract unsafe class DecoderSession : TransformerSession
{
    private readonly LogitsRows _logits;
    private DecoderSession[]? _members;
    private int _prefix;
    private bool _isKept;

    /// <summary>As many positions as were computed since the sequence began, forgotten ones included.</summary>
    private int _highestPosition;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of cache and activations.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    protected DecoderSession(DecoderModel model, long memoryBytes, int logitsRows, int logitsRowStride)
        : base(model, memoryBytes)
    {
        _logits = new LogitsRows(logitsRows, logitsRowStride, model.Description.VocabularySize);
        SessionBytes = memoryBytes + _logits.ByteLength;
    }

    /// <summary>The number of tokens processed so far; the next one gets this position.</summary>
    public int Position { get; private protected set; }

    /// <summary>The bytes of this session: cache, activations and logits.</summary>
    public long SessionBytes { get; }

    /// <summary>The tokens of the chunk in work, <see cref="Rows"/> of them.</summary>
    protected int* Tokens { get; private protected set; }

    /// <summary>The number of positions of the chunk in work.</summary>
    protected int Rows { get; private protected set; }

    /// <summary>The number of sequences to which the rows in work belong, each to as many: one, or several with a row each.</summary>
    protected int SequencesInWork { get; private protected set; } = 1;

    /// <summary>The first row of the chunk in work whose logits are wanted; equal to <see cref="Rows"/> if none is.</summary>
    protected int FirstLogitsRow { get; private set; }

    /// <summary>Where the logits of the rows in work go.</summary>
    protected float* Logits { get; private set; }

    /// <summary>Processes a prompt, or more of it, and returns the logits after its last token.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than the vocabulary size.</param>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled call leaves the session as it was before the call.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">There is no token, or they are more than the context has room for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
        => Process(tokens, default, cancellationToken);

    /// <summary>Processes a prompt, or more of it, and writes the logits after every one of its tokens.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than the vocabulary size.</param>
    /// <param name="allLogits">Receives the logits, [tokens.Length, VocabularySize], row after row.</param>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled call leaves the session as it was before the call.</param>
    /// <returns>The logits after the last token, as the other overload does.</returns>
    /// <exception cref="ArgumentException">As in the other overload, or <paramref name="allLogits"/> has another length.</exception>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, Span<float> allLogits, CancellationToken cancellationToken = default)
    {
        long expected = (long)tokens.Length * Description.VocabularySize;
        if (allLogits.Length != expected)
        {
            throw new ArgumentException(
                $"The span for the logits has {allLogits.Length} elements; {tokens.Length} tokens and a vocabulary of {Description.VocabularySize} need {expected}.",
                nameof(allLogits));
        }

        return Process(tokens, allLogits, cancellationToken);
    }

    /// <summary>Processes one more token and returns the logits after it.</summary>
    /// <param name="token">A token id, at least 0 and less than the vocabulary size.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">The context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public ReadOnlySpan<float> Decode(int token) 
    {
        int* one = &token;
        return Process(new ReadOnlySpan<int>(one, 1), default, CancellationToken.None);
    }

    /// <summary>Forgets the whole sequence.</summary>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public void Reset() => Truncate(0);

    /// <summary>Forgets all positions from the given one on, so that another continuation can be tried.</summary>
    /// <param name="position">The number of positions to keep, at most <see cref="Position"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or larger than <see cref="Position"/>.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public void Truncate(int position)
    {
        Enter();
        try
        {
            if ((uint)position > (uint)Position)
            {
                throw new ArgumentOutOfRangeException(nameof(position), position, $"The session holds {Position} positions; it can be truncated to 0 up to {Position}.");
            }

            if (position != 0 && position != Position)
            {
                if (!CanForgetPositions)
                {
                    throw new InvalidOperationException(
                        $"{Description.Name} keeps one state for all positions (linear attention), from which single ones cannot be taken: it can be truncated to 0 only, not to {position}.");
                }

                if (!CanReturnTo(position))
                {
                    throw new InvalidOperationException(
                        $"The caches of {Description.Name} hold what the {Window} positions of its sliding window need: after {_highestPosition} positions the session can be truncated to 0 or to {_highestPosition - (WindowCacheLength - Window + 1)} and more, not to {position}.");
                }

                if (position < _prefix)
                {
                    throw new InvalidOperationException($"The first {_prefix} positions are a prefix, which sees all of itself: the session can be truncated to 0 or to {_prefix} and more, not to {position}.");
                }
            }

            Position = position;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>How many positions a position sees in layers with a sliding window whose caches do not hold the whole context; 0 without such. Implemented by generated code.</summary>
    protected virtual int Window => 0;

    /// <summary>How many positions the caches of those layers hold. Implemented by generated code.</summary>
    protected virtual int WindowCacheLength => 0;

    /// <summary>Whether the last positions can be forgotten, so that others take their place. Implemented by generated code.</summary>
    protected virtual bool CanForgetPositions => true;

    /// <summary>The memory with the cache of a sequence in work. Called by generated code.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected virtual float* CacheOf(int sequence) => Member(sequence).Memory;

    /// <summary>The position of the first row of a sequence in work. Called by generated code.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected virtual int PositionOf(int sequence) => Member(sequence).Position;

    /// <summary>The positions of the prefix of a sequence in work, which see each other both ways; 0 if there is none. Called by generated code.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected int PrefixOf(int sequence) => Member(sequence)._prefix;

    /// <summary>The session of a sequence in work: this one, or that of a batch.</summary>
    private DecoderSession Member(int sequence) => _members is null ? this : _members[sequence];

    /// <summary>Keeps what a call changes that <see cref="Position"/> does not undo. Implemented by generated code.</summary>
    protected virtual void KeepState()
    {
    }

    /// <summary>Brings back what <see cref="KeepState"/> kept. Implemented by generated code.</summary>
    protected virtual void RestoreState()
    {
    }

    /// <summary>Tells the observer, if there is one, the hidden states of the chunk in work. Called by one worker of generated code.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states, <see cref="Rows"/> rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    protected void ReportHiddenStates(int layer, float* hiddenStates, int rowStride)
    {
        int rows = Rows / SequencesInWork;
        for (int sequence = 0; sequence < SequencesInWork; sequence++)
        {
            ObserveSequence(sequence, layer, rows, hiddenStates + ((nint)sequence * rows * rowStride), rowStride);
        }
    }

    /// <summary>Tells the observer of a sequence in work its hidden states.</summary>
    private protected virtual void ObserveSequence(int sequence, int layer, int rows, float* hiddenStates, int rowStride) =>
        Member(sequence).Observe(layer, PositionOf(sequence), rows, hiddenStates, rowStride);

    /// <summary>The row of the last token's logits.</summary>
    private protected int LastLogitsRow { get; private set; }

    /// <summary>Makes ready for tokens of one sequence, or says why that cannot be.</summary>
    private protected virtual void Prepare()
    {
    }

    private protected ReadOnlySpan<float> LogitsRow(int row) => _logits[row];

    /// <summary>Processes one checked token for each of several sequences, all at the same position. Called within a call.</summary>
    private protected void ProcessTogether(ReadOnlySpan<int> tokens)
    {
        _isKept = false;
        try
        {
            Hold();
            _isKept = BeginCall();
            fixed (int* first = tokens)
            {
                Logits = _logits.Address;
                Tokens = first;
                Rows = tokens.Length;
                SequencesInWork = tokens.Length;
                FirstLogitsRow = 0;
                _highestPosition = Math.Max(_highestPosition, Position + 1);
                Compute();
                Position++;
                LastLogitsRow = Rows - 1;
            }
        }
        catch when (_isKept)
        {
            RestoreState();
            throw;
        }
        finally
        {
            Tokens = null;
            Logits = null;
            Release();
        }
    }

    private protected ReadOnlySpan<float> Process(ReadOnlySpan<int> tokens, Span<float> allLogits, CancellationToken cancellationToken, bool isPrefix = false)
    {
        Enter();
        int before = Position;
        _isKept = false;
        try
        {
            ThrowIfModelIsDisposed();
            Check(tokens);
            Prepare();
            if (isPrefix)
            {
                CheckPrefix(tokens);
            }

            Hold();
            SequencesInWork = 1;
            if (Position == 0)
            {
                _prefix = isPrefix ? tokens.Length : 0;
            }

            _isKept = BeginCall();
            int vocabulary = Description.VocabularySize;
            int lastRow = 0;
            fixed (int* first = tokens)
            {
                Logits = _logits.Address;

                // Where every position's logits are wanted, a chunk is as many positions as logits are held for.
                int chunk = allLogits.IsEmpty ? Description.ChunkLength : Math.Min(_logits.Count, Description.ChunkLength);
                for (int start = 0; start < tokens.Length; start += Rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Tokens = first + start;
                    Rows = Math.Min(chunk, tokens.Length - start);
                    bool last = start + Rows == tokens.Length;
                    FirstLogitsRow = !allLogits.IsEmpty ? 0 : last ? Rows - 1 : Rows;
                    _highestPosition = Math.Max(_highestPosition, Position + Rows);
                    Compute();
                    Position += Rows;
                    lastRow = Rows - 1 - FirstLogitsRow;
                    for (int row = 0; !allLogits.IsEmpty && row < Rows; row++)
                    {
                        _logits[row].CopyTo(allLogits.Slice((start + row) * vocabulary, vocabulary));
                    }
                }
            }

            LastLogitsRow = lastRow;
            return LogitsRow(lastRow);
        }
        catch
        {
            // Nothing that a failed or cancelled call appended to the cache counts, unless it overwrote what was there.
            Position = CanReturnTo(before) ? before : 0;
            if (_isKept)
            {
                RestoreState();
            }

            throw;
        }
        finally
        {
            Tokens = null;
            Logits = null;
            Release();
            Leave();
        }
    }

    /// <summary>Makes ready for a call that may fail.</summary>
    /// <returns>Whether what <see cref="Position"/> does not undo was kept.</returns>
    private bool BeginCall()
    {
        if (Position == 0)
        {
            _highestPosition = 0;
            return false;
        }

        if (!CanForgetPositions)
        {
            KeepState();
        }

        return !CanForgetPositions;
    }

    /// <summary>
    /// Whether the positions before one are still in the caches, that it may be the next: position p of a sliding window lies
    /// where p + <see cref="WindowCacheLength"/> lies too.
    /// </summary>
    private bool CanReturnTo(int position) =>
        Window == 0 || position == 0 || _highestPosition <= WindowCacheLength || _highestPosition - position <= WindowCacheLength - Window + 1;

    /// <summary>
    /// Processes one token of each of several sessions of one model, this one the first of them; called by
    /// <see cref="DecoderBatch"/>, which has entered all of them. Rows of the activations are this session's.
    /// </summary>
    internal void ProcessBatch(DecoderSession[] members, ReadOnlySpan<int> tokens, float* logits)
    {
        int begun = 0;
        try
        {
            ThrowIfModelIsDisposed();
            for (; begun < tokens.Length; begun++)
            {
                DecoderSession member = members[begun];
                member.Hold();
                member._isKept = member.BeginCall();
                member._highestPosition = Math.Max(member._highestPosition, member.Position + 1);
            }

            fixed (int* first = tokens)
            {
                Logits = logits;
                Tokens = first;
                Rows = tokens.Length;
                SequencesInWork = tokens.Length;
                FirstLogitsRow = 0;
                _members = members;
                Compute();
            }

            for (int i = 0; i < tokens.Length; i++)
            {
                members[i].Position++;
            }
        }
        catch
        {
            for (int i = 0; i < begun; i++)
            {
                if (members[i]._isKept)
                {
                    members[i].RestoreState();
                }
            }

            throw;
        }
        finally
        {
            _members = null;
            SequencesInWork = 1;
            Tokens = null;
            Logits = null;
            for (int i = 0; i < tokens.Length; i++)
            {
                members[i].Release();
            }
        }
    }

    internal bool IsOf(DecoderModel model) => ReferenceEquals(Model, model);

    internal void CheckTokens(ReadOnlySpan<int> tokens) => CheckVocabulary(tokens, nameof(tokens));

    internal void EnterBatch() => Enter();

    internal void LeaveBatch() => Leave();

    private void CheckPrefix(ReadOnlySpan<int> tokens)
    {
        if (Position > 0)
        {
            throw new InvalidOperationException($"A prefix is the beginning of a sequence, but {Position} positions are taken. Call Reset first.");
        }

        if (tokens.Length > Description.ChunkLength)
        {
            throw new ArgumentException(
                $"The prefix has {tokens.Length} tokens; {Description.Name} computes a prefix in one chunk, of {Description.ChunkLength} positions. Declare a larger ChunkLength.", nameof(tokens));
        }
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        ModelDescription model = Description;
        if (tokens.IsEmpty)
        {
            throw new ArgumentException("There are no tokens; give at least one (most models expect a beginning-of-sequence token first).", nameof(tokens));
        }

        if (tokens.Length > model.ContextLength - Position)
        {
            throw new ArgumentException(
                $"{tokens.Length} more tokens do not fit: {model.Name} has a context of {model.ContextLength} positions, of which {Position} are taken and {model.ContextLength - Position} are free. " +
                "Give fewer tokens, or make room with Truncate or Reset.",
                nameof(tokens));
        }

        CheckVocabulary(tokens, nameof(tokens));
    }
}
