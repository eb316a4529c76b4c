using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;
using static Specializer.Fuzzing.LongRopeModels;

namespace Specializer.Fuzzing;

/// <summary>Calls that take a session past its original length: cancelled, failing, observed, forbidden, and without allocations.</summary>
[Feature("long-rope")]
public sealed class LongRopeCrossingTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void A_cancelled_crossing_leaves_the_session_as_it_was(int number, int threads)
    {
        using IDecoderModel model = Load(number, threads: threads);
        const int Before = Original - 2;
        int longest = model.Description.ContextLength;
        foreach (int cancelAt in new[] { 0, 9, Before, longest - 9 })
        {
            foreach (int next in new[] { Before + 1, Original, Original + 1, longest })
            {
                using IDecoderSession session = Prefilled(model, Before);
                Cancel(session, cancelAt, longest);
                Assert.Equal(Before, session.Position);
                float[] last = session.Prefill(Tokens.AsSpan(Before, next - Before)).ToArray();
                Comparison.AssertSame(Fresh(model, next), last, "after a cancelled call", next - 1);
            }
        }
    }

    [Fact]
    public void A_crossing_that_fails_leaves_the_session_as_it_was()
    {
        using IDecoderModel model = Load(0);
        IDecoderSession[] sessions = [Prefilled(model, 4), Prefilled(model, Original), Prefilled(model, Original + 2)];
        sessions[1].HiddenStates = static (layer, position, _) =>
        {
            if (layer == 1 && position == 12)
            {
                throw new TimeoutException();
            }
        };
        DecoderBatch batch = model.CreateBatch(3);
        int[] tokens = [.. sessions.Select(static session => Tokens[session.Position])];
        Assert.Throws<TimeoutException>(() => batch.Decode(sessions, tokens));
        Assert.Throws<TimeoutException>(() =>
        {
            sessions[1].Decode(0);
        });
        Assert.Equal([4, Original, Original + 2], sessions.Select(static session => session.Position));
        sessions[1].HiddenStates = null;
        batch.Decode(sessions, tokens);
        for (int i = 0; i < sessions.Length; i++)
        {
            int length = sessions[i].Position;
            Comparison.AssertSame(Fresh(model, length), batch.LogitsOf(i), "in a batch after one that failed", length - 1);
            sessions[i].Dispose();
        }
    }

    [Fact]
    public void What_is_wrong_is_said_before_anything_is_recomputed()
    {
        using IDecoderModel model = Load(0);
        using IDecoderSession session = Prefilled(model, Original);
        session.HiddenStates = static (_, _, _) => Assert.Fail("something is computed");
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            session.Decode(Vocabulary);
        });
        Assert.Throws<ArgumentException>(() =>
        {
            session.Prefill(new int[Longest]);
        });
        session.HiddenStates = null;
        Comparison.AssertSame(Fresh(model, Original + 1), session.Decode(Tokens[Original]), "after calls that were refused", Original);
    }

    [Fact]
    public void By_option_a_crossing_throws_before_anything_is_computed()
    {
        using IDecoderModel model = Load(0, crossing: OriginalLengthCrossing.Throw);
        using IDecoderSession session = Prefilled(model, 6);
        session.HiddenStates = static (_, _, _) => Assert.Fail("something is computed");
        string message = Assert
            .Throws<OriginalLengthException>(() =>
            {
                session.Prefill(Tokens.AsSpan(6, Original - 5));
            })
            .Message;
        Assert.Equal(
            "To add 16 to the 6 positions of the session, Model0 must recompute its cache: 22 positions exceed the original "
                + "length of 21 and need the long rotary factors; the 6 cached positions have the short ones. "
                + "ModelOptions.OriginalLengthCrossing is Throw, so nothing was computed. "
                + "Call Reset and prefill the whole sequence, or set the option to Recompute.",
            message
        );
        session.HiddenStates = null;
        ReadOnlySpan<float> last = session.Prefill(Tokens.AsSpan(6, Original - 6));
        Comparison.AssertSame(Fresh(model, Original), last, "up to the original length", Original - 1);
        Assert.Throws<OriginalLengthException>(() =>
        {
            session.Decode(0);
        });
        Assert.Throws<OriginalLengthException>(() => session.DecodeGreedy(0));

        // A prompt that is long from the start crosses nothing; what is kept of it has the long factors.
        using IDecoderSession prompted = Prefilled(model, Original + 1);
        Comparison.AssertSame(Fresh(model, Original + 2), prompted.Decode(Tokens[Original + 1]), "after a long prompt", Original + 1);
        prompted.Truncate(5);
        Assert.Contains(
            "6 positions are within the original length of 21 and need the short rotary factors; the 5 cached positions",
            Assert
                .Throws<OriginalLengthException>(() =>
                {
                    prompted.Decode(Tokens[5]);
                })
                .Message,
            StringComparison.Ordinal
        );
        last = prompted.Prefill(Tokens.AsSpan(5, Longest - 5));
        Comparison.AssertSame(Fresh(model, Longest), last, "after what was kept of a long prompt", Longest - 1);

        DecoderBatch batch = model.CreateBatch(2);
        using IDecoderSession other = Prefilled(model, 3);
        IDecoderSession[] both = [other, session];
        Assert.StartsWith(
            "To add 1 to the 21 positions of session 1 of the step, Model0 must recompute its cache",
            Assert.Throws<OriginalLengthException>(() => batch.Decode(both, [Tokens[3], 0])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal([3, Original], both.Select(static member => member.Position));
        Comparison.AssertSame(Fresh(model, 4), other.Decode(Tokens[3]), "after a step that was refused", 3);
    }

    [Fact]
    public void A_windows_session_that_throws_recomputes_nothing()
    {
        using IDecoderModel model = Load(1, crossing: OriginalLengthCrossing.Throw);
        using IDecoderSession session = Prefilled(model, LongestOfWindow);
        Assert.Throws<InvalidOperationException>(() => session.Truncate(3));
        session.Reset();
        session.Prefill(Tokens.AsSpan(0, Original + 1));
        Cancel(session, LongestOfWindow - 9, LongestOfWindow);
        Assert.Equal(0, session.Position);
    }

    [Fact]
    public void The_observer_gets_recomputed_states_again()
    {
        using IDecoderModel model = Load(0);
        Dictionary<(int Layer, int Position), (float[] State, int Times)> whole = [],
            grown = [];
        using IDecoderSession one = model.CreateSession();
        one.HiddenStates = (layer, position, state) => whole.Add((layer, position), (state.ToArray(), 1));
        one.Prefill(Tokens.AsSpan(0, Original + 2));
        using IDecoderSession other = model.CreateSession();
        other.HiddenStates = (layer, position, state) =>
            grown[(layer, position)] = (state.ToArray(), grown.GetValueOrDefault((layer, position)).Times + 1);
        other.Prefill(Tokens.AsSpan(0, Original));
        other.Decode(Tokens[Original]);
        other.Decode(Tokens[Original + 1]);
        Assert.Equal(whole.Count, grown.Count);
        foreach (((int layer, int position), (float[] state, int times)) in grown)
        {
            Assert.Equal(position < Original ? 2 : 1, times);
            Comparison.AssertSame(whole[(layer, position)].State, state, FormattableString.Invariant($"states of layer {layer}"), position);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_crossing_allocates_nothing(int threads)
    {
        using IDecoderModel model = Load(0, threads: threads);
        using IDecoderSession session = model.CreateSession();

        // The caller's thread alone: other tests allocate meanwhile, and workers run the same steps as without a crossing.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 6 && least > 0; attempt++)
        {
            session.Reset();
            session.Prefill(Tokens.AsSpan(0, Original));
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.Decode(Tokens[Original]);
            session.Truncate(Original - 1);
            session.DecodeGreedy(Tokens[Original - 1]);
            session.Prefill(Tokens.AsSpan(Original, 12));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>Prefills up to a length, and cancels when the states of a position are reported.</summary>
    private static void Cancel(IDecoderSession session, int position, int length)
    {
        using CancellationTokenSource source = new();
        session.HiddenStates = (_, at, _) =>
        {
            if (at == position)
            {
                source.Cancel();
            }
        };
        int[] tokens = Tokens[session.Position..length];
        Assert.Throws<OperationCanceledException>(() =>
        {
            session.Prefill(tokens, source.Token);
        });
        session.HiddenStates = null;
    }
}
