using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Tests.Oracles;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>Folders without tokenizer.json against the file that transformers would write from them, read by the library.</summary>
[Feature("tokenizers")]
public sealed class LegacyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-legacy").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LibraryFact]
    public void A_RoBERTa_folder()
    {
        JsonObject json = SmallTokenizers.ByteLevelJson("the the quick brown fox the there don't", 30);
        var vocabulary = json["model"]!["vocab"]!.AsObject();
        var added = new JsonArray();
        foreach (string token in new[] { "<s>", "</s>", "<unk>", "<pad>", "<mask>" })
        {
            vocabulary[token] = vocabulary.Count;
            added.Add(Special(token, (int)vocabulary[token]!, leftStrip: token == "<mask>"));
        }

        Write("vocab.json", vocabulary.ToJsonString());
        Write("merges.txt", Merges(json));
        Write("config.json", """{"model_type":"roberta"}""");
        json["added_tokens"] = added;
        json["post_processor"] = JsonNode.Parse(
            $$"""
            {"type":"RobertaProcessing","sep":["</s>",{{vocabulary["</s>"]}}],"cls":["<s>",{{vocabulary["<s>"]}}],
             "trim_offsets":true,"add_prefix_space":false}
            """
        );
        Tokenizer tokenizer = AssertEqualsLibrary(json, ["the ", "quick", " fox", "<mask>", "</s>", "\u00E9", "\U0001F600", "don't"]);
        int begin = (int)vocabulary["<s>"]!,
            end = (int)vocabulary["</s>"]!,
            fox = tokenizer.EncodeToIds("the", EncodeOptions.Bare)[0];
        Assert.Equal([begin, fox, end, end, fox, end], tokenizer.EncodePair("the", "the").Ids.ToArray().Where(id => id != -1));
    }

    [LibraryFact]
    public void A_T5_folder()
    {
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), SentencePieceModels.Small());
        Write("config.json", """{"model_type":"t5"}""");
        (string, double)[] pieces =
        [
            ("<unk>", 0),
            ("<s>", 0),
            ("</s>", 0),
            ("\u2581", -3),
            ("\u2581ab", -2),
            ("\u2581b", -2),
            ("a", -4),
            ("b", -4),
        ];
        JsonArray added = [Special("<unk>", 0), Special("</s>", 2)];
        for (int i = 99; i >= 0; i--)
        {
            added.Add(Special($"<extra_id_{i}>", pieces.Length + 99 - i));
        }

        JsonObject json = new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"""),
            ["post_processor"] = Template([], ["</s>"], [2]),
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 0,
                ["vocab"] = new JsonArray([.. pieces.Select(piece => (JsonNode)new JsonArray(piece.Item1, piece.Item2))]),
            },
        };
        Tokenizer tokenizer = AssertEqualsLibrary(json, ["ab", "b", " b", " ab", "z", "a", "\u00E9\u00E8"]);
        Assert.Equal(pieces.Length + 99, tokenizer.TokenToId("<extra_id_0>"));
        Assert.Equal([4, pieces.Length + 99, 5, 2], tokenizer.EncodeToIds("ab<extra_id_0> b"));
    }

    [LibraryFact]
    public void A_LLaMA_folder()
    {
        var writer = new SentencePieceModelWriter
        {
            ModelType = 2,
            ByteFallback = true,
            RemoveExtraSpaces = false,
        };
        writer.Add("<unk>", 0, 2).Add("<s>", 0, 3).Add("</s>", 0, 3);
        for (int value = 0; value < 256; value++)
        {
            writer.Add($"<0x{value:X2}>", 0, 6);
        }

        string[] pieces = ["ab", "ba", "\u2581ab", "\u2581b", "abab", "\u2581\u2581", "\u2581", "a", "b"];
        for (int i = 0; i < pieces.Length; i++)
        {
            writer.Add(pieces[i], -i);
        }

        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.model"), writer.ToArray());
        Write("tokenizer_config.json", """{"tokenizer_class":"LlamaTokenizer","add_bos_token":true,"add_eos_token":false}""");
        var vocabulary = new JsonObject();
        string[] first = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")];
        foreach (string piece in (string[])[.. first, .. pieces])
        {
            vocabulary[piece] = vocabulary.Count;
        }

        JsonObject json = new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special("<unk>", 0), Special("<s>", 1), Special("</s>", 2)),
            ["normalizer"] = JsonNode.Parse(
                """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""
            ),
            ["post_processor"] = Template(["<s>"], [], [1]),
            ["decoder"] = JsonNode.Parse(
                """
                {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
                 {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
                """
            ),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("a b", "b a", "\u2581 ab", "\u2581 b", "ab ab", "\u2581 \u2581"),
            },
        };
        AssertEqualsLibrary(json, ["ab", "ba", " ", "  ", "a", "b", "\u00E9", "\U0001F600", "z"]);
    }

    [Theory]
    [InlineData("XLMRobertaTokenizer", "xlm-roberta")]
    [InlineData("CamembertTokenizer", "camembert")]
    public void A_folder_with_the_ids_of_fairseq(string tokenizerClass, string modelType)
    {
        int offset = modelType == "camembert" ? 4 : 1;
        File.WriteAllBytes(Path.Combine(_folder, "sentencepiece.bpe.model"), SentencePieceModels.Small());
        foreach (string settings in new[] { $$"""{"tokenizer_class":"{{tokenizerClass}}"}""", "{}" })
        {
            Write("tokenizer_config.json", settings);
            Write("config.json", $$"""{"model_type":"{{modelType}}"}""");
            Tokenizer tokenizer = Tokenizer.Load(_folder);
            int begin = tokenizer.TokenToId("<s>")!.Value,
                end = tokenizer.TokenToId("</s>")!.Value,
                mask = 8 + offset;
            Assert.Equal(offset == 1 ? (0, 2) : (5, 6), (begin, end));
            Assert.Equal((1, 3, mask), (tokenizer.TokenToId("<pad>"), tokenizer.TokenToId("<unk>"), tokenizer.TokenToId("<mask>")));
            Assert.Equal(mask + 1, tokenizer.VocabularySize);
            Assert.Equal([begin, 4 + offset, 5 + offset, end], tokenizer.EncodeToIds("ab b"));
            Assert.Equal([begin, 4 + offset, mask, end], tokenizer.EncodeToIds("ab <mask>"));
            Assert.Equal([begin, 3 + offset, 3, end], tokenizer.EncodeToIds("zz"));
            Assert.Equal([begin, 4 + offset, end, end, 5 + offset, end], tokenizer.EncodePair("ab", "b").Ids.ToArray());
            Assert.Equal("ab b", tokenizer.Decode(tokenizer.EncodeToIds("ab b")));
            Assert.DoesNotContain(begin, tokenizer.EncodeToIds("<s>", EncodeOptions.UserText));
        }
    }

    /// <summary>The ids that transformers documents: pieces moved by one, then 25 or 52 languages, then the mask.</summary>
    [Theory]
    [InlineData("MBartTokenizer", 25, "en_XX", 3)]
    [InlineData("MBart50Tokenizer", 52, "en_XX", 3)]
    [InlineData("MBart50Tokenizer", 52, "sl_SI", 51)]
    public void A_folder_of_mBART(string tokenizerClass, int languages, string source, int place)
    {
        File.WriteAllBytes(Path.Combine(_folder, "sentencepiece.bpe.model"), SentencePieceModels.Small());
        Write("tokenizer_config.json", $$"""{"tokenizer_class":"{{tokenizerClass}}","src_lang":"{{source}}"}""");
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        const int First = 9;
        int language = First + place;
        Assert.Equal((First, language), (tokenizer.TokenToId("ar_AR"), tokenizer.TokenToId(source)));
        Assert.Equal((First + languages, First + languages + 1), (tokenizer.TokenToId("<mask>"), tokenizer.VocabularySize));
        Assert.Equal(languages == 25 ? [5, 6, 2, language] : [language, 5, 6, 2], tokenizer.EncodeToIds("ab b"));
        Assert.Equal("ab b", tokenizer.Decode(tokenizer.EncodeToIds("ab b")));
        Assert.DoesNotContain(language, tokenizer.EncodeToIds(source, EncodeOptions.UserText with { AddSpecialTokens = false }));
    }

    [Fact]
    public void A_folder_of_M2M100()
    {
        File.WriteAllBytes(Path.Combine(_folder, "sentencepiece.bpe.model"), SentencePieceModels.Small());
        Write("vocab.json", """{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"▁b":4,"▁ab":5,"a":6,"▁":7}""");
        Write("config.json", """{"model_type":"m2m_100"}""");
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        Assert.Equal((8, 8 + 18, 107), (tokenizer.TokenToId("__af__"), tokenizer.TokenToId("__en__"), tokenizer.TokenToId("__zu__")));
        Assert.Equal(108, tokenizer.VocabularySize);
        Assert.Equal([26, 5, 4, 2], tokenizer.EncodeToIds("ab b"));
        Assert.Equal([26, 5, 3, 2], tokenizer.EncodeToIds("ab" + "b"));
        Assert.Equal("ab b", tokenizer.Decode([26, 5, 4, 2]));
        Assert.Equal([26, 5, 4, 2], tokenizer.EncodePair("ab", "b").Ids.ToArray());

        Write("tokenizer_config.json", """{"tokenizer_class":"M2M100Tokenizer","language_codes":"wmt21","src_lang":"de"}""");
        Assert.Equal([15, 5, 2], Tokenizer.Load(_folder).EncodeToIds("ab"));
        Write("tokenizer_config.json", """{"tokenizer_class":"M2M100Tokenizer","src_lang":"tlh"}""");
        Assert.Contains("__tlh__", Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
        Write("tokenizer_config.json", """{"tokenizer_class":"M2M100Tokenizer","language_codes":"nllb"}""");
        Assert.Contains("nllb", Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_PEGASUS()
    {
        byte[] model = new SentencePieceModelWriter()
            .Add("<pad>", 0, 3)
            .Add("</s>", 0, 3)
            .Add("<unk>", 0, 2)
            .Add("\u2581ab", -2)
            .Add("\u2581b", -2)
            .ToArray();
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), model);
        Write("config.json", """{"model_type":"pegasus"}""");
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        Assert.Equal([106, 107, 1], tokenizer.EncodeToIds("ab b"));
        Assert.Equal(105, tokenizer.TokenToId("<unk>"));
        Assert.Equal(
            (2, 3, 4, 104),
            (
                tokenizer.TokenToId("<mask_1>"),
                tokenizer.TokenToId("<mask_2>"),
                tokenizer.TokenToId("<unk_2>"),
                tokenizer.TokenToId("<unk_102>")
            )
        );
        Assert.Equal(108, tokenizer.VocabularySize);
        Assert.Equal("ab b", tokenizer.Decode([106, 107, 1]));
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), SentencePieceModels.Small());
        Assert.Contains("piece 0", Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [SentencePieceFact]
    public void XLM_RoBERTa_is_SentencePiece_with_other_ids()
    {
        var random = new RandomText(new Random(5));
        string[] words = ["de", "la", "maison", "Haus", "\u4E2D\u6587", "\u00E9t\u00E9", "going", "ing"];
        string Sentence() => string.Join(' ', Enumerable.Range(0, random.Next(9) + 1).Select(_ => random.Pick(words)));
        string[] texts =
        [
            .. Enumerable.Range(0, 100).Select(_ => Sentence() + random.Scalar().Replace("\0", "", StringComparison.Ordinal)),
        ];
        JsonNode answer = SentencePieceOracle.Run(
            new JsonObject
            {
                ["models"] = new JsonArray(
                    new JsonObject
                    {
                        ["options"] = new JsonObject
                        {
                            ["vocab_size"] = 60,
                            ["model_type"] = "unigram",
                            ["hard_vocab_limit"] = false,
                        },
                        ["sentences"] = new JsonArray([.. Enumerable.Range(0, 300).Select(_ => (JsonNode)Sentence())]),
                        ["texts"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
                        ["sequences"] = new JsonArray(),
                    }
                ),
            }
        )[0]!;
        File.WriteAllBytes(Path.Combine(_folder, "sentencepiece.bpe.model"), Convert.FromHexString((string)answer["model"]!));
        Write("config.json", """{"model_type":"xlm-roberta"}""");
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        for (int i = 0; i < texts.Length; i++)
        {
            IEnumerable<int> expected = answer["ids"]![i]!.AsArray().Select(id => (int)id! == 0 ? 3 : (int)id! + 1);
            Assert.Equal([0, .. expected, 2], tokenizer.EncodeToIds(texts[i]));
        }
    }

    [Fact]
    public void A_model_that_is_not_fairseqs_is_refused()
    {
        File.WriteAllBytes(
            Path.Combine(_folder, "sentencepiece.bpe.model"),
            new SentencePieceModelWriter().Add("a", 0).Add("<unk>", 0, 2).ToArray()
        );
        Write("config.json", """{"model_type":"xlm-roberta"}""");
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder));
        Assert.Contains("piece 0 is not '<unk>'", exception.Message, StringComparison.Ordinal);
    }

    private static JsonObject Special(string token, int id, bool leftStrip = false) =>
        new()
        {
            ["id"] = id,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = leftStrip,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        };

    private static JsonObject Template(string[] before, string[] after, int[] ids)
    {
        JsonArray Pieces(params string[] sequences)
        {
            var pieces = new JsonArray();
            foreach (string sequence in sequences)
            {
                foreach (string token in before)
                {
                    pieces.Add(JsonNode.Parse($$$"""{"SpecialToken":{"id":"{{{token}}}","type_id":0}}"""));
                }

                pieces.Add(JsonNode.Parse($$$"""{"Sequence":{"id":"{{{sequence}}}","type_id":0}}"""));
                foreach (string token in after)
                {
                    pieces.Add(JsonNode.Parse($$$"""{"SpecialToken":{"id":"{{{token}}}","type_id":0}}"""));
                }
            }

            return pieces;
        }

        string name = before.Concat(after).Single();
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Pieces("A"),
            ["pair"] = Pieces("A", "B"),
            ["special_tokens"] = JsonNode.Parse($$$"""{"{{{name}}}":{"id":"{{{name}}}","ids":[{{{ids[0]}}}],"tokens":["{{{name}}}"]}}"""),
        };
    }

    private static string Merges(JsonObject json) =>
        "#version: 0.2\n" + string.Join('\n', json["model"]!["merges"]!.AsArray().Select(m => $"{m![0]} {m[1]}")) + "\n";

    private Tokenizer AssertEqualsLibrary(JsonObject json, string[] parts)
    {
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        using var library = new LibraryOracle(json.ToJsonString());
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            var text = new StringBuilder(parts[random.Next(parts.Length)].TrimStart());
            for (int k = random.Next(8); k > 0; k--)
            {
                text.Append(parts[random.Next(parts.Length)]);
            }

            string value = text.ToString();
            int[] expected = library.Encode(value)!;
            Assert.True(
                expected.AsSpan().SequenceEqual(tokenizer.EncodeToIds(value)),
                $"{DifferentialFuzzer.Show(value)}: library {string.Join(' ', expected)}, ours {string.Join(' ', tokenizer.EncodeToIds(value))}"
            );
            if (!expected.Contains(tokenizer.TokenToId("<unk>")!.Value))
            {
                // Left out of a text, it leaves spaces that SentencePiece itself and the fast classes trim differently.
                Assert.Equal(library.Decode(expected), tokenizer.Decode(expected));
            }
        }

        return tokenizer;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
