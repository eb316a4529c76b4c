using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>
/// Mutated files: only the documented exception, bounded time and memory. SPECIALIZER_TEXT_MUTATIONS says how many; 1,000,000 take some minutes.
/// </summary>
public sealed class HostileFileTests
{
    private static readonly string[] s_texts =
    [
        "Hello, world!",
        "don't \u4E2D\u6587 e\u0301\U0001F600",
        "<s>[CLS] tok\n\n  12345",
        "",
        new string('a', 300),
    ];

    [Fact]
    public void MutatedTokenizerJson()
    {
        int mutations = DifferentialTests.Setting("SPECIALIZER_TEXT_MUTATIONS", 4000);
        for (int i = 0; i < mutations; i++)
        {
            var random = new Random(i);
            byte[] file = Encoding.UTF8.GetBytes(new RandomTokenizer(i / 8).Root.ToJsonString());
            Try(i, Mutate(file, random), content => Tokenizer.FromJson(content));
        }
    }

    [Fact]
    public void MutatedVocabulariesAndTiktokenFiles()
    {
        byte[] tiktoken = Encoding.ASCII.GetBytes(
            string.Join('\n', Enumerable.Range(0, 256).Select(i => $"{Convert.ToBase64String([(byte)i])} {i}")) + "\naGU= 256\naGVs 257\n"
        );
        for (int i = 0; i < 2000; i++)
        {
            Try(i, Mutate(tiktoken, new Random(i)), content => Tokenizer.FromTiktoken(content, TiktokenEncoding.Cl100kBase));
        }
    }

    [Fact]
    public void MutatedSentencePieceModels()
    {
        byte[] model = SentencePieceModels.Small();
        Assert.Equal([4, 5], Tokenizer.FromSentencePiece(model).EncodeToIds("ab b"));
        int mutations = DifferentialTests.Setting("SPECIALIZER_TEXT_MUTATIONS", 4000);
        for (int i = 0; i < mutations; i++)
        {
            Try(i, Mutate(model, new Random(i)), content => Tokenizer.FromSentencePiece(content));
        }
    }

    [Theory]
    [InlineData("{}", "$.model")]
    [InlineData("[]", "$")]
    [InlineData("{\"version\":\"2.0\"}", "$.version")]
    [InlineData("{\"model\":{\"type\":\"Magic\"}}", "$.model.type")]
    [InlineData(
        "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"},{\"type\":\"Other\"}]}}",
        "$.normalizer.normalizers[1].type"
    )]
    [InlineData(
        "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(?>a)\"},\"behavior\":\"Isolated\",\"invert\":false}}",
        "$.pre_tokenizer.pattern.Regex"
    )]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":1,\"b\":1},\"unk_token\":\"a\"}}", "$.model.vocab")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\",\"b\"]]}}", "$.model.merges[0]")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"dropout\":0.1,\"vocab\":{},\"merges\":[]}}", "$.model.dropout")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"unk_id\":5,\"vocab\":[[\"a\",-1]]}}", "$.model.unk_id")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"\\ud800\":1},\"unk_token\":\"a\"}}", "$")]
    public void ErrorsSayTheirPlace(string json, string place)
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(place, exception.Place);
        Assert.StartsWith(place + ": ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALoneSurrogateIsRefused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => SmallTokenizers.ByteLevel().Encode("ab\uD800"));
        Assert.Contains("lone surrogate at index 2", exception.Message, StringComparison.Ordinal);
    }

    private static void Try(int seed, byte[] file, Func<byte[], Tokenizer> load)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            Tokenizer tokenizer = load(file);
            foreach (string text in s_texts)
            {
                try
                {
                    TokenSequence tokens = tokenizer.Encode(text);
                    tokenizer.Decode(tokens.Ids);
                    tokenizer.EncodeToIds(text, EncodeOptions.UserText);
                }
                catch (TokenizerException) { }
            }
        }
        catch (TokenizerException) { }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"seed {seed}: {exception}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 8L * file.Length + (64 << 20), $"seed {seed}: {allocated} bytes for a file of {file.Length}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"seed {seed}: {watch.Elapsed}");
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        var result = new List<byte>(file);
        for (int i = random.Next(1, 4); i > 0 && result.Count > 0; i--)
        {
            int place = random.Next(result.Count);
            switch (random.Next(6))
            {
                case 0:
                    result[place] = (byte)random.Next(256);
                    break;
                case 1:
                    result[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    result.RemoveRange(place, Math.Min(random.Next(1, 20), result.Count - place));
                    break;
                case 3:
                    result.InsertRange(place, result.GetRange(place, Math.Min(random.Next(1, 40), result.Count - place)));
                    break;
                case 4:
                    byte[] digits = Encoding.ASCII.GetBytes(
                        random.Next(3) switch
                        {
                            0 => "2147483647",
                            1 => "-1",
                            _ => "99999999999",
                        }
                    );
                    int digit = result.FindIndex(place, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        result.RemoveAt(digit);
                        result.InsertRange(digit, digits);
                    }

                    break;
                default:
                    result.RemoveRange(place, result.Count - place);
                    break;
            }
        }

        return [.. result];
    }
}
