using System;
using System.Threading;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Observers of hidden states: the states that they receive, and the effect of their exceptions.</summary>
[Feature("hidden-states")]
public sealed class HiddenStateObserverTests
{
    private static readonly DeclaredModel s_declared = DeclaredModels.BiasedReGlu;

    private readonly int[] _tokens = s_declared.RandomTokens(60);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 1)]
    public void An_exception_surfaces_in_the_caller_and_the_session_stays_usable(int threads, int failingLayer)
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession untouched = model.CreateSession();
        using IDecoderSession session = model.CreateSession();
        untouched.Prefill(_tokens.AsSpan(0, 10));
        session.Prefill(_tokens.AsSpan(0, 10));
        for (int round = 0; round < 5; round++)
        {
            TimeoutException thrown = new("of the observer");
            session.HiddenStates = (layer, position, _) =>
            {
                if (layer == failingLayer && position == 25)
                {
                    throw thrown;
                }
            };
            Assert.Same(
                thrown,
                Assert.Throws<TimeoutException>(() =>
                {
                    session.Prefill(_tokens.AsSpan(10));
                })
            );
            Assert.Equal(10, session.Position);
            session.HiddenStates = (_, _, _) => throw thrown;
            Assert.Same(
                thrown,
                Assert.Throws<TimeoutException>(() =>
                {
                    session.Decode(_tokens[10]);
                })
            );
            Assert.Equal(10, session.Position);
        }

        session.HiddenStates = null;
        Bits.AssertSame(untouched.Decode(_tokens[20]), session.Decode(_tokens[20]), "the next logits");
        Bits.AssertSame(untouched.Prefill(_tokens), session.Prefill(_tokens), "logits of a later prompt");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void They_are_called_on_the_callers_thread_layer_by_layer(int threads)
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession session = model.CreateSession();
        Thread caller = Thread.CurrentThread;
        (int Layer, int Position) last = (-1, -1);
        session.HiddenStates = (layer, position, hiddenState) =>
        {
            Assert.Same(caller, Thread.CurrentThread);
            Assert.Equal(BiasedReGlu.DModel, hiddenState.Length);
            Assert.True(layer == last.Layer ? position == last.Position + 1 : layer == last.Layer + 1 && position == 0);
            last = (layer, position);
        };
        session.Prefill(_tokens);
        Assert.Equal((BiasedReGlu.Layers, _tokens.Length - 1), last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void They_cannot_use_the_session_that_calls_them(int threads)
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession session = model.CreateSession();
        session.HiddenStates = (_, _, _) => session.Decode(1);
        Assert.Throws<InvalidOperationException>(() =>
        {
            session.Prefill(_tokens);
        });
        session.HiddenStates = (_, _, _) => session.Dispose();
        Assert.Throws<InvalidOperationException>(() =>
        {
            session.Prefill(_tokens);
        });
        session.HiddenStates = null;
        Assert.Equal(0, session.Position);
        session.Prefill(_tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void They_can_use_another_session_of_the_model(int threads)
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession session = model.CreateSession();
        using IDecoderSession other = model.CreateSession();
        float[] expected = other.Prefill(_tokens).ToArray();
        session.HiddenStates = (_, position, _) =>
        {
            if (position == 7)
            {
                other.Reset();
                Bits.AssertSame(expected, other.Prefill(_tokens), "logits of the inner session");
            }
        };
        Bits.AssertSame(expected, session.Prefill(_tokens), "logits of the outer session");
    }
}
