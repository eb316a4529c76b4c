using System;
using System.Threading;

namespace Specializer;

/// <summary>Continues a prompt with the most probable token, again and again.</summary>
public static class GreedySearch
{
    /// <summary>Generates until the end token, or until the destination or the context is full. Allocates nothing.</summary>
    /// <param name="session">The session; positions that it holds already are part of what is continued.</param>
    /// <param name="prompt">The next tokens, at least one; for the decoder of an encoder-decoder most often its start token alone.</param>
    /// <param name="destination">Receives the generated tokens, the end token included.</param>
    /// <param name="endToken">The token that ends the sequence; negative for none.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The number of tokens generated.</returns>
    /// <exception cref="ArgumentException">As for <see cref="DecoderSession.Prefill(ReadOnlySpan{int}, CancellationToken)"/>.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN, or another call on the session is running.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static int Generate(DecoderSession session, ReadOnlySpan<int> prompt, Span<int> destination, int endToken = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ReadOnlySpan<float> logits = session.Prefill(prompt, cancellationToken);
        for (int count = 0; count < destination.Length; count++)
        {
            int token = MostProbable(logits);
            destination[count] = token;
            if (token == endToken || count + 1 == destination.Length || session.Position == session.ContextLength)
            {
                return count + 1;
            }

            cancellationToken.ThrowIfCancellationRequested();
            logits = session.Decode(token);
        }

        return 0;
    }

    /// <summary>The token with the highest logit; of equal ones the lowest.</summary>
    private static int MostProbable(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            if (float.IsNaN(logits[token]))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"The logit of token {token} of {logits.Length} is NaN. Check the weights file and the input of the model for NaN and for values that overflow."));
            }

            if (logits[token] > logits[best])
            {
                best = token;
            }
        }

        return best;
    }
}
