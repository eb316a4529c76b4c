using System;
using System.Threading;

namespace Specializer;

/// <summary>Continues a prompt with the most probable token of each step.</summary>
public static class GreedySearch
{
    /// <summary>Generates until the end token, or until the destination or the context is full. Allocates nothing.</summary>
    /// <param name="session">The session; the positions that it already contains are part of the context.</param>
    /// <param name="prompt">
    /// The next tokens, at least one. The decoder of an encoder-decoder usually starts with a single start token.
    /// </param>
    /// <param name="destination">Receives the generated tokens, including the end token.</param>
    /// <param name="endToken">The token that ends the sequence; negative for none.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The number of tokens generated.</returns>
    /// <exception cref="ArgumentException">
    /// As for <see cref="IDecoderSession.Prefill(ReadOnlySpan{int}, CancellationToken)"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">A logit is NaN, or another call on the session is running.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public static int Generate(
        IDecoderSession session,
        ReadOnlySpan<int> prompt,
        Span<int> destination,
        int endToken = -1,
        CancellationToken cancellationToken = default
    ) => GenerateUntil(session, prompt, destination, endToken < 0 ? [] : [endToken], cancellationToken);

    /// <summary>
    /// Generates until any of several end tokens, or until the destination or the context is full. Allocates nothing.
    /// </summary>
    /// <param name="session">The session; the positions that it already contains are part of the context.</param>
    /// <param name="prompt">
    /// The next tokens, at least one. The decoder of an encoder-decoder usually starts with a single start token.
    /// </param>
    /// <param name="destination">Receives the generated tokens, including the end token.</param>
    /// <param name="endTokens">
    /// The tokens that end the sequence (<c>eos_token_id</c> of a <c>generation_config.json</c>); empty for none.
    /// </param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The number of tokens generated.</returns>
    /// <exception cref="ArgumentException">
    /// As for <see cref="IDecoderSession.Prefill(ReadOnlySpan{int}, CancellationToken)"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An end token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN, or another call on the session is running.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public static int Generate(
        IDecoderSession session,
        ReadOnlySpan<int> prompt,
        Span<int> destination,
        ReadOnlySpan<int> endTokens,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        int vocabularySize = session.VocabularySize;
        foreach (int token in endTokens)
        {
            if ((uint)token >= (uint)vocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(endTokens),
                    token,
                    $"An end token is {token}; the vocabulary has {vocabularySize} tokens, so token ids are 0 to {vocabularySize - 1}."
                );
            }
        }

        return GenerateUntil(session, prompt, destination, endTokens, cancellationToken);
    }

    private static int GenerateUntil(
        IDecoderSession session,
        ReadOnlySpan<int> prompt,
        Span<int> destination,
        ReadOnlySpan<int> endTokens,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        int token = session.PrefillGreedy(prompt, cancellationToken);
        for (int count = 0; count < destination.Length; count++)
        {
            destination[count] = token;
            if (endTokens.Contains(token) || count + 1 == destination.Length || session.Position == session.ContextLength)
            {
                return count + 1;
            }

            cancellationToken.ThrowIfCancellationRequested();
            token = session.DecodeGreedy(token);
        }

        return 0;
    }
}
