using System;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Several callers at once: of one session, which is refused, and of many sessions of one model, which is not.</summary>
[Feature("threads")]
public sealed class SimultaneousUseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_second_caller_of_a_session_is_refused_and_the_first_undisturbed(int threads)
    {
        DeclaredModel declared = DeclaredModels.BiasedReGlu;
        int[] tokens = declared.RandomTokens(40);
        using IDecoderModel model = declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession alone = model.CreateSession();
        float[] expected = alone.Prefill(tokens).ToArray();

        using IDecoderSession session = model.CreateSession();
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim mayReturn = new();
        session.HiddenStates = (layer, position, _) =>
        {
            if (layer == 1 && position == 20)
            {
                inside.Set();
                BackgroundCall.Await(mayReturn);
            }
        };
        float[] found = [];
        BackgroundCall first = BackgroundCall.Start(() => found = session.Prefill(tokens).ToArray());
        BackgroundCall.Await(inside);

        Assert.Contains(
            "one caller at a time",
            Assert
                .Throws<InvalidOperationException>(() =>
                {
                    session.Prefill([1]);
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<InvalidOperationException>(() =>
        {
            session.Prefill([1], new float[BiasedReGlu.VocabularySize]);
        });
        Assert.Throws<InvalidOperationException>(() =>
        {
            session.Decode(1);
        });
        Assert.Throws<InvalidOperationException>(() => session.Truncate(0));
        Assert.Throws<InvalidOperationException>(session.Reset);
        Assert.Throws<InvalidOperationException>(session.Dispose);

        // Another session of the model has nothing to do with it.
        using IDecoderSession other = model.CreateSession();
        Bits.AssertSame(expected, other.Prefill(tokens), "logits of another session meanwhile");

        mayReturn.Set();
        Assert.Null(first.Join());
        Bits.AssertSame(expected, found, "logits of the first caller");
        Assert.Equal(tokens.Length, session.Position);
        session.Reset();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Many_sessions_at_once_compute_the_same_bits_as_alone(int threads)
    {
        const int Callers = 4;
        DeclaredModel declared = DeclaredModels.BiasedReGlu;
        using IDecoderModel model = declared.LoadRandom(InstructionSets.Best, threads);
        int[][] prompts = [.. Enumerable.Range(0, Callers).Select(caller => declared.RandomTokens(60 + caller).Skip(caller).ToArray())];
        float[][] expected = [.. prompts.Select(Compute)];
        Assert.False(expected[0].AsSpan().SequenceEqual(expected[1]));

        BackgroundCall[] calls =
        [
            .. prompts.Select(
                (prompt, caller) =>
                    BackgroundCall.Start(() =>
                    {
                        for (int round = 0; round < 8; round++)
                        {
                            Bits.AssertSame(
                                expected[caller],
                                Compute(prompt),
                                FormattableString.Invariant($"logits of caller {caller} in round {round}")
                            );
                        }
                    })
            ),
        ];
        foreach (BackgroundCall call in calls)
        {
            Assert.Null(call.Join());
        }

        float[] Compute(int[] prompt)
        {
            using IDecoderSession session = model.CreateSession();
            session.Prefill(prompt.AsSpan(0, 30));
            for (int i = 30; i < 50; i++)
            {
                session.Decode(prompt[i]);
            }

            return session.Prefill(prompt.AsSpan(50)).ToArray();
        }
    }
}
