using System;

namespace Specializer.Tests.EndToEnd;

/// <summary>Generation of the likeliest token at every step.</summary>
internal static class Greedy
{
    /// <summary>The tokens that follow a prompt, the lowest of equals.</summary>
    public static int[] Continue(DecoderSession session, ReadOnlySpan<int> prompt, int count)
    {
        int[] continuation = new int[count];
        ReadOnlySpan<float> logits = session.Prefill(prompt);
        for (int i = 0; i < count; i++)
        {
            int best = 0;
            for (int token = 1; token < logits.Length; token++)
            {
                best = logits[token] > logits[best] ? token : best;
            }

            continuation[i] = best;
            if (i + 1 < count)
            {
                logits = session.Decode(best);
            }
        }

        return continuation;
    }
}
