using System;
using System.Collections.Generic;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Tests.Oracles;
using Xunit;

namespace Specializer.Text.Tests;

[Feature("streaming-decoder")]
public sealed class StreamingDecoderTests
{
    [LibraryFact]
    public void Parts_joined_equal_the_librarys_whole_on_random_sequences()
    {
        int sequences = 0;
        for (int seed = 1000; sequences < 10_000; seed++)
        {
            string json = new RandomTokenizer(seed).Root.ToJsonString();
            if (!TryLoad(json, out Tokenizer? tokenizer))
            {
                continue;
            }

            using var oracle = new LibraryOracle(json);
            var random = new Random(seed);
            for (int i = 0; i < 50; i++, sequences++)
            {
                var ids = new int[random.Next(20)];
                for (int k = 0; k < ids.Length; k++)
                {
                    ids[k] = random.Next(tokenizer!.VocabularySize + 2);
                }

                var text = new StringBuilder();
                StreamingDecoder decoder = tokenizer!.CreateStreamingDecoder();
                foreach (int id in ids)
                {
                    AppendWhole(text, decoder.Append(id));
                }

                AppendWhole(text, decoder.Complete());
                Assert.Equal(oracle.Decode(ids), text.ToString());

                // In two parts at every position, on the same decoder: it restarted.
                int cut = random.Next(ids.Length + 1);
                text.Clear();
                text.Append(decoder.Append(ids.AsSpan(0, cut))).Append(decoder.Append(ids.AsSpan(cut))).Append(decoder.Complete());
                Assert.Equal(tokenizer.Decode(ids), text.ToString());
            }
        }
    }

    [Fact]
    public void Text_comes_as_soon_as_it_is_certain()
    {
        Tokenizer tokenizer = SmallTokenizers.ByteLevel();
        int[] ids = tokenizer.EncodeToIds("a\U0001F600b");
        var parts = new List<string>();
        StreamingDecoder decoder = tokenizer.CreateStreamingDecoder();
        foreach (int id in ids)
        {
            parts.Add(decoder.Append(id).ToString());
        }

        Assert.Equal(["a", "", "", "", "\U0001F600", "b"], parts);
        Assert.Equal("", decoder.Complete().ToString());
        decoder.Append(ids.AsSpan(0, 3));
        Assert.Equal("\uFFFD", decoder.Complete().ToString());
    }

    [Fact]
    public void Streaming_allocates_nothing_per_token()
    {
        Tokenizer tokenizer = SmallTokenizers.ByteLevel();
        int[] ids = tokenizer.EncodeToIds("The quick brown fox \u4E2D\u6587 jumps");
        StreamingDecoder decoder = tokenizer.CreateStreamingDecoder();
        foreach (int id in ids)
        {
            decoder.Append(id);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            foreach (int id in ids)
            {
                decoder.Append(id);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AppendWhole(StringBuilder text, ReadOnlySpan<char> part)
    {
        Assert.False(part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])), "half a character");
        text.Append(part);
    }

    private static bool TryLoad(string json, out Tokenizer? tokenizer)
    {
        try
        {
            tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(json));
            return true;
        }
        catch (TokenizerException)
        {
            tokenizer = null;
            return false;
        }
    }
}
