using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>
/// Mutated files: only the documented exception, bounded time and memory. SPECIALIZER_TEXT_MUTATIONS is the number of files per
/// test, and SPECIALIZER_TEXT_SEED the first seed; 1,000,000 files take some minutes.
/// </summary>
[Feature("tokenizers")]
public sealed class HostileFileTests : IDisposable
{
    private static readonly string[] s_texts =
    [
        "Hello, world!",
        "don't \u4E2D\u6587 e\u0301\U0001F600",
        "<s>[CLS] tok\n\n  12345",
        "",
        new string('a', 300),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-hostile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mutated_tokenizer_JSON()
    {
        byte[] file = [];
        foreach (int i in Seeds(4000))
        {
            if (i % 8 == 0 || file.Length == 0)
            {
                file = Encoding.UTF8.GetBytes(new RandomTokenizer(i / 8).Root.ToJsonString());
            }

            Try(i, file.Length, () => Tokenizer.FromJson(FileMutation.Apply(file, new Random(i))));
        }
    }

    [Fact]
    public void Mutated_files_of_folders()
    {
        foreach (int i in Seeds(1500))
        {
            var random = new Random(i);
            IReadOnlyList<(string Name, byte[] Content)> files = RandomFolder.Draw(random);
            int mutated = random.Next(files.Count);
            int length = 0;
            for (int k = 0; k < files.Count; k++)
            {
                byte[] content = k == mutated ? FileMutation.Apply(files[k].Content, random) : files[k].Content;
                File.WriteAllBytes(Path.Combine(_folder, files[k].Name), content);
                length += content.Length;
            }

            Try(i, length, () => Tokenizer.Load(_folder));
            foreach ((string name, _) in files)
            {
                File.Delete(Path.Combine(_folder, name));
            }
        }
    }

    [Fact]
    public void Mutated_tiktoken_files()
    {
        foreach (int i in Seeds(2000))
        {
            var random = new Random(i);
            byte[] file = FileMutation.Apply(RandomFolder.Tiktoken(random), random);
            Try(i, file.Length, () => Tokenizer.FromTiktoken(file, TiktokenEncoding.Cl100kBase));
        }
    }

    [Fact]
    public void Mutated_SentencePiece_models()
    {
        Assert.Equal([4, 5], Tokenizer.FromSentencePiece(SentencePieceModels.Small()).EncodeToIds("ab b"));
        foreach (int i in Seeds(4000))
        {
            byte[] file = FileMutation.Apply(i % 4 == 0 ? SentencePieceModels.Small() : SentencePieceModels.Random(i), new Random(i));
            Try(i, file.Length, () => Tokenizer.FromSentencePiece(file));
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
    public void Errors_say_their_place(string json, string place)
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(place, exception.Place);
        Assert.StartsWith(place + ": ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => SmallTokenizers.ByteLevel().Encode("ab\uD800"));
        Assert.Contains("lone surrogate at index 2", exception.Message, StringComparison.Ordinal);
    }

    internal static IEnumerable<int> Seeds(int orElse) =>
        Enumerable.Range(
            DifferentialTests.Setting("SPECIALIZER_TEXT_SEED", 0),
            DifferentialTests.Setting("SPECIALIZER_TEXT_MUTATIONS", orElse)
        );

    private static void Try(int seed, int length, Func<Tokenizer> load)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            Tokenizer tokenizer = load();
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
        catch (TokenizerException exception)
        {
            Assert.False(string.IsNullOrWhiteSpace(exception.Message), $"seed {seed}: an error without a message");
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"seed {seed}: {exception}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 8L * length + (64 << 20), $"seed {seed}: {allocated} bytes for a file of {length}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"seed {seed}: {watch.Elapsed}");
    }
}
