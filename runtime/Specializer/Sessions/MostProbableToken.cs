using System;
using System.Numerics;

namespace Specializer;

/// <summary>The token with the highest logit, from what the workers found each in its own share.</summary>
internal sealed class MostProbableToken
{
    private readonly int[] _found; // [worker] the token with the highest of its logits, or the first whose logit is NaN; -1 if it has none

    /// <param name="workers">The most workers that compute together.</param>
    public MostProbableToken(int workers) => _found = new int[workers];

    /// <summary>Forgets what was reported; workers that do not compute report nothing.</summary>
    public void Clear() => Array.Fill(_found, -1);

    /// <summary>Records the token of a worker.</summary>
    public void Report(int worker, int token) => _found[worker] = token;

    /// <summary>Which of the reported tokens has the highest logit, of equal ones the lowest; of all tokens, where no worker has looked for it.</summary>
    /// <exception cref="InvalidOperationException">A logit is NaN.</exception>
    public int Among(ReadOnlySpan<float> logits)
    {
        // Shares follow each other as the workers do.
        int best = -1;
        foreach (int token in _found)
        {
            best = token < 0 ? best : Better(logits, best, token);
        }

        if (best >= 0)
        {
            return best;
        }

        return Of(logits);
    }

    /// <summary>Returns the token with the highest logit, of equal ones the lowest.</summary>
    /// <param name="logits">The logits, at least one.</param>
    /// <exception cref="InvalidOperationException">A logit is NaN.</exception>
    public static int Of(ReadOnlySpan<float> logits)
    {
        int width = Vector<float>.Count,
            whole = logits.Length / width * width;
        if (whole > 0)
        {
            Vector<float> highest = new(logits);
            Vector<int> ordered = Vector.Equals(highest, highest);
            for (int i = width; i < whole; i += width)
            {
                Vector<float> next = new(logits[i..]);
                ordered &= Vector.Equals(next, next);
                highest = Vector.MaxNative(highest, next);
            }

            float best = highest[0];
            for (int lane = 1; lane < width; lane++)
            {
                best = Math.Max(best, highest[lane]);
            }

            // NaN is equal to no logit; the scalar search names its token.
            int first = ordered == Vector<int>.AllBitsSet ? logits[..whole].IndexOf(best) : -1;
            if (first >= 0)
            {
                return Scan(logits, whole, first);
            }
        }

        return Scan(logits, 0, -1);
    }

    private static int Scan(ReadOnlySpan<float> logits, int token, int best)
    {
        for (; token < logits.Length; token++)
        {
            best = Better(logits, best, token);
        }

        return best;
    }

    private static int Better(ReadOnlySpan<float> logits, int best, int token)
    {
        if (float.IsNaN(logits[token]))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"The logit of token {token} of {logits.Length} is NaN. Check the weights file and the input of the model for NaN and for values that overflow."
                )
            );
        }

        return best < 0 || logits[token] > logits[best] ? token : best;
    }
}
