using System;

namespace Specializer.Text;

/// <summary>Specifies how the logits of a classifier become scores.</summary>
public enum ScoreFunction
{
    /// <summary>The logits themselves.</summary>
    None,

    /// <summary>1 / (1 + exp(-x)) of each logit.</summary>
    Sigmoid,

    /// <summary>exp(xᵢ) / Σ exp(xⱼ).</summary>
    Softmax,
}

/// <summary>Computes scores.</summary>
internal static class Scores
{
    public static void Apply(ScoreFunction function, ReadOnlySpan<float> logits, Span<float> scores)
    {
        switch (function)
        {
            case ScoreFunction.Sigmoid:
                for (int i = 0; i < logits.Length; i++)
                {
                    scores[i] = (float)(1 / (1 + Math.Exp(-logits[i])));
                }

                break;
            case ScoreFunction.Softmax:
                Softmax(logits, scores);
                break;
            case ScoreFunction.None:
                logits.CopyTo(scores);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "The function is not defined.");
        }
    }

    public static void Softmax(ReadOnlySpan<float> logits, Span<float> scores)
    {
        double highest = double.NegativeInfinity,
            sum = 0;
        foreach (float logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] = (float)(Math.Exp(logits[i] - highest) / sum);
        }
    }

    /// <summary>Returns the index of the highest score, the first one of equal ones.</summary>
    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }
}
