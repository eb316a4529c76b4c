using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Specializer.TestKit;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>The sources and forced tokens of translation and summarization, compared with the generator on hand-made tokens.</summary>
[Feature("pipelines")]
public sealed class RewritingTests
{
    private static readonly int s_end = SmallParts.EndToken;

    private static readonly string s_settings =
        $$"""{ "decoder_start_token_id": 3, "eos_token_id": {{s_end}}, "max_new_tokens": 6, "num_beams": 2, "length_penalty": 0.6 }""";

    [Fact]
    public async Task Language_tokens_are_replaced_in_the_source_and_forced_in_the_target()
    {
        using SmallTranslator model = Model();
        using var folder = new TemporaryFolder();
        Write(folder, "de_DE", "en_XX", "__fr__", ">>ita<<");
        folder.Write("config.json", "{}");
        using Translator translator = Translator.Load(model, folder.Path);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        int Id(string token) => tokenizer.TokenToId(token)!.Value;
        int[] text = tokenizer.EncodeToIds("the fox", EncodeOptions.Bare);

        // The tokenizer frames a text as mBART's does: language, text, end.
        Assert.Equal([Id("en_XX"), .. text, s_end], tokenizer.EncodeToIds("the fox"));
        await Check(translator.TranslateAsync("the fox"), model, tokenizer, [Id("en_XX"), .. text, s_end], null);
        await Check(
            translator.TranslateAsync("the fox", from: "de_DE", to: "fr"),
            model,
            tokenizer,
            [Id("de_DE"), .. text, s_end],
            Id("__fr__")
        );
        await Check(translator.TranslateAsync("the fox", to: "ita"), model, tokenizer, [Id(">>ita<<"), Id("en_XX"), .. text, s_end], null);
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => translator.TranslateAsync("a", to: "zz"));
        Assert.StartsWith("The model does not support the language 'zz'", exception.Message, StringComparison.Ordinal);
        GeneratedText[] both = await translator.TranslateAsync(["the fox", "there"], from: "de_DE", to: "fr");
        Assert.Equal((await translator.TranslateAsync("there", from: "de_DE", to: "fr")).Text, both[1].Text);
    }

    [Fact]
    public async Task Tasks_have_a_prefix_and_settings_of_their_own()
    {
        using SmallTranslator model = Model();
        using var folder = new TemporaryFolder();
        Write(folder, "en_XX");
        folder.Write(
            "config.json",
            """
            {
              "prefix": "quick ",
              "task_specific_params": {
                "translation_en_to_de": { "prefix": "brown ", "num_beams": 1, "max_new_tokens": 3 },
                "summarization": { "prefix": "fox ", "num_beams": 3, "no_repeat_ngram_size": 1, "min_length": 5 }
              }
            }
            """
        );
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        GenerationSettings settings = GenerationSettings.Load(folder.Path);
        using Translator translator = Translator.Load(model, folder.Path);
        using Summarizer summarizer = Summarizer.Load(model, folder.Path);
        await Check(translator.TranslateAsync("the"), model, tokenizer, tokenizer.EncodeToIds("quick the"), null);
        await Check(
            translator.TranslateAsync("the", "en", "de"),
            model,
            tokenizer,
            tokenizer.EncodeToIds("brown the"),
            null,
            settings with
            {
                Beams = 1,
                MaximumNewTokens = 3,
            }
        );
        await Check(
            summarizer.SummarizeAsync("the"),
            model,
            tokenizer,
            tokenizer.EncodeToIds("fox the"),
            null,
            settings with
            {
                Beams = 3,
                NoRepeatNgramSize = 1,
                MinimumLength = 5,
            }
        );
    }

    [Fact]
    public async Task Long_sources_are_errors_or_truncated()
    {
        using SmallTranslator model = Model();
        using var folder = new TemporaryFolder();
        Write(folder, "en_XX");
        folder.Write("config.json", "{}");
        using Summarizer strict = Summarizer.Load(model, folder.Path, new RewritingOptions { MaximumLength = 5 });
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => strict.SummarizeAsync("the the the the"));
        Assert.StartsWith("Text 0 has ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("at most 5 are allowed. Shorten the text, or allow truncation.", exception.Message, StringComparison.Ordinal);
        using Summarizer lax = Summarizer.Load(model, folder.Path, new RewritingOptions { MaximumLength = 5, Truncate = true });
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        int[] tokens = tokenizer.EncodeToIds("the the the the");
        await Check(lax.SummarizeAsync("the the the the"), model, tokenizer, [.. tokens.Take(4), s_end], null);
        Assert.Throws<ArgumentException>(() => Summarizer.Load(model, folder.Path, new RewritingOptions { MaximumLength = 65 }));
        using SmallDecoder decoder = SmallParts.RandomDecoder(1);
        Assert.StartsWith(
            "SmallDecoder is not an encoder-decoder of tokens",
            Assert.Throws<NotSupportedException>(() => Summarizer.Load(decoder, folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static SmallTranslator Model()
    {
        using SafetensorsFile weights = SmallWeights.Random(SmallTranslator.Tensors, 9);
        return SmallTranslator.Load(weights);
    }

    /// <summary>A folder whose tokenizer puts en_XX before and the end token after a text.</summary>
    private static void Write(TemporaryFolder folder, params string[] languages)
    {
        JsonObject json = SmallParts.TokenizerJson();
        JsonObject vocabulary = json["model"]!["vocab"]!.AsObject();
        var ids = new Dictionary<string, int>();
        foreach (string language in languages)
        {
            ids[language] = vocabulary.Count;
            json["added_tokens"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["id"] = vocabulary.Count,
                        ["content"] = language,
                        ["single_word"] = false,
                        ["lstrip"] = false,
                        ["rstrip"] = false,
                        ["normalized"] = false,
                        ["special"] = true,
                    }
                );
            vocabulary[language] = vocabulary.Count;
        }

        string end = vocabulary.First(static pair => pair.Value!.GetValue<int>() == s_end).Key;
        JsonObject Special(string token) =>
            new()
            {
                ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 },
            };
        JsonObject Text() =>
            new()
            {
                ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 },
            };
        JsonObject Known(string token, int id) =>
            new()
            {
                ["id"] = token,
                ["ids"] = new JsonArray(id),
                ["tokens"] = new JsonArray(token),
            };
        json["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special("en_XX"), Text(), Special(end)),
            ["pair"] = new JsonArray(
                Special("en_XX"),
                Text(),
                new JsonObject
                {
                    ["Sequence"] = new JsonObject { ["id"] = "B", ["type_id"] = 0 },
                },
                Special(end)
            ),
            ["special_tokens"] = new JsonObject { ["en_XX"] = Known("en_XX", ids["en_XX"]), [end] = Known(end, s_end) },
        };
        folder.Write("tokenizer.json", json.ToJsonString());
        folder.Write("generation_config.json", s_settings);
    }

    private static async Task Check(
        Task<GeneratedText> actual,
        SmallTranslator model,
        Tokenizer tokenizer,
        int[] source,
        int? first,
        GenerationSettings? settings = null
    )
    {
        settings ??= GenerationSettings.Parse(System.Text.Encoding.UTF8.GetBytes(s_settings));
        using var generator = new TextGenerator(model, tokenizer, settings with { ForcedFirstToken = first });
        GeneratedText expected = await generator.GenerateTokensAsync(source);
        GeneratedText found = await actual;
        Assert.Equal((expected.Text, expected.Usage, expected.Finish), (found.Text, found.Usage, found.Finish));
    }
}
