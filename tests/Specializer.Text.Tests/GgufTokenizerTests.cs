using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Specializer.Text.Reading;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>Tokenizers of GGUF files against those of the original files of the same model.</summary>
[Feature("gguf", "tokenizers")]
public sealed class GgufTokenizerTests
{
    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[] s_texts =
    [
        "the quick brown fox",
        "  The don't DON'T\n\n 12345 the<|endoftext|>the",
        "e\u0301 \u00E9 \u4E2D\u6587 \U0001F600",
        "<s>ab b</s> ab\u2581b  ",
        "",
    ];

    [Theory]
    [InlineData("gpt-2", null, false)]
    [InlineData("phi-2", null, false)]
    [InlineData("smollm", null, true)]
    [InlineData("starcoder", null, true)]
    [InlineData("llama-bpe", Llama3, false)]
    [InlineData("dbrx", Llama3, false)]
    [InlineData("qwen2", Qwen2, false)]
    public void Byte_level_vocabularies_are_those_of_tokenizer_json(string pre, string? pattern, bool digits)
    {
        JsonObject json = SmallTokenizers.ByteLevelJson("the the quick brown fox the there don't 12 345", 40);
        var steps = new JsonArray();
        if (digits)
        {
            steps.Add(JsonNode.Parse("""{"type":"Digits","individual_digits":true}"""));
        }

        if (pattern is not null)
        {
            steps.Add(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = pattern },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                }
            );
        }

        steps.Add(
            new JsonObject
            {
                ["type"] = "ByteLevel",
                ["add_prefix_space"] = false,
                ["trim_offsets"] = true,
                ["use_regex"] = pattern is null,
            }
        );
        json["pre_tokenizer"] = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = steps };
        json["normalizer"] = pre == "qwen2" ? JsonNode.Parse("""{"type":"NFC"}""") : null;
        json["model"]!["ignore_merges"] = pre == "llama-bpe";
        AssertSame(SmallTokenizers.Load(json), Parse(ByteLevel(json, pre).Add("tokenizer.ggml.add_bos_token", value: false)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SentencePiece_vocabularies_are_those_of_the_model_file(int type)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["tokenizer.model"], type == 1 ? SentencePieceModels.Small() : SentencePieceModels.SmallBpe());
        folder.Write("config.json", """{"model_type":"llama"}""");
        folder.Write("tokenizer_config.json", """{"add_bos_token":true,"add_eos_token":true}""");
        GgufBytes file = new GgufBytes()
            .Add("tokenizer.ggml.model", type == 1 ? "t5" : "llama")
            .Add("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>", "\u2581", "\u2581ab", "\u2581b", "a", "b"])
            .Add("tokenizer.ggml.scores", [0f, 0f, 0f, -3f, -2f, -2f, -4f, -4f])
            .Add("tokenizer.ggml.token_type", [2, 3, 3, 1, 1, 1, 1, 1])
            .Add("tokenizer.ggml.bos_token_id", 1u)
            .Add("tokenizer.ggml.eos_token_id", 2u)
            .Add("tokenizer.ggml.add_bos_token", value: true)
            .Add("tokenizer.ggml.add_eos_token", value: true)
            .Add("tokenizer.ggml.remove_extra_whitespaces", value: true);
        AssertSame(Tokenizer.Load(folder.Path), Parse(file));
    }

    [Fact]
    public void WordPiece_vocabularies_are_those_of_vocab_txt()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "quick", "##er", "f", "##ox", ",", "don", "'", "t", "1"];
        folder.Write("vocab.txt", string.Join('\n', words));
        GgufBytes file = new GgufBytes()
            .Add("tokenizer.ggml.model", "bert")
            .Add("tokenizer.ggml.pre", "jina-v2-en")
            .Add("tokenizer.ggml.tokens", Array.ConvertAll(words, Phantom))
            .Add("tokenizer.ggml.token_type", Array.ConvertAll(words, static word => word[0] == '[' ? 3 : 1))
            .Add("tokenizer.ggml.seperator_token_id", 3u)
            .Add("tokenizer.ggml.cls_token_id", 2u);
        Tokenizer tokenizer = Parse(file);
        AssertSame(Tokenizer.Load(folder.Path), tokenizer);
        Assert.Equal([2, 6, 7, 8, 9, 10, 3], tokenizer.Encode("Quicker fox,").Ids.ToArray());
    }

    [Fact]
    public void The_chat_template_and_its_special_tokens()
    {
        using var folder = new TemporaryFolder();
        JsonObject json = SmallTokenizers.ByteLevelJson("the the", 3);
        int end = json["model"]!["vocab"]!["<|endoftext|>"]!.GetValue<int>();
        File.WriteAllBytes(
            folder["model.gguf"],
            ByteLevel(json, "gpt-2")
                .Add("tokenizer.ggml.eos_token_id", (uint)end)
                .Add("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }}{{ eos_token }}{% endfor %}")
                .Add("tokenizer.chat_template.tool_use", "tools")
                .ToArray()
        );
        ChatTemplateSet set = ChatTemplateSet.Load(folder["model.gguf"]);
        Assert.Equal(["default", "tool_use"], set.Templates.Keys.Order());
        RenderedChat chat = set.Render([new ChatMessage("user", "the")]);
        Assert.Equal("the<|endoftext|>", chat.Text);
        Tokenizer tokenizer = Tokenizer.Load(folder["model.gguf"]);
        Assert.Equal(end, tokenizer.EncodeToIds(chat.Text, EncodeOptions.Bare)[^1]);
        Assert.True(tokenizer.IsSpecial(end));
        Assert.Equal([end], GenerationSettings.Load(folder["model.gguf"]).EndTokens);
    }

    [Theory]
    [InlineData("tokenizer.ggml.pre", "the pre-tokenizer 'kimi-k2' is not supported; expected one of chatglm-bpe")]
    public void An_unknown_split_is_refused_by_name(string place, string message)
    {
        JsonObject json = SmallTokenizers.ByteLevelJson("the the", 3);
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Parse(ByteLevel(json, "kimi-k2")));
        Assert.Equal(place, exception.Place);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Malformed =>
        new()
        {
            { "model", "tokenizer.ggml.model: the model 'rwkv' is not supported" },
            { "no tokens", "tokenizer.ggml.tokens: the token list is missing" },
            { "empty", "the list has 0 items; expected 1 to 1048576" },
            { "many", "the list has 1048577 items" },
            { "types", "tokenizer.ggml.token_type: 1 types for 2 tokens" },
            { "type", "tokenizer.ggml.token_type[1]: the type 7; expected a number from 1 to 6" },
            { "scores", "tokenizer.ggml.scores: 1 scores for 2 tokens" },
            { "nan", "tokenizer.ggml.scores[1]: the score is not finite" },
            { "twice", "occurs twice" },
            { "unknown", "no token represents unknown text" },
            { "two unknown", "a second token represents unknown text" },
            { "id", "tokenizer.ggml.bos_token_id: the id 2, but there are 2 tokens" },
            { "byte", "byte fallback is on, but there is no piece of type BYTE for <0x00>" },
            { "utf-8", "tokenizer.ggml.tokens[0]: the token is not valid UTF-8" },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_lists_are_reported_where_they_are(string kind, string message)
    {
        GgufBytes file = new GgufBytes().Add("tokenizer.ggml.model", kind == "model" ? "rwkv" : "llama");
        int[] types = kind switch
        {
            "types" => [2],
            "type" => [2, 7],
            "unknown" => [1, 1],
            "two unknown" => [2, 2],
            "byte" => [2, 6],
            _ => [2, 1],
        };
        switch (kind)
        {
            case "no tokens":
                break;
            case "empty":
                file.Add("tokenizer.ggml.tokens", Array.Empty<string>());
                break;
            case "many":
                file.AddArray("tokenizer.ggml.tokens", 8, (1 << 20) + 1, static writer => writer.Write(new byte[8 * ((1 << 20) + 1)]));
                break;
            case "utf-8":
                file.AddArray(
                    "tokenizer.ggml.tokens",
                    8,
                    1,
                    static writer =>
                    {
                        writer.Write(1L);
                        writer.Write((byte)0xFF);
                    }
                );
                break;
            default:
                // A byte token that is no byte: llama.cpp took its number as an index (llama.cpp#25969).
                file.Add(
                    "tokenizer.ggml.tokens",
                    [
                        "<unk>",
                        kind == "twice" ? "<unk>"
                        : kind == "byte" ? "<0x-1>"
                        : "a",
                    ]
                );
                break;
        }

        file.Add("tokenizer.ggml.scores", kind == "scores" ? [0f] : [0f, kind == "nan" ? float.NaN : 0f])
            .Add("tokenizer.ggml.token_type", types)
            .Add("tokenizer.ggml.bos_token_id", kind == "id" ? 2u : 1u);
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Parse(file));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_token_lists_are_refused_or_usable()
    {
        byte[][] originals =
        [
            ByteLevel(SmallTokenizers.ByteLevelJson("the the quick", 5), "llama-bpe").ToArray(),
            new GgufBytes()
                .Add("tokenizer.ggml.model", "llama")
                .Add("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>", "\u2581", "\u2581ab", "a", "b"])
                .Add("tokenizer.ggml.scores", [0f, 0f, 0f, -3f, -2f, -4f, -4f])
                .Add("tokenizer.ggml.token_type", [2, 3, 3, 1, 1, 1, 1])
                .Add("tokenizer.ggml.bos_token_id", 1u)
                .ToArray(),
        ];
        int count = DifferentialTests.Setting("SPECIALIZER_TEXT_MUTATIONS", 1500),
            first = DifferentialTests.Setting("SPECIALIZER_TEXT_SEED", 0);
        for (int seed = first; seed < first + count; seed++)
        {
            byte[] file = FileMutation.Apply(originals[seed % 2], new Random(seed));
            try
            {
                using GgufFile read = GgufFile.Parse(file, "file");
                var tokenizer = new Tokenizer(GgufTokenizerReader.Read(read));
                foreach (string text in s_texts)
                {
                    tokenizer.Decode(tokenizer.Encode(text).Ids);
                }
            }
            catch (Exception exception) when (exception is TokenizerException or WeightsException)
            {
                // The documented exceptions.
            }
        }
    }

    [Fact]
    public void A_file_without_a_tokenizer()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.gguf"], new GgufBytes().ToArray());
        Assert.Null(Tokenizer.TryLoad(folder["model.gguf"]));
        Assert.Null(ChatTemplateSet.TryLoad(folder["model.gguf"]));
        Assert.Contains(
            "the file has no tokenizer",
            Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder["model.gguf"])).Message,
            StringComparison.Ordinal
        );
        folder.Write("broken.gguf", "GGUF");
        Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder["broken.gguf"]));
        Assert.Throws<ChatTemplateException>(() => ChatTemplateSet.TryLoad(folder["broken.gguf"]));
    }

    /// <summary>The converter's spelling of a WordPiece token.</summary>
    private static string Phantom(string word) =>
        word[0] == '[' && word[^1] == ']' ? word
        : word.StartsWith("##", StringComparison.Ordinal) ? word[2..]
        : "\u2581" + word;

    private static GgufBytes ByteLevel(JsonObject json, string pre)
    {
        JsonNode model = json["model"]!;
        string[] tokens =
        [
            .. model["vocab"]!.AsObject().OrderBy(static pair => pair.Value!.GetValue<int>()).Select(static pair => pair.Key),
        ];
        string[] merges = [.. model["merges"]!.AsArray().Select(static merge => $"{merge![0]} {merge[1]}")];
        return new GgufBytes()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", pre)
            .Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.token_type", Array.ConvertAll(tokens, static token => token == "<|endoftext|>" ? 3 : 1))
            .Add("tokenizer.ggml.merges", merges);
    }

    private static Tokenizer Parse(GgufBytes file)
    {
        using GgufFile read = GgufFile.Parse(file.ToArray(), "file");
        return new Tokenizer(GgufTokenizerReader.Read(read));
    }

    private static void AssertSame(Tokenizer expected, Tokenizer actual)
    {
        Assert.Equal(expected.VocabularySize, actual.VocabularySize);
        IEnumerable<string> texts = s_texts.Concat(
            Enumerable.Range(0, 100).Select(static seed => new RandomText(new Random(seed)).Text(["the", "quick", "don't", "ab"]))
        );
        foreach (string text in texts)
        {
            int[] ids = expected.EncodeToIds(text);
            Assert.Equal(ids, actual.EncodeToIds(text));
            Assert.Equal(expected.Decode(ids), actual.Decode(ids));
            Assert.Equal(expected.EncodePair(text, "ab the").Ids.ToArray(), actual.EncodePair(text, "ab the").Ids.ToArray());
            Assert.Equal(Encoding.UTF8.GetByteCount(expected.Decode(ids, false)), Encoding.UTF8.GetByteCount(actual.Decode(ids, false)));
        }
    }
}
