using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Specializer;

public sealed partial class Sampler
{
    private readonly int[] _counts; // [VocabularySize] how often each token was generated
    private readonly int[] _generated; // [VocabularySize] the generated tokens, each once
    private readonly KeyValuePair<int, float>[] _bias;
    private int _generatedCount;

    /// <summary>Records a generated token of the sequence, so that all penalties apply to it.</summary>
    /// <param name="token">The token, from 0 to the vocabulary's size - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="token"/> is not a token of the vocabulary.</exception>
    public void Accept(int token)
    {
        CheckToken(token);
        AcceptOnce(token);
        if (_counts.Length > 0 && _counts[token]++ == 0)
        {
            _generated[_generatedCount++] = token;
        }
    }

    /// <summary>
    /// Records the tokens of a prompt: as in Hugging Face Transformers, <see cref="SamplingOptions.RepetitionPenalty"/> counts them, while
    /// <see cref="SamplingOptions.FrequencyPenalty"/> and <see cref="SamplingOptions.PresencePenalty"/> count generated tokens only.
    /// </summary>
    /// <param name="tokens">The tokens, each from 0 to the vocabulary's size - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of <paramref name="tokens"/> is not a token of the vocabulary.</exception>
    public void AcceptPrompt(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            CheckToken(token);
        }

        foreach (int token in tokens)
        {
            AcceptOnce(token);
        }
    }

    /// <summary>Resets the sampler: no token is accepted, and the random numbers restart from the seed.</summary>
    public void Reset()
    {
        Array.Clear(_isAccepted);
        Array.Clear(_counts);
        _acceptedCount = 0;
        _generatedCount = 0;
        _random = new Xoshiro256StarStar(_options.Seed);
    }

    private void CheckToken(int token)
    {
        if ((uint)token >= (uint)_vocabularySize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(token),
                token,
                FormattableString.Invariant($"Token {token} is not in the vocabulary; expected 0 to {_vocabularySize - 1}.")
            );
        }
    }

    private void AcceptOnce(int token)
    {
        if (_isAccepted.Length > 0 && !_isAccepted[token])
        {
            _isAccepted[token] = true;
            _accepted[_acceptedCount++] = token;
        }
    }

    private KeyValuePair<int, float>[] CheckBias()
    {
        KeyValuePair<int, float>[] bias = [.. _options.LogitBias ?? new Dictionary<int, float>()];
        foreach ((int token, _) in bias)
        {
            if (token >= _vocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    "options",
                    token,
                    FormattableString.Invariant(
                        $"{nameof(SamplingOptions)}.{nameof(SamplingOptions.LogitBias)} has the token {token}; expected 0 to {_vocabularySize - 1}."
                    )
                );
            }
        }

        return bias;
    }

    private void AddBias()
    {
        foreach ((int token, float bias) in _bias)
        {
            _scores[token] = Bounded(_scores[token] + bias);
        }
    }

    private void Penalise()
    {
        float penalty = _options.RepetitionPenalty;
        foreach (int token in _accepted.AsSpan(0, _acceptedCount))
        {
            // A tiny penalty must not change a large logit to infinity, because differences of infinities are undefined.
            float score = _scores[token];
            _scores[token] = score > 0 ? Math.Min(score / penalty, float.MaxValue) : score * penalty;
        }

        foreach (int token in _generated.AsSpan(0, _generatedCount))
        {
            // Finite, so that an excluded token stays excluded.
            float loss = (_counts[token] * _options.FrequencyPenalty) + _options.PresencePenalty;
            _scores[token] = Bounded(_scores[token] - Math.Clamp(loss, -float.MaxValue, float.MaxValue));
        }
    }

    // Overflow must not become infinity; negative infinity, which excludes, stays.
    private static float Bounded(float score) => Math.Min(score, float.MaxValue);

    private void DiscardBelow(float weight)
    {
        foreach (ref Vector<float> weights in MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan()))
        {
            weights = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(weights, new Vector<float>(weight)), weights, Vector<float>.Zero);
        }
    }
}
