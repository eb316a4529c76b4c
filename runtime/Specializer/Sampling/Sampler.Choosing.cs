using System;

namespace Specializer;

public sealed partial class Sampler
{
    /// <summary>Chooses the next token. It is not accepted automatically: see <see cref="Accept"/>.</summary>
    /// <param name="logits">
    /// The logits [VocabularySize], natural logarithms of unnormalized probabilities. Negative infinity excludes a token. They
    /// are not modified.
    /// </param>
    /// <returns>The token, from 0 to the vocabulary size - 1.</returns>
    /// <exception cref="ArgumentException">
    /// The number of logits is not the vocabulary size, a logit is NaN or positive infinity, or all logits are negative infinity.
    /// </exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        TakeScores(logits);
        return Choose();
    }

    /// <summary>Chooses the next token among some.</summary>
    /// <param name="logits">[VocabularySize] the logits, as in the other overload.</param>
    /// <param name="allowed">
    /// The mask of allowed tokens, [(VocabularySize + 63) / 64]. Bit t % 64 of word t / 64 is set if token t is allowed. Bits beyond the
    /// vocabulary have no effect.
    /// </param>
    /// <returns>The token, from 0 to the vocabulary's size - 1.</returns>
    /// <exception cref="ArgumentException">As in the other overload; or the mask has another length or allows no token with a finite logit.</exception>
    [CLSCompliant(false)]
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed)
    {
        int words = (int)(((long)_vocabularySize + 63) / 64);
        if (allowed.Length != words)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Found a mask of {allowed.Length} words; a vocabulary of {_vocabularySize} tokens needs {words}, a bit for each token."
                ),
                nameof(allowed)
            );
        }

        TakeScores(logits);
        for (int word = 0; word < words; word++)
        {
            int first = word * 64;
            ulong excluded = ~allowed[word];
            if (excluded == ulong.MaxValue)
            {
                _scores.AsSpan(first, Math.Min(64, _vocabularySize - first)).Fill(float.NegativeInfinity);
                continue;
            }

            for (; excluded != 0; excluded &= excluded - 1)
            {
                // A bit beyond the vocabulary falls on padding, which is negative infinity anyway.
                _scores[first + System.Numerics.BitOperations.TrailingZeroCount(excluded)] = float.NegativeInfinity;
            }
        }

        return Choose();
    }

    /// <summary>
    /// Skips the random numbers of a number of draws, as if so many tokens had been sampled. A new sampler can then continue an interrupted
    /// sequence.
    /// </summary>
    /// <param name="draws">The number of draws. Each sampled token is one draw if the temperature is not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="draws"/> is negative.</exception>
    public void Skip(int draws)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(draws);
        for (; draws > 0; draws--)
        {
            _random.NextBits();
        }
    }

    private void TakeScores(ReadOnlySpan<float> logits)
    {
        if (logits.Length != _vocabularySize)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Found {logits.Length} logits; this sampler was created for a vocabulary of {_vocabularySize} tokens and expects one logit for each. "
                ) + "Pass the logits of one position.",
                nameof(logits)
            );
        }

        logits.CopyTo(_scores);
        CheckScores();
        AddBias();
        Penalise();
    }

    private int Choose()
    {
        float highest = HighestScore();
        if (float.IsNegativeInfinity(highest))
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"All {_vocabularySize} logits are negative infinity, which excludes every token; expected at least one finite logit. "
                ) + "Admit a token.",
                "logits"
            );
        }

        return _options.Temperature == 0 ? FirstTokenWith(highest) : Draw(highest);
    }
}
