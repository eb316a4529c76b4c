using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Sessions at different positions, decoded together and each alone.</summary>
internal static class BatchRun
{
    private const int Steps = 5;

    /// <summary>Asserts that sessions of a model get the same bits together as alone, while some join and some leave.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens of one sequence, more than the longest prompt by as many as are decoded.</param>
    /// <param name="prompts">How long each session's prompt is.</param>
    public static void AssertSameAsAlone(IDecoderModel model, int[] tokens, int[] prompts)
    {
        prompts = prompts[..Math.Min(prompts.Length, model.Description.ChunkLength)];
        IDecoderSession[] together = [.. prompts.Select(_ => model.CreateSession())];
        IDecoderSession[] alone = [.. prompts.Select(_ => model.CreateSession())];
        DecoderBatch batch = model.CreateBatch(prompts.Length);
        for (int i = 0; i < prompts.Length; i++)
        {
            if (prompts[i] > 0)
            {
                together[i].Prefill(tokens.AsSpan(0, prompts[i]));
                alone[i].Prefill(tokens.AsSpan(0, prompts[i]));
            }
        }

        for (int step = 0; step < Steps; step++)
        {
            // All of them, then all but one in another order, then one by itself, and so on.
            int[] chosen =
                step % 3 == 0 ? [.. Enumerable.Range(0, prompts.Length)]
                : step % 3 == 1 ? [.. Enumerable.Range(1, prompts.Length - 1).Reverse()]
                : [step % prompts.Length];
            int[] next = [.. chosen.Select(i => tokens[(together[i].Position + (3 * i)) % tokens.Length])];
            batch.Decode([.. chosen.Select(i => together[i])], next);
            Assert.Equal(chosen.Length, batch.Count);
            for (int i = 0; i < chosen.Length; i++)
            {
                IDecoderSession single = alone[chosen[i]];
                Bits.AssertSame(
                    single.Decode(next[i]),
                    batch.LogitsOf(i),
                    FormattableString.Invariant($"logits of session {chosen[i]} in step {step}")
                );
                Assert.Equal(single.Position, together[chosen[i]].Position);
            }
        }

        // Tokens that were appended together form a cache like any other.
        for (int i = 0; i < prompts.Length; i++)
        {
            Bits.AssertSame(
                alone[i].Decode(tokens[0]),
                together[i].Decode(tokens[0]),
                FormattableString.Invariant($"session {i}, alone again")
            );
            alone[i].Dispose();
            together[i].Dispose();
        }
    }
}
