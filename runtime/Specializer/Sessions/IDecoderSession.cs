using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// A sequence of tokens that is continued: its key/value cache, activations and logits, all of a size known at compile time.
/// </summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads and however a prompt is cut into calls.
/// A call that fails or is cancelled leaves the session as it was before the call. There is one exception: where the caches of
/// a sliding window no longer hold what came before, the session is empty and <see cref="Position"/> is 0.
/// <para>
/// A model with LongRoPE has rotary factors for short sequences and for long ones. At any moment its session gives the
/// logits of the whole sequence in one call. A call that extends the sequence past
/// <see cref="ModelDescription.OriginalContextLength"/> therefore recomputes the cache first. So does the first call after a
/// truncation to that length or less. Recomputing takes the time of a prefill of all positions so far, once for each crossing.
/// <see cref="ISession.HiddenStates"/> gets the states of all positions again; nothing else shows it. With
/// <see cref="ModelOptions.OriginalLengthCrossing"/> such a call throws instead. A session that recomputes keeps its tokens, so
/// that a call that fails never empties it, and it can be truncated to any position.
/// </para>
/// </remarks>
public interface IDecoderSession : ISession
{
    /// <summary>Gets the number of token ids, which is also the number of logits of a position.</summary>
    int VocabularySize { get; }

    /// <summary>Gets the number of tokens processed so far; the next one gets this position.</summary>
    int Position { get; }

    /// <summary>Processes a prompt, or more of it, and returns the logits after its last token.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than <see cref="VocabularySize"/>.</param>
    /// <param name="cancellationToken">
    /// Checked before each chunk. A cancelled call leaves the session as it was before the call.
    /// </param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">There is no token, or there are more than fit into the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running, or an encoder-decoder has no source
    /// yet.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default);

    /// <summary>Processes a prompt, or more of it, and writes the logits after every one of its tokens.</summary>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than <see cref="VocabularySize"/>.</param>
    /// <param name="allLogits">Receives the logits, [tokens.Length, VocabularySize], row after row.</param>
    /// <param name="cancellationToken">
    /// Checked before each chunk. A cancelled call leaves the session as it was before the call.
    /// </param>
    /// <returns>The logits after the last token, as the other overload does.</returns>
    /// <exception cref="ArgumentException">As in the other overload, or <paramref name="allLogits"/> has another length.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, Span<float> allLogits, CancellationToken cancellationToken = default);

    /// <summary>Processes a prompt, or more of it, and returns the most probable token after it.</summary>
    /// <remarks>
    /// It is the arg-max of the logits that <see cref="Prefill(ReadOnlySpan{int}, CancellationToken)"/> returns, the lowest token of
    /// equal ones. Each thread searches the logits that it has computed itself, before they leave its cache.
    /// </remarks>
    /// <param name="tokens">Token ids, at least one, each at least 0 and less than <see cref="VocabularySize"/>.</param>
    /// <param name="cancellationToken">
    /// Checked before each chunk. A cancelled call leaves the session as it was before the call.
    /// </param>
    /// <returns>The token, at least 0 and less than <see cref="VocabularySize"/>.</returns>
    /// <exception cref="ArgumentException">There is no token, or there are more than fit into the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN, another call on this session is running, or an encoder-decoder
    /// has no source yet.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    int PrefillGreedy(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default);

    /// <summary>Processes one more token and returns the logits after it.</summary>
    /// <param name="token">A token id, at least 0 and less than <see cref="VocabularySize"/>.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">The context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running, or an encoder-decoder has no source
    /// yet.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    ReadOnlySpan<float> Decode(int token);

    /// <summary>Processes one more token and returns the most probable one after it, as <see cref="PrefillGreedy"/> does.</summary>
    /// <param name="token">A token id, at least 0 and less than <see cref="VocabularySize"/>.</param>
    /// <returns>The next token, at least 0 and less than <see cref="VocabularySize"/>.</returns>
    /// <exception cref="ArgumentException">The context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN, another call on this session is running, or an encoder-decoder
    /// has no source yet.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="OriginalLengthException">The call would recompute the cache, and the model's options forbid it.</exception>
    int DecodeGreedy(int token);

    /// <summary>Removes all positions. An encoder-decoder keeps its source.</summary>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    void Reset();
}
