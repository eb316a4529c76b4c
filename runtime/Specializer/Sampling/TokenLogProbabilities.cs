using System;

namespace Specializer;

/// <summary>A token and the natural logarithm of its probability.</summary>
/// <param name="Token">The token id.</param>
/// <param name="Value">The logarithm, at most 0.</param>
public readonly record struct TokenLogProbability(int Token, float Value);

/// <summary>The log-probabilities of the next token, before penalties and temperature: log p(t) = logit(t) - log Σ exp(logit).</summary>
/// <remarks>One instance is used by one thread at a time. It allocates when it is created and never again.</remarks>
public sealed class TokenLogProbabilities
{
    private readonly int _vocabularySize;
    private readonly LogProbabilities _probabilities;
    private readonly float[] _logits;
    private double _normalizer;

    /// <summary>Creates an instance that holds no logits yet.</summary>
    /// <param name="vocabularySize">The number of tokens, and of logits; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> is less than 1.</exception>
    public TokenLogProbabilities(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        _vocabularySize = vocabularySize;
        _probabilities = new LogProbabilities(vocabularySize);
        _logits = new float[vocabularySize];
        _logits.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <summary>Takes the logits of a position.</summary>
    /// <param name="logits">[VocabularySize] the logits; they are copied.</param>
    /// <exception cref="ArgumentException">The number of logits is not the vocabulary's size.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN or positive infinity, or none is finite.</exception>
    public void Take(ReadOnlySpan<float> logits)
    {
        if (logits.Length != _vocabularySize)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Found {logits.Length} logits; expected one for each of the {_vocabularySize} tokens."),
                nameof(logits)
            );
        }

        _normalizer = _probabilities.Normalizer(logits);
        logits.CopyTo(_logits);
    }

    /// <summary>The logarithm of a token's probability.</summary>
    /// <param name="token">The token, from 0 to the vocabulary's size - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="token"/> is not a token of the vocabulary.</exception>
    public float Of(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, _vocabularySize);
        return (float)(_logits[token] - _normalizer);
    }

    /// <summary>Writes the most probable tokens, the most probable first and of equal ones the lowest.</summary>
    /// <param name="destination">Receives as many as it holds, at most one for each token of the vocabulary.</param>
    /// <returns>How many were written.</returns>
    public int WriteTop(Span<TokenLogProbability> destination)
    {
        int count = 0;
        for (int token = 0; token < _vocabularySize; token++)
        {
            float value = _logits[token];
            if (count == destination.Length && (count == 0 || value <= destination[count - 1].Value))
            {
                continue;
            }

            // Insertion sort: the destination is short.
            count = Math.Min(count + 1, destination.Length);
            int place = count - 1;
            for (; place > 0 && destination[place - 1].Value < value; place--)
            {
                destination[place] = destination[place - 1];
            }

            destination[place] = new TokenLogProbability(token, value);
        }

        foreach (ref TokenLogProbability entry in destination[..count])
        {
            entry = entry with { Value = (float)(entry.Value - _normalizer) };
        }

        return count;
    }
}
