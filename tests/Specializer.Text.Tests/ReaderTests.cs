using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Patterns;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Unicode;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>Older files compared with the equivalent tokenizer.json.</summary>
[Feature("tokenizers")]
public sealed class ReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-text").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Vocab_txt_is_BERT()
    {
        var corpus = new SpeedCorpus(3, 200);
        string[] lines = corpus.VocabularyLines();
        Write("vocab.txt", string.Join('\n', lines) + "\n");
        AssertEqualEncodings(SmallTokenizers.Load(SpeedCorpus.BertJson(lines)), Tokenizer.Load(_folder), corpus);
        Write("tokenizer_config.json", """{"do_lower_case": false}""");
        Tokenizer cased = Tokenizer.Load(_folder);
        Assert.Contains(cased.TokenToId("[UNK]")!.Value, cased.EncodeToIds("Qx"));
    }

    [Fact]
    public void Vocab_JSON_and_merges_are_GPT2()
    {
        var corpus = new SpeedCorpus(3, 200);
        var json = corpus.ByteLevelJson();
        Write("vocab.json", json["model"]!["vocab"]!.ToJsonString());
        Write(
            "merges.txt",
            "#version: 0.2\n" + string.Join('\n', json["model"]!["merges"]!.AsArray().Select(m => $"{m![0]} {m[1]}")) + "\n"
        );
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        AssertEqualEncodings(SmallTokenizers.Load(json), tokenizer, corpus);
        Assert.True(tokenizer.IsSpecial(tokenizer.TokenToId("<|endoftext|>")!.Value));
    }

    [Fact]
    public void Tiktoken_merges_by_the_rank_of_the_result()
    {
        string[] tokens = ["he", "hel", "lo", "hell", "hello", " w", "or", " wor", "ld"];
        var lines = new StringBuilder();
        for (int i = 0; i < 256; i++)
        {
            lines.Append(Convert.ToBase64String([(byte)i])).Append(' ').Append(i).Append('\n');
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            lines.Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(tokens[i]))).Append(' ').Append(256 + i).Append('\n');
        }

        Tokenizer tokenizer = Tokenizer.FromTiktoken(Encoding.ASCII.GetBytes(lines.ToString()), TiktokenEncoding.Cl100kBase);
        Assert.Equal([260, 263, 264], tokenizer.EncodeToIds("hello world"));
        Assert.Equal([259, 's'], tokenizer.EncodeToIds("hells"));
        Assert.Equal([100257], tokenizer.EncodeToIds("<|endoftext|>"));
        Assert.Equal("hello world", tokenizer.Decode([260, 263, 264, 100257]));
        var random = new RandomText(new Random(3));
        for (int i = 0; i < 500; i++)
        {
            string text = random.Text(tokens);
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text, EncodeOptions.UserText)));
            Assert.Equal(SlowTiktoken(text, tokens), tokenizer.EncodeToIds(text, EncodeOptions.UserText));
        }
    }

    [Fact]
    public void Marian_looks_pieces_up_in_its_vocabulary()
    {
        File.WriteAllBytes(Path.Combine(_folder, "source.spm"), SentencePieceModels.Small());
        File.WriteAllBytes(Path.Combine(_folder, "target.spm"), SentencePieceModels.Small());
        Write("vocab.json", """{"</s>":0,"<unk>":1,"▁ab":2,"▁b":3,"a":4,"b":5,"▁":6,">>de<<":7,"<pad>":8}""");
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        Assert.Equal([7, 2, 3, 0], tokenizer.EncodeToIds(">>de<< ab b"));
        Assert.Equal("ab b", tokenizer.Decode([7, 2, 3, 0]));
    }

    [Fact]
    public void A_folder_without_a_tokenizer_says_what_it_expected()
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder));
        Assert.Contains("tokenizer.json", exception.Message, StringComparison.Ordinal);
        Assert.Null(Tokenizer.TryLoad(_folder));
    }

    [Fact]
    public void A_stream_is_read_to_its_end()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(SmallTokenizers.ByteLevelJson("a a", 1).ToJsonString()));
        Assert.Equal("a", Tokenizer.FromJson(stream).Decode([97]));
    }

    private static int[] SlowTiktoken(string text, string[] tokens)
    {
        var ranks = new Dictionary<string, int>();
        for (int i = 0; i < 256; i++)
        {
            ranks[Convert.ToHexString([(byte)i])] = i;
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            ranks[Convert.ToHexString(Encoding.UTF8.GetBytes(tokens[i]))] = 256 + i;
        }

        var result = new List<int>();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var matches = new MatchIterator(PatternFactory.General(Cl100kScanner.Pattern), bytes);
        while (matches.MoveNext())
        {
            List<string> parts = [.. bytes[matches.Start..matches.End].Select(b => Convert.ToHexString([b]))];
            if (ranks.TryGetValue(string.Concat(parts), out int whole))
            {
                result.Add(whole);
                continue;
            }

            while (true)
            {
                int best = -1;
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if (
                        ranks.TryGetValue(parts[i] + parts[i + 1], out int rank)
                        && (best < 0 || rank < ranks[parts[best] + parts[best + 1]])
                    )
                    {
                        best = i;
                    }
                }

                if (best < 0)
                {
                    break;
                }

                parts[best] += parts[best + 1];
                parts.RemoveAt(best + 1);
            }

            result.AddRange(parts.Select(p => ranks[p]));
        }

        return [.. result];
    }

    private static void AssertEqualEncodings(Tokenizer expected, Tokenizer actual, SpeedCorpus corpus)
    {
        foreach (string text in corpus.Texts(20, 30).Append("Caf\u00E9 \u4E2D\u6587 don't").Append(""))
        {
            Assert.Equal(expected.EncodeToIds(text), actual.EncodeToIds(text));
            Assert.Equal(expected.Decode(expected.EncodeToIds(text)), actual.Decode(actual.EncodeToIds(text)));
        }
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
