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
/// <para>
/// A model with LongRoPE has rotary factors for short sequences and for long ones. A session of it gives at any moment the
/// logits of its whole sequence in one call: a call that takes it past
/// <see cref="ModelDescription.OriginalContextLength"/>, or is the first after a <see cref="Truncate"/> to that length or less,
/// recomputes the cache first. That takes the time of a prefill of all positions so far, once, and is not observable but by
/// <see cref="TransformerSession.HiddenStates"/>, which gets the states of all positions again.
/// <see cref="ModelOptions.OriginalLengthCrossing"/> makes such a call throw instead. A session that recomputes keeps its
/// tokens, so that a call that fails never empties it, and it can be truncated to any position.
/// </para>
/// </remarks>
public abstract unsafe partial class DecoderSession : TransformerSession
{
    private readonly LogitsRows _logits;
    private readonly MostProbableToken _mostProbable;
    private int _prefix;

    /// <summary>As many positions as were computed since the sequence began, forgotten ones included.</summary>
    private int _highestPosition;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of cache and activations.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    protected DecoderSession(DecoderModel model, long memoryBytes, int logitsRows, int logitsRowStride)
        : this(model, memoryBytes, logitsRows, logitsRowStride, sequences: 1) { }

    private protected DecoderSession(DecoderModel model, long memoryBytes, int logitsRows, int logitsRowStride, int sequences)
        : base(model, memoryBytes, sequences)
    {
        _logits = new LogitsRows(logitsRows, logitsRowStride, Description.VocabularySize, MemoryRequest.Session(Description, sequences));
        _mostProbable = new MostProbableToken(Model.Threads);
        SessionBytes = memoryBytes + _logits.ByteLength;
        _recomputes =
            Description.OriginalContextLength > 0 && Model is DecoderModel { OriginalLengthCrossing: OriginalLengthCrossing.Recompute };
    }

    /// <summary>The number of tokens processed so far; the next one gets this position.</summary>
    public int Position { get; private protected set; }

    /// <summary>The bytes of this session: cache, activations and logits.</summary>
    public long SessionBytes { get; }

    /// <summary>The tokens of the chunk in work, <see cref="Rows"/> of them.</summary>
    [CLSCompliant(false)]
    protected int* Tokens { get; private protected set; }

    /// <summary>The number of positions of the chunk in work.</summary>
    protected int Rows { get; private protected set; }

    /// <summary>The number of sequences to which the rows in work belong, each to as many: one, or several with a row each.</summary>
    protected int SequencesInWork { get; private protected set; } = 1;

    /// <summary>The first row of the chunk in work whose logits are wanted; equal to <see cref="Rows"/> if none is.</summary>
    protected int FirstLogitsRow { get; private set; }

    /// <summary>Where the logits of the rows in work go.</summary>
    [CLSCompliant(false)]
    protected float* Logits { get; private set; }

    /// <summary>Whether the most probable token after the last row in work is wanted, whose logits are then the only ones.</summary>
    protected bool FindsMostProbable { get; private set; }

    /// <summary>Processes a prompt, or more of it, and returns the logits after its last token.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than the vocabulary size.</param>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled call leaves the session as it was before the call.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">There is no token, or they are more than the context has room for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        Process(tokens, default, cancellationToken);

    /// <summary>Processes a prompt, or more of it, and returns the most probable token after it.</summary>
    /// <remarks>
    /// It is the one with the highest of the logits that <see cref="Prefill(ReadOnlySpan{int}, CancellationToken)"/> returns, of
    /// equal ones the lowest; but each thread looks for it among those that it has computed itself, before they leave its cache.
    /// </remarks>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than the vocabulary size.</param>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled call leaves the session as it was before the call.</param>
    /// <returns>The token, at least 0 and less than the vocabulary size.</returns>
    /// <exception cref="ArgumentException">There is no token, or they are more than the context has room for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN; or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    public int PrefillGreedy(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        ProcessSequence(tokens, default, isPrefix: false, isGreedy: true, cancellationToken);

