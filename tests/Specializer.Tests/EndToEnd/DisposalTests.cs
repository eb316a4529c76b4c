using System;
using System.Threading;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Use after the end of a session or of its model, from one thread and from several.</summary>
[Feature("disposal")]
public sealed class DisposalTests
{
    [Fact]
    public void A_disposed_session_refuses_everything()
    {
        using IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom();
        IDecoderSession session = model.CreateSession();
        session.Prefill([1, 2, 3]);
        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Prefill([1]);
        });
        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Prefill([1], new float[LongContext4096.VocabularySize]);
        });
        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Decode(1);
        });
        Assert.Throws<ObjectDisposedException>(session.Reset);
        Assert.Throws<ObjectDisposedException>(() => session.Truncate(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_sessions_of_a_disposed_model_compute_no_more(int threads)
    {
        IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom(InstructionSets.Best, threads);
        IDecoderSession session = model.CreateSession();
        session.Prefill([1, 2, 3]);
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Prefill([1]);
        });
        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Decode(1);
        });
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
        Assert.Equal(3, session.Position);
        session.Dispose();
    }

    [Fact]
    public void Disposing_a_session_leaves_the_others_of_its_model_alone()
    {
        using IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom();
        using IDecoderSession remaining = model.CreateSession();
        using IDecoderSession other = model.CreateSession();
        remaining.Prefill([1, 2, 3]);
        other.Prefill([1, 2, 3]);
        float[] expected = other.Decode(4).ToArray();
        other.Dispose();
        Bits.AssertSame(expected, remaining.Decode(4), "logits");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_model_can_be_disposed_while_a_session_decodes_on_another_thread(int threads)
    {
        const int Rounds = 30;
        int[] tokens = DeclaredModels.LongContext4096.RandomTokens(200);
        for (int round = 0; round < Rounds; round++)
        {
            IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom(InstructionSets.Best, threads);
            using IDecoderSession session = model.CreateSession();
            using ManualResetEventSlim decoding = new();
            int decoded = 0;
            BackgroundCall call = BackgroundCall.Start(() =>
            {
                while (true)
                {
                    session.Reset();
                    session.Prefill(tokens);
                    for (int i = 0; i < 100; i++)
                    {
                        session.Decode(tokens[i]);
                        decoded++;
                        decoding.Set();
                    }
                }
            });
            BackgroundCall.Await(decoding);

            // Somewhere in the middle of a call, somewhere else in every round.
            Thread.SpinWait(round * 400);
            model.Dispose();
            Assert.IsType<ObjectDisposedException>(call.Join());
            Assert.True(decoded > 0);
            Assert.Throws<ObjectDisposedException>(() =>
            {
                session.Decode(1);
            });
        }
    }

    [Fact]
    public void Sessions_can_be_created_while_their_model_is_disposed()
    {
        for (int round = 0; round < 30; round++)
        {
            IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom();
            using ManualResetEventSlim creating = new();
            BackgroundCall call = BackgroundCall.Start(() =>
            {
                while (true)
                {
                    using IDecoderSession session = model.CreateSession();
                    creating.Set();
                    session.Decode(1);
                }
            });
            BackgroundCall.Await(creating);
            Thread.SpinWait(round * 400);
            model.Dispose();
            Assert.IsType<ObjectDisposedException>(call.Join());
        }
    }

    [Fact]
    public void A_model_that_computes_alone_can_be_disposed_from_within_a_call()
    {
        using IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom(InstructionSets.Best, threads: 1);
        using IDecoderSession session = model.CreateSession();
        session.HiddenStates = (_, _, _) => model.Dispose();
        session.Prefill([1, 2, 3]);
        session.HiddenStates = null;
        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Decode(1);
        });
    }

    [Fact]
    public void A_model_whose_threads_are_at_work_refuses_to_be_disposed_from_within_and_is_as_before()
    {
        using IDecoderModel model = DeclaredModels.LongContext4096.LoadRandom(InstructionSets.Best, threads: 2);
        using IDecoderSession session = model.CreateSession();
        float[] expected = session.Prefill([1, 2, 3]).ToArray();
        session.Reset();
        session.HiddenStates = (_, _, _) => model.Dispose();
        Assert.Throws<InvalidOperationException>(() =>
        {
            session.Prefill([1, 2, 3]);
        });
        session.HiddenStates = null;
        Bits.AssertSame(expected, session.Prefill([1, 2, 3]), "logits after a refused disposal");
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            session.Decode(1);
        });
    }
}
