using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Specializer.Text.Tests.Oracles;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests;

/// <summary>
/// The limits of speed, one thread, both sides in one run. SPECIALIZER_TEXT_SPEED=1 checks them; run these tests alone then,
/// because processor time is that of the process. Otherwise the speeds are only printed, with limits that distinguish quadratic
/// time from linear. The tests always check that nothing is allocated.
/// </summary>
[Feature("tokenizers")]
[Feature("speed")]
public sealed class SpeedTests(ITestOutputHelper output)
{
    private static bool Holds { get; } = Environment.GetEnvironmentVariable("SPECIALIZER_TEXT_SPEED") == "1";

    private static readonly SpeedCorpus s_corpus = new(seed: 5, words: 6000);

    [LibraryFact]
    public void WordPiece_beside_FastBertTokenizer()
    {
        string[] lines = s_corpus.VocabularyLines();
        var other = new FastBertTokenizer.BertTokenizer();
        using (var reader = new StringReader(string.Join('\n', lines) + "\n"))
        {
            other.LoadVocabulary(reader, convertInputToLowercase: true);
        }

        Tokenizer ours = SmallTokenizers.Load(SpeedCorpus.BertJson(lines));
        string[] texts = s_corpus.Texts(3000, 60);
        var ids = new int[4096];
        long[] otherIds = new long[4096],
            mask = new long[4096],
            types = new long[4096];
        int tokens = 0,
            otherTokens = 0;
        double own = Best(() =>
        {
            tokens = 0;
            foreach (string text in texts)
            {
                ours.TryEncode(text, ids, out int count);
                tokens += count;
            }
        });
        double theirs = Best(() =>
        {
            otherTokens = 0;
            foreach (string text in texts)
            {
                otherTokens += other.Encode(text, otherIds, mask, types);
            }
        });
        Assert.Equal(otherTokens, tokens);
        Report("WordPiece", own, theirs, tokens, 0.8, "FastBertTokenizer");
    }

    [LibraryFact]
    public void Byte_level_BPE_beside_the_library() => BesideTheLibrary("byte-level BPE", s_corpus.ByteLevelJson(), 5);

    [LibraryFact]
    public void SentencePiece_BPE_beside_the_library() => BesideTheLibrary("SentencePiece BPE", s_corpus.MetaspaceBpeJson(), 5);

    [LibraryFact]
    public void Unigram_beside_the_library() => BesideTheLibrary("Unigram", s_corpus.UnigramJson(), 3);

    [Theory]
    [InlineData("byte-level")]
    [InlineData("metaspace")]
    [InlineData("unigram")]
    [InlineData("wordpiece")]
    public void A_megabyte_without_a_space_takes_time_linear_in_it(string kind)
    {
        Tokenizer tokenizer = SmallTokenizers.Load(
            kind switch
            {
                "byte-level" => s_corpus.ByteLevelJson(),
                "metaspace" => s_corpus.MetaspaceBpeJson(),
                "unigram" => s_corpus.UnigramJson(),
                _ => SpeedCorpus.BertJson(s_corpus.VocabularyLines()),
            }
        );
        string text = string.Concat(s_corpus.Texts(1, 400_000)[0].Where(c => c is >= 'a' and <= 'z').Take(1_000_000));
        Assert.Equal(1_000_000, text.Length);
        foreach (string word in new[] { text, new string('a', 1_000_000) })
        {
            double one = ProcessorSeconds(() => tokenizer.CountTokens(word)),
                two = ProcessorSeconds(() => tokenizer.CountTokens(word + word));
            output.WriteLine($"{kind}: 1 MB {one:F3} s, 2 MB {two:F3} s, {two / one:F2} times");
            Assert.True(one < (Holds ? 0.5 : 5), $"1 MB took {one:F3} s");
            Assert.True(two < (Holds ? 1.15 : 10), $"2 MB took {two:F3} s");
        }
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        string text = s_corpus.Texts(1, 200)[0] + " caf\u00E9 \u4E2D\u6587";
        var ids = new int[4096];
        foreach (
            JsonNode json in new JsonNode[]
            {
                s_corpus.ByteLevelJson(),
                s_corpus.MetaspaceBpeJson(),
                s_corpus.UnigramJson(),
                SpeedCorpus.BertJson(s_corpus.VocabularyLines()),
            }
        )
        {
            Tokenizer tokenizer = SmallTokenizers.Load(json);
            for (int i = 0; i < 50; i++)
            {
                tokenizer.TryEncode(text, ids, out _);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
            {
                tokenizer.TryEncode(text, ids, out _);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private void BesideTheLibrary(string name, JsonObject json, double bar)
    {
        Tokenizer ours = SmallTokenizers.Load(json);
        using var library = new LibraryOracle(json.ToJsonString());
        string[] texts = s_corpus.Texts(400, 60);
        var ids = new int[8192];
        int tokens = 0,
            libraryTokens = 0;
        double own = Best(() =>
        {
            tokens = 0;
            foreach (string text in texts)
            {
                ours.TryEncode(text, ids, out int count);
                tokens += count;
            }
        });
        double theirs = Best(() =>
        {
            libraryTokens = 0;
            foreach (string text in texts)
            {
                libraryTokens += library.Count(text);
            }
        });
        Assert.Equal(libraryTokens, tokens);
        Report(name, own, theirs, tokens, bar, "the library");
    }

    private void Report(string name, double own, double theirs, int tokens, double bar, string other)
    {
        output.WriteLine(
            $"{name}: {tokens / own / 1e6:F1} M tokens/s, {other} {tokens / theirs / 1e6:F1} M tokens/s, {theirs / own:F2} times"
        );
        if (Holds)
        {
            Assert.True(theirs / own >= bar, $"{name}: {theirs / own:F2} times as fast as {other}, the bar is {bar}");
        }
    }

    // With limits, a second passes first: the JIT compiler optimizes methods in the background.
    private static double Best(Action action)
    {
        double best = double.MaxValue;
        var watch = Stopwatch.StartNew();
        while (Holds && watch.Elapsed.TotalSeconds < 1.5)
        {
            action();
        }

        watch.Restart();
        for (int i = 0; i < 30 && (i < 4 || watch.Elapsed.TotalSeconds < 3); i++)
        {
            best = Math.Min(best, ProcessorSeconds(action));
        }

        return best;
    }

    // Processor time of this thread's process: other processes do not count, and tests of this class run one after the other.
    private static double ProcessorSeconds(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
