using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

[Feature("beam-search")]
public sealed class BeamSearchTests
{
    public static TheoryData<int, double, BeamStopping, int> Options
    {
        get
        {
            var options = new TheoryData<int, double, BeamStopping, int>();
            foreach (BeamStopping stopping in Enum.GetValues<BeamStopping>())
            {
                options.Add(1, 1, stopping, 1);
                options.Add(3, 1, stopping, 2);
                options.Add(4, 0, stopping, 4);
                options.Add(4, 2, stopping, 4);
                options.Add(5, -1, stopping, 3);
            }

            return options;
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Options))]
    public void Finds_what_the_reference_finds(int beams, double lengthPenalty, BeamStopping stopping, int wanted)
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(beams);
        using ISequenceToSequenceSession<TokenInput> single = model.CreateSession();
        foreach (string word in new[] { "kernel", "read", "a" })
        {
            var options = new BeamSearchOptions
            {
                Beams = beams,
                EndToken = Pronunciation.End,
                MaximumTokens = 12,
                LengthPenalty = lengthPenalty,
                Stopping = stopping,
                Hypotheses = wanted,
                SuppressedTokens = [0, 3],
            };
            int[] source = Pronunciation.Source(word);
            session.Encode(source);
            single.Encode(source);
            IReadOnlyList<GeneratedSequence> expected = BeamSearchReference.Search(single, [Pronunciation.Start], options, longest: 12);
            IReadOnlyList<GeneratedSequence> actual = new BeamSearch(session, options).Run([Pronunciation.Start]);

            Assert.Equal(expected.Count, actual.Count);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i].Tokens, actual[i].Tokens);
                Assert.Equal(expected[i].Score, actual[i].Score, 1e-5);
                Assert.Equal(expected[i].LogProbability, actual[i].LogProbability, 1e-4);
            }
        }
    }

    /// <summary>Each of several tokens ends a hypothesis: the word's end, and two sounds that most words have.</summary>
    [SharedDataTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Each_of_several_end_tokens_ends_a_hypothesis(int beams)
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(beams);
        using ISequenceToSequenceSession<TokenInput> single = model.CreateSession();
        var endings = new HashSet<int>();
        foreach (string word in new[] { "kernel", "read", "transformer" })
        {
            session.Encode(Pronunciation.Source(word));
            single.Encode(Pronunciation.Source(word));
            var options = new BeamSearchOptions
            {
                Beams = beams,
                EndToken = Pronunciation.End,
                MaximumTokens = 12,
                Hypotheses = beams,
            };
            int[] alone = [.. new BeamSearch(session, options).Run([Pronunciation.Start])[0].Tokens];
            options = options with { EndTokens = [Pronunciation.End, alone[^2], alone[1]] };
            Assert.Equal(Pronunciation.End, options.EndToken);
            session.Reset();
            IReadOnlyList<GeneratedSequence> found = new BeamSearch(session, options).Run([Pronunciation.Start]);
            Assert.Equal(
                BeamSearchReference
                    .Search(single, [Pronunciation.Start], options, longest: 12)
                    .Select(static sequence => sequence.Tokens.ToArray()),
                found.Select(static sequence => sequence.Tokens.ToArray())
            );
            Assert.All(found, sequence => Assert.DoesNotContain(sequence.Tokens.SkipLast(1), options.EndTokens.Contains));
            endings.UnionWith(found.Select(static sequence => sequence.Tokens[^1]));

            session.Reset();
            int[] greedy = new int[60];
            int count = GreedySearch.Generate(session, [Pronunciation.Start], greedy, options.EndTokens.ToArray());
            Assert.Equal(1, greedy.Take(count).Count(options.EndTokens.Contains));
            Assert.Contains(greedy[count - 1], options.EndTokens);
        }

        Assert.True(endings.Count > 1);
    }

    [Fact]
    public void One_end_token_and_several_take_each_others_place()
    {
        var options = new BeamSearchOptions { EndToken = 2 };
        Assert.Equal([2], options.EndTokens);
        Assert.Equal(options, new BeamSearchOptions { EndToken = 2 });
        Assert.Equal([5, 6], (options with { EndTokens = [5, 6] }).EndTokens);
        Assert.Equal(5, (options with { EndTokens = [5, 6] }).EndToken);
        Assert.Equal([7], (options with { EndTokens = [5, 6] } with { EndToken = 7 }).EndTokens);
        Assert.Empty((options with { EndToken = -1 }).EndTokens);
        Assert.Equal(-1, (options with { EndTokens = [] }).EndToken);
    }

    /// <summary>With a beam for every token nothing of two tokens is missed, so that the best is the best of all.</summary>
    [SharedDataFact]
    public void With_beams_enough_it_is_exhaustive()
    {
        using BartPronunciation model = Pronunciation.Load();
        int vocabulary = model.Description.VocabularySize;
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(vocabulary);
        using ISequenceToSequenceSession<TokenInput> single = model.CreateSession();
        session.Encode(Pronunciation.Source("oh"));
        single.Encode(Pronunciation.Source("oh"));
        var all = new List<(int[] Tokens, double Score)>();
        double[] first = BeamSearchReference.LogProbabilities(single, [Pronunciation.Start]);
        for (int token = 0; token < vocabulary; token++)
        {
            if (token == Pronunciation.End)
            {
                all.Add(([token], first[token]));
                continue;
            }

            double[] second = BeamSearchReference.LogProbabilities(single, [Pronunciation.Start, token]);
            all.AddRange(second.Select((logarithm, next) => (new[] { token, next }, (first[token] + logarithm) / 2)));
        }

        IReadOnlyList<GeneratedSequence> found = new BeamSearch(
            session,
            new BeamSearchOptions
            {
                Beams = vocabulary,
                EndToken = Pronunciation.End,
                MaximumTokens = 2,
                Hypotheses = 5,
            }
        ).Run([Pronunciation.Start]);
        Assert.Equal(
            all.OrderByDescending(static sequence => sequence.Score).Take(5).Select(static sequence => sequence.Tokens),
            found.Select(static sequence => sequence.Tokens.ToArray())
        );
    }

    [SharedDataFact]
    public void One_beam_is_greedy()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        session.Encode(Pronunciation.Source("quantization"));
        int[] greedy = new int[60];
        int count = GreedySearch.Generate(session, [Pronunciation.Start], greedy, Pronunciation.End);
        session.Reset();
        var search = new BeamSearch(session, new BeamSearchOptions { Beams = 1, EndToken = Pronunciation.End });

        Assert.Equal(greedy.Take(count), search.Run([Pronunciation.Start])[0].Tokens);
    }

    [SharedDataFact]
    public void A_search_that_fills_the_context_ends_there()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 2);
        session.Encode(Pronunciation.Source("long"));
        var search = new BeamSearch(session, new BeamSearchOptions { Beams = 2, EndToken = -1 });

        // The last token is generated at the last position and not processed any more.
        Assert.Equal(session.ContextLength, search.Run([Pronunciation.Start])[0].Tokens.Count);
        session.Reset();
        int[] greedy = new int[100];
        Assert.Equal(session.ContextLength, GreedySearch.Generate(session, [Pronunciation.Start], greedy));
    }

    [SharedDataFact]
    public void Nothing_is_allocated_per_token()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 4);
        session.Encode(Pronunciation.Source("allocation"));
        long Allocated(int tokens)
        {
            var search = new BeamSearch(
                session,
                new BeamSearchOptions
                {
                    Beams = 4,
                    EndToken = -1,
                    MaximumTokens = tokens,
                }
            );
            search.Run([Pronunciation.Start]);
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 5; attempt++)
            {
                session.Reset();
                long before = GC.GetAllocatedBytesForCurrentThread();
                search.Run([Pronunciation.Start]);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                session.Reset();
            }

            return least;
        }

        // The result holds the tokens, four bytes each, which is the only difference.
        session.Reset();
        Assert.Equal(Allocated(20) + (20 * sizeof(int)), Allocated(40));
    }

    [SharedDataFact]
    public void A_cancelled_search_stops()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        session.Encode(Pronunciation.Source("stop"));
        var search = new BeamSearch(session, new BeamSearchOptions { Beams = 1, EndToken = Pronunciation.End });
        Assert.Throws<OperationCanceledException>(() => search.Run([Pronunciation.Start], new CancellationToken(canceled: true)));
    }

    [SharedDataFact]
    public void Wrong_options_are_refused()
    {
        using BartPronunciation model = Pronunciation.Load();
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 2);
        BeamSearchOptions options = new() { Beams = 2, EndToken = Pronunciation.End };
        Assert.Contains(
            "created for 2 sequences; 3 beams",
            Assert.Throws<ArgumentException>(() => new BeamSearch(session, options with { Beams = 3 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Hypotheses is 3, but a search with 2 beams returns at most 2",
            Assert.Throws<ArgumentException>(() => new BeamSearch(session, options with { Hypotheses = 3 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "token ids are 0 to 62",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, options with { EndToken = 63 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "An end token is -1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, options with { EndTokens = [2, -1] })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "neither EndToken nor EndTokens",
            Assert.Throws<ArgumentException>(() => new BeamSearch(session, new BeamSearchOptions { Beams = 2 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "An end token is 63",
            Assert
                .Throws<ArgumentOutOfRangeException>(() => GreedySearch.Generate(session, [Pronunciation.Start], new int[1], [2, 63]))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "A suppressed token is -1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(session, options with { SuppressedTokens = [-1] })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "All 63 tokens are suppressed",
            Assert
                .Throws<ArgumentException>(() => new BeamSearch(session, options with { SuppressedTokens = [.. Enumerable.Range(0, 63)] }))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => options with { Beams = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => options with { LengthPenalty = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => options with { MaximumTokens = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => options with { Hypotheses = 0 });
    }
}