    /// <summary>Processes a prompt, or more of it, and writes the logits after every one of its tokens.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than the vocabulary size.</param>
    /// <param name="allLogits">Receives the logits, [tokens.Length, VocabularySize], row after row.</param>
    /// <param name="cancellationToken">Checked before each chunk. A cancelled call leaves the session as it was before the call.</param>
    /// <returns>The logits after the last token, as the other overload does.</returns>
    /// <exception cref="ArgumentException">As in the other overload, or <paramref name="allLogits"/> has another length.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, Span<float> allLogits, CancellationToken cancellationToken = default)
    {
        long expected = (long)tokens.Length * Description.VocabularySize;
        if (allLogits.Length != expected)
        {
            throw new ArgumentException(
                $"The span for the logits has {allLogits.Length} elements; {tokens.Length} tokens and a vocabulary of {Description.VocabularySize} need {expected}.",
                nameof(allLogits)
            );
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
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    public ReadOnlySpan<float> Decode(int token)
    {
        int* one = &token;
        return Process(new ReadOnlySpan<int>(one, 1), default, CancellationToken.None);
    }

    /// <summary>Processes one more token and returns the most probable one after it.</summary>
    /// <remarks>As <see cref="PrefillGreedy"/> of this one token.</remarks>
    /// <param name="token">A token id, at least 0 and less than the vocabulary size.</param>
    /// <returns>The next token, at least 0 and less than the vocabulary size.</returns>
    /// <exception cref="ArgumentException">The context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN; or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    public int DecodeGreedy(int token)
    {
        int* one = &token;
        return PrefillGreedy(new ReadOnlySpan<int>(one, 1));
    }

    /// <summary>Forgets the whole sequence.</summary>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public void Reset() => Truncate(0);

    /// <summary>Forgets all positions from the given one on, so that another continuation can be tried.</summary>
    /// <remarks>
    /// A model with LongRoPE returns to its short rotary factors where the next call ends at most at the original length; that
    /// call then recomputes the positions that are kept. If it ends past that length, nothing is recomputed.
    /// </remarks>
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
                throw new ArgumentOutOfRangeException(
                    nameof(position),
                    position,
                    $"The session holds {Position} positions; it can be truncated to 0 up to {Position}."
                );
            }

            bool isLost = false;
            if (position != 0 && position != Position)
            {
                if (_recomputes)
                {
                    // What the cache cannot give back is recomputed by the next call.
                    isLost = !CanReturnTo(position);
                }
                else if (!CanForgetPositions)
                {
                    throw new InvalidOperationException(
                        $"{Description.Name} keeps one state for all positions (linear attention), from which single ones cannot be taken: it can be truncated to 0 only, not to {position}."
                    );
                }
                else if (!CanReturnTo(position))
                {
                    throw new InvalidOperationException(
                        $"The caches of {Description.Name} hold what the {Window} positions of its sliding window need: after {_highestPosition} positions the session can be truncated to 0 or to {_highestPosition - (WindowCacheLength - Window + 1)} and more, not to {position}."
                    );
                }

                if (position < _prefix)
                {
                    throw new InvalidOperationException(
                        $"The first {_prefix} positions are a prefix, which sees all of itself: the session can be truncated to 0 or to {_prefix} and more, not to {position}."
                    );
                }
            }

            Position = position;
            _isStale |= isLost;
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
    [CLSCompliant(false)]
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
    protected virtual void KeepState() { }

    /// <summary>Brings back what <see cref="KeepState"/> kept. Implemented by generated code.</summary>
    protected virtual void RestoreState() { }

    /// <summary>
    /// Takes down the token with the highest of the logits that a worker has computed. Called by every worker of generated code; a
    /// session whose workers do not call it searches all logits afterwards.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="token">The token, or the first whose logit is no number; -1 if the worker has computed none.</param>
    protected void ReportMostProbable(int worker, int token) => _mostProbable.Report(worker, token);

    /// <summary>Tells the observer, if there is one, the hidden states of the chunk in work. Called by one worker of generated code.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states, <see cref="Rows"/> rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    [CLSCompliant(false)]
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
    private protected virtual void Prepare() { }

    private protected ReadOnlySpan<float> LogitsRow(int row) => _logits[row];

    internal bool IsOf(DecoderModel model) => ReferenceEquals(Model, model);

    internal void CheckTokens(ReadOnlySpan<int> tokens) => CheckVocabulary(tokens, nameof(tokens));

    internal void EnterBatch() => Enter();

    internal void LeaveBatch() => Leave();
}
