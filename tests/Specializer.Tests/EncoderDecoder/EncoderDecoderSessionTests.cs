using System;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>Arguments that a session of an encoder-decoder rejects, without a change of its state.</summary>
[Feature("encoder-decoder")]
public sealed class EncoderDecoderSessionTests
{
    [SharedDataFact]
    public void Nothing_is_decoded_before_a_source_is_encoded()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        Assert.Contains(
            "Call Encode first",
            Assert
                .Throws<InvalidOperationException>(() =>
                {
                    session.Prefill([1]);
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Call Encode first",
            Assert
                .Throws<InvalidOperationException>(() =>
                {
                    session.Decode(1);
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Call Encode first",
            Assert.Throws<InvalidOperationException>(() => session.DecodeEach([1])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Call Encode first",
            Assert.Throws<InvalidOperationException>(() => session.Branch([0])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Call Encode first",
            Assert.Throws<InvalidOperationException>(() => session.CopyEncoderOutput(new float[128])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0, session.Position);
    }

    [SharedDataFact]
    public void Sources_that_cannot_be_are_refused_and_the_one_before_stays()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        session.Encode(Pronunciation.Source("stay"));
        float[] expected = session.Prefill([Pronunciation.Start]).ToArray();

        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => session.Encode([])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "has 65 tokens; BartPronunciation encodes at most 64",
            Assert.Throws<ArgumentException>(() => session.Encode(new int[65])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Token 1 of the source is 63",
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Encode([0, 63])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Token 0 of the source is -1",
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Encode([-1])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<OperationCanceledException>(() => session.Encode([1], new CancellationToken(canceled: true)));

        Assert.Equal(6, session.EncodedLength);
        Assert.Equal(1, session.Position);
        session.Reset();
        Assert.Equal(expected, session.Prefill([Pronunciation.Start]).ToArray());
    }

    [SharedDataFact]
    public void The_longest_source_and_a_full_context_are_computed()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[] tokens = [.. Enumerable.Range(0, 64).Select(static i => 4 + (i * 7 % 59))];
        session.Encode(tokens);
        float[] whole = session.Prefill(tokens).ToArray();
        Assert.All(whole, static logit => Assert.True(float.IsFinite(logit)));
        Assert.Throws<ArgumentException>(() =>
        {
            session.Decode(4);
        });
        Assert.Throws<ArgumentException>(() => session.DecodeEach([4]));
        Assert.Equal(64, session.Position);
    }

    [SharedDataFact]
    public void Sequences_that_cannot_be_are_refused()
    {
        using BartPronunciation model = Pronunciation.Load();
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateSession(0));
        Assert.Contains(
            "decodes 1 to 64 sequences",
            Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateSession(65)).Message,
            StringComparison.Ordinal
        );
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 2);
        session.Encode([1, 2]);
        session.Prefill([1]);
        Assert.Throws<ArgumentException>(() => session.Branch([]));
        Assert.Throws<ArgumentException>(() => session.Branch([0, 0, 0]));
        Assert.Contains(
            "Parent 1 is sequence 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Branch([0, 1])).Message,
            StringComparison.Ordinal
        );
        session.Branch([0, 0]);
        Assert.Contains(
            "1 tokens for 2 sequences",
            Assert.Throws<ArgumentException>(() => session.DecodeEach([1])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => session.DecodeEach([1, 63]));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            session.LogitsOf(2);
        });
        Assert.Equal(1, session.Position);
    }

    [SharedDataFact]
    public void Further_sequences_cost_their_caches_only()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> one = model.CreateSession();
        using ISequenceToSequenceSession<TokenInput> four = model.CreateSession(sequences: 4);
        Assert.Equal(BartPronunciation.SessionBytes, one.SessionBytes);
        Assert.Equal(3 * BartPronunciation.SequenceBytes, four.SessionBytes - one.SessionBytes);

        // One layer's keys and values, 64 positions of 128 each.
        Assert.Equal(2 * 64 * 128 * sizeof(float), BartPronunciation.SequenceBytes);
    }

    [SharedDataFact]
    public void Disposed_sessions_and_models_say_so()
    {
        BartPronunciation model = Pronunciation.Load();
        ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        ISequenceToSequenceSession<TokenInput> other = model.CreateSession();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Encode([1]));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => other.Encode([1]));
        Assert.Throws<ObjectDisposedException>(() => model.CreateSession());
        other.Dispose();
    }

    [SharedDataFact]
    public void A_second_call_during_a_call_is_refused()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        Exception? refused = null;
        session.SourceHiddenStates = (_, _, _) => refused ??= Record.Exception(() => session.Encode([1]));
        session.Encode([1, 2]);
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Equal(2, session.EncodedLength);
    }

    [SharedDataFact]
    public void Nothing_is_allocated_by_calls()
    {
        using BartPronunciation model = Pronunciation.Load(new ModelOptions { Threads = 1 });
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 2);
        int[] source = Pronunciation.Source("nothing");
        int[] tokens = new int[20];
        long Once()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.Encode(source);
            GreedySearch.Generate(session, [Pronunciation.Start], tokens);
            session.Branch([0, 0]);
            session.DecodeEach([5, 6]);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, Enumerable.Range(0, 6).Select(_ => Once()).ToArray().Min());
    }
}
