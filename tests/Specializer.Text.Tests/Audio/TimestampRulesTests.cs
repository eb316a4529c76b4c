using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Text.Audio;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>Whisper's rules of timestamps against their plain form, on random logits and one by one.</summary>
[Feature("speech")]
public sealed class TimestampRulesTests
{
    private const int First = SpeechFolder.FirstTimestamp;
    private static readonly TranscriptionSettings s_plain = SpeechFolder.Settings with
    {
        SuppressedTokens = [],
        FirstSuppressedTokens = [],
    };

    [Fact]
    public void Random_windows_are_those_of_the_plain_rules()
    {
        int texts = 0,
            timestamps = 0,
            ends = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            TranscriptionSettings settings = SpeechFolder.Settings with
            {
                MaximumInitialTimestamp = random.Next(3) switch
                {
                    0 => null,
                    1 => random.Next(60),
                    _ => 20,
                },
                FirstSuppressedTokens = random.Next(2) == 0 ? [] : [3, 40],
            };
            bool hasTimestamps = random.Next(8) > 0;
            var rules = new TimestampRules(settings, SpeechFolder.Vocabulary, hasTimestamps);
            double bias = random.NextDouble() * 8;
            var generated = new List<int>();
            for (int step = 0; step < 14; step++)
            {
                float[] logits =
                [
                    .. Enumerable
                        .Range(0, SpeechFolder.Vocabulary)
                        .Select(token => (float)(random.NextDouble() * 4 + (token < First ? bias : 0))),
                ];
                int token = rules.Choose(logits, generated.ToArray());
                Assert.Equal(PlainWhisper.Choose(logits, generated, settings, hasTimestamps), token);
                texts += token < SpeechFolder.End ? 1 : 0;
                timestamps += token >= First ? 1 : 0;
                if (token == SpeechFolder.End)
                {
                    ends++;
                    break;
                }

                generated.Add(token);
            }
        }

        Assert.True(texts > 1000 && timestamps > 1000 && ends > 100, $"{texts} texts, {timestamps} timestamps, {ends} ends");
    }

    [Theory]
    // The first token is a timestamp, at most the maximum.
    [InlineData("", "5 49 55 71", 55)]
    [InlineData("", "5 70", 70)]
    // After the first timestamp: text.
    [InlineData("55", "60 7", 7)]
    // After text and a timestamp: a second timestamp that is not earlier, or the end.
    [InlineData("55 7 60", "8 59 60", 60)]
    [InlineData("55 7 60", "8 40 59", 40)]
    // After a pair: no third timestamp.
    [InlineData("55 7 60 60", "61 9", 9)]
    // Segments are not empty: after text, only later timestamps.
    [InlineData("55 7", "55 56", 56)]
    [InlineData("55 7 60 60 8", "60 61", 61)]
    public void Rules(string generated, string preferred, int expected)
    {
        int[] order = [.. preferred.Split(' ').Select(int.Parse)];
        // The preferred tokens have decreasing logits, all others low ones.
        float[] logits = new float[SpeechFolder.Vocabulary];
        logits.AsSpan().Fill(-50);
        for (int i = 0; i < order.Length; i++)
        {
            logits[order[i]] = 50 - 5 * i;
        }

        var rules = new TimestampRules(s_plain, logits.Length, true);
        Assert.Equal(expected, rules.Choose(logits, [.. generated.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]));
    }

    [Fact]
    public void Timestamps_that_are_together_more_probable_than_any_text_exclude_text()
    {
        float[] logits = new float[SpeechFolder.Vocabulary];
        logits[7] = 3;
        var rules = new TimestampRules(s_plain, logits.Length, true);
        // 45 timestamps of exp(0) are more than exp(3) = 20, and fewer than exp(4) = 55.
        Assert.Equal(First + 6, rules.Choose(logits, [First + 5, 9]));
        logits[7] = 4;
        Assert.Equal(7, rules.Choose(logits, [First + 5, 9]));
    }

    [Fact]
    public void A_window_without_allowed_tokens_ends_and_NaN_is_refused()
    {
        float[] logits = new float[SpeechFolder.Vocabulary];
        logits.AsSpan().Fill(float.NegativeInfinity);
        var rules = new TimestampRules(s_plain, logits.Length, true);
        Assert.Equal(SpeechFolder.End, rules.Choose(logits, []));
        logits[5] = float.NaN;
        Assert.Throws<InvalidOperationException>(() => rules.Choose(logits, [First, 5]));
    }

    [Fact]
    public void Random_tokens_are_divided_as_published()
    {
        int later = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            int latest = First;
            int[] tokens =
            [
                .. Enumerable
                    .Range(0, random.Next(12))
                    .Select(_ => random.Next(2) == 0 ? random.Next(48) : latest = Math.Min(First + 50, latest + random.Next(10))),
            ];
            int length = random.Next(1, 101);
            var segments = new List<WindowSegment>();
            int advance = WindowTokens.Divide(tokens, SpeechFolder.Settings, length, segments);
            var expected = PlainWhisper.Divide(tokens, SpeechFolder.Settings, length);
            Assert.Equal(expected.Advance, advance);
            Assert.Equal(expected.Segments.Count, segments.Count);
            for (int i = 0; i < segments.Count; i++)
            {
                Assert.Equal((expected.Segments[i].Start, expected.Segments[i].End), (segments[i].Start, segments[i].End));
                Assert.Equal(expected.Segments[i].Text, segments[i].Tokens);
            }

            later += advance < length ? 1 : 0;
        }

        Assert.True(later > 300, $"{later} windows overlap");
    }
}
