using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Specializer.CompilerServices;

/// <summary>The base of sessions that continue sequences of tokens. For generated code.</summary>
/// <remarks>
/// The rows that <see cref="SessionEngine.Forward"/> computes are consecutive positions of one sequence, or one position of each of
/// several sequences. Several sequences belong to an encoder-decoder's session, or to the sessions of a <see cref="DecoderBatch"/>. A
/// step of a batch with several rows of a session passes each row as a sequence; such sequences share a cache.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class DecoderEngine : SessionEngine, IDecoderSession
{
    private readonly LogitsRows _logits;
    private readonly MostProbableToken _mostProbable;
    private readonly int _window;
    private readonly int _windowCacheLength;
    private readonly bool _keepsState;
    private int _prefix;

    /// <summary>The number of positions that were computed since the sequence began, removed ones included.</summary>
    private int _highestPosition;

    /// <summary>Allocates a session.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of caches and activations.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    /// <param name="window">The positions of a sliding window whose caches do not hold the whole context; 0 without such.</param>
    /// <param name="windowCacheLength">The positions that the caches of that window hold.</param>
    /// <param name="keepsState">Whether a state replaces the cache (linear attention), so that a copy undoes a failed call.</param>
    /// <param name="keptTokensOffset">
    /// The offset of the kept tokens, [ContextLength], in floats; negative if the cache is never recomputed.
    /// </param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    protected DecoderEngine(
        TransformerModel model,
        long memoryBytes,
        int logitsRows,
        int logitsRowStride,
        int window = 0,
        int windowCacheLength = 0,
        bool keepsState = false,
        long keptTokensOffset = -1
    )
        : this(model, 1, memoryBytes, logitsRows, logitsRowStride, window, windowCacheLength, keepsState, keptTokensOffset) { }

    private protected DecoderEngine(
        TransformerModel model,
        int sequences,
        long memoryBytes,
        int logitsRows,
        int logitsRowStride,
        int window,
        int windowCacheLength,
        bool keepsState,
        long keptTokensOffset
    )
        : base(model, memoryBytes, sequences)
    {
        _logits = new LogitsRows(logitsRows, logitsRowStride, Description.VocabularySize, MemoryRequest.Session(Description, sequences));
        _mostProbable = new MostProbableToken(Model.Threads);
        _window = window;
        _windowCacheLength = windowCacheLength;
        _keepsState = keepsState;
        _keptTokensOffset = keptTokensOffset;
        _recomputes = Description.OriginalContextLength > 0 && Model.OriginalLengthCrossing == OriginalLengthCrossing.Recompute;
        SessionBytes = memoryBytes + _logits.ByteLength;
    }

    /// <inheritdoc/>
    public int VocabularySize => Description.VocabularySize;

    /// <inheritdoc/>
    public int Position { get; private protected set; }

    /// <summary>Gets the number of rows of the current chunk.</summary>
    protected int Rows { get; private set; }

    /// <summary>
    /// Gets the number of sequences of the current rows, each with equally many: one sequence, or several with a row each.
    /// </summary>
    protected int SequencesInWork { get; private set; } = 1;

    /// <summary>
    /// Gets the first row of the current chunk whose logits are computed; <see cref="Rows"/> if there is no such row.
    /// </summary>
    protected int FirstLogitsRow { get; private set; }

    /// <summary>Gets the address that receives the logits of the current rows.</summary>
    [CLSCompliant(false)]
    protected float* Logits { get; private set; }

    /// <summary>
    /// Gets whether the call returns the most probable token after the last current row, the only row whose logits are computed.
    /// </summary>
    protected bool FindsMostProbable { get; private set; }

    /// <summary>Gets the row of the last token's logits.</summary>
    private protected int LastLogitsRow { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        Process(tokens, default, cancellationToken);

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public int PrefillGreedy(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        ProcessSequence(tokens, default, isPrefix: false, isGreedy: true, cancellationToken);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Decode(int token)
    {
        int* one = &token;
        return Process(new ReadOnlySpan<int>(one, 1), default, CancellationToken.None);
    }

    /// <inheritdoc/>
    public int DecodeGreedy(int token)
    {
        int* one = &token;
        return PrefillGreedy(new ReadOnlySpan<int>(one, 1));
    }

    /// <inheritdoc/>
    public void Reset() => TruncateTo(0);

    /// <summary>Processes a prefix, for <see cref="IPrefixSession{TInput}"/>.</summary>
    /// <param name="prefix">The tokens of the prefix.</param>
    /// <param name="cancellationToken">Checked before the prefix.</param>
    /// <returns>The logits after its last token.</returns>
    protected ReadOnlySpan<float> ProcessPrefix(ReadOnlySpan<int> prefix, CancellationToken cancellationToken) =>
        Process(prefix, default, cancellationToken, isPrefix: true);

    /// <summary>Processes a prefix, for <see cref="IPrefixSession{TInput}"/>.</summary>
    /// <param name="prefix">The prefix: one sequence of tokens.</param>
    /// <param name="cancellationToken">Checked before the prefix.</param>
    /// <returns>The logits after its last token.</returns>
    /// <exception cref="ArgumentException">The input is more than one sequence, or has token types, a mask or global
    /// tokens.</exception>
    protected ReadOnlySpan<float> ProcessPrefix(TokenInput prefix, CancellationToken cancellationToken)
    {
        EncoderArguments.CheckPlain(Description, prefix, nameof(prefix));
        return ProcessPrefix(prefix.Tokens, cancellationToken);
    }

    /// <summary>Removes all positions from the given one on, for <see cref="ITruncatableSession"/>.</summary>
    /// <param name="position">The number of positions to keep.</param>
    protected void TruncateTo(int position)
    {
        Enter();
        try
        {
            bool isLost = CheckReturn(position, nameof(position), "truncated to");
            Position = position;
            _isStale |= isLost;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Checks that the cache contains the first positions.</summary>
    /// <returns>Whether the next call must recompute positions that the cache no longer contains.</returns>
    private bool CheckReturn(int position, string parameter, string action)
    {
        if ((uint)position > (uint)Position)
        {
            throw new ArgumentOutOfRangeException(
                parameter,
                position,
                $"The session holds {Position} positions; it can be {action} 0 up to {Position}."
            );
        }

        if (position == 0 || position == Position)
        {
            return false;
        }

        bool isLost = !CanReturnTo(position);
        if (isLost && !_recomputes)
        {
            throw new InvalidOperationException(
                $"The caches of {Description.Name} contain the keys of {_window} positions. After {_highestPosition} positions, the session can be {action} 0 or to {_highestPosition - (_windowCacheLength - _window + 1)} and more, not to {position}."
            );
        }

        if (position < _prefix)
        {
            throw new InvalidOperationException(
                $"The first {_prefix} positions are a prefix, which is processed as a whole. The session can be {action} 0 or to {_prefix} and more, not to {position}."
            );
        }

        if (_keepsState)
        {
            throw new InvalidOperationException(
                $"The state of {Description.Name} represents all {Position} positions. The session can be {action} 0 or {Position}, not {position}."
            );
        }

        return isLost;
    }

    /// <summary>Returns the memory with the cache of a current sequence.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    /// <remarks>Never inlined: .NET 10 computes wrong addresses where the choice is inlined into a loop over layers.</remarks>
    [CLSCompliant(false)]
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected virtual float* CacheOf(int sequence) => Member(sequence).Memory;

    /// <summary>Returns the position of the first row of a current sequence.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected int PositionOf(int sequence) => Member(sequence).Position + (_rowOffsets is null ? 0 : _rowOffsets[sequence]);

    /// <summary>Returns the positions of the prefix of a current sequence, which attend to each other; 0 if there is none.</summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected int PrefixOf(int sequence) => Member(sequence)._prefix;

    /// <summary>Copies the state that <see cref="Position"/> does not undo, before a call that may fail.</summary>
    protected virtual void KeepState() { }

    /// <summary>Restores the state that <see cref="KeepState"/> copied.</summary>
    protected virtual void RestoreState() { }

    /// <summary>
    /// Records a worker's arg-max token. Called by every worker; a session whose workers do not call it searches all logits
    /// afterwards.
    /// </summary>
    /// <param name="worker">The number of this worker.</param>
    /// <param name="token">
    /// The token with the highest of its logits, or the first whose logit is NaN; -1 if it has computed none.
    /// </param>
    protected void ReportMostProbable(int worker, int token) => _mostProbable.Report(worker, token);

    /// <summary>Invokes the observer, if there is one, with the hidden states of the current chunk. Called by one worker.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states, <see cref="Rows"/> rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    [CLSCompliant(false)]
    protected void ReportHiddenStates(int layer, float* hiddenStates, int rowStride)
    {
        // With several sequences of its own, a session does not report the sequence of a state.
        if (_members is null && OwnSequences > 1)
        {
            return;
        }

        int rows = Rows / SequencesInWork;
        for (int sequence = 0; sequence < SequencesInWork; sequence++)
        {
            float* states = hiddenStates + ((nint)sequence * rows * rowStride);
            Observe(Member(sequence).HiddenStates, layer, PositionOf(sequence), rows, states, rowStride);
        }
    }

    /// <summary>Gets the number of sequences that this session decodes by itself.</summary>
    private protected virtual int OwnSequences => 1;

    /// <summary>Prepares for tokens of one sequence, or throws if that is impossible.</summary>
    private protected virtual void Prepare() { }

    private protected ReadOnlySpan<float> LogitsRow(int row) => _logits[row];

    internal bool IsOf(TransformerModel model) => ReferenceEquals(Model, model);

    internal void CheckTokens(ReadOnlySpan<int> tokens) => CheckVocabulary(tokens, nameof(tokens));

    internal void EnterBatch() => Enter();

    internal void LeaveBatch() => Leave();

    /// <summary>Returns the session of a current sequence: this one, or that of a batch.</summary>
    private DecoderEngine Member(int sequence) => _members is null ? this : _members[sequence];
}
