using System;
using System.Numerics;

namespace Specializer;

/// <summary>Computes the logarithm of the sum of exponentials, which converts logits to log-probabilities.</summary>
internal sealed class LogProbabilities
{
    private readonly int _vocabularySize;
    private readonly float[] _scores;
    private readonly float[] _exponentials;

    public LogProbabilities(int vocabularySize)
    {
        _vocabularySize = vocabularySize;
        int padded = (vocabularySize + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _scores = new float[padded];
        _scores.AsSpan(vocabularySize).Fill(float.NegativeInfinity);
        _exponentials = new float[padded];
    }

    /// <summary>Computes log Σ exp(logit), with exponentials in single precision and their sum in double precision.</summary>
    /// <exception cref="InvalidOperationException">A logit is NaN or positive infinity, or none is finite.</exception>
    public double Normalizer(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_scores);
        float highest = float.NegativeInfinity;
        for (int token = 0; token < _vocabularySize; token++)
        {
            float logit = _scores[token];
            if (!(logit <= float.MaxValue))
            {
                throw new InvalidOperationException(
                    FormattableString.Invariant(
                        $"The logit of token {token} of {_vocabularySize} is {logit}; expected a finite number or negative infinity. Check the weights file and the input of the model for NaN and for values that overflow."
                    )
                );
            }

            highest = Math.Max(highest, logit);
        }

        if (float.IsNegativeInfinity(highest))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"All {_vocabularySize} logits are negative infinity; expected at least one finite logit.")
            );
        }

        ScaledExponential.Compute(_scores, highest, temperature: 1, _exponentials);
        double sum = 0;
        foreach (float exponential in _exponentials.AsSpan(0, _vocabularySize))
        {
            sum += exponential;
        }

        return highest + Math.Log(sum);
    }
}
