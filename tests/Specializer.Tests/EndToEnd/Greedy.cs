using System;
using System.Numerics.Tensors;

namespace Specializer.Tests.EndToEnd;

/// <summary>Generation of the likeliest token at every step.</summary>
internal static class Greedy
{
    /// <summary>The tokens that follow a prompt, the lowest of equals.</summary>
    public static int[] Continue(IDecoderSession session, ReadOnlySpan<int> prompt, int count)
    {
        int[] continuation = new int[count];
        ReadOnlySpan<float> logits = session.Prefill(prompt);
        for (int i = 0; i < count; i++)
        {
            continuation[i] = TensorPrimitives.IndexOfMax(logits);
            if (i + 1 < count)
            {
                logits = session.Decode(continuation[i]);
            }
        }

        return continuation;
    }
}
