using System;
using System.IO;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Specializer.Text.Tests.Generation;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>The cross-encoder of the fixtures.</summary>
[Transformer("Configurations/reranker/config.json")]
public sealed partial class TinyReranker;

/// <summary>The question-answering model of the fixtures.</summary>
[Transformer("Configurations/answerer/config.json")]
public sealed partial class TinyAnswerer;

/// <summary>The embedding model of the fixtures.</summary>
[Transformer("Configurations/embedder/config.json")]
[Pooling(PoolingKind.Mean, Normalize = true)]
public sealed partial class TinyEmbedder;

/// <summary>The fixture of XLM-RoBERTa, with its own pooler.</summary>
[Transformer("Configurations/pooler/config.json")]
public sealed partial class TinyPooler;

/// <summary>Labels tokens.</summary>
[Transformer("Configurations/tagger/config.json")]
public sealed partial class TinyTagger;

/// <summary>Predicts masked tokens.</summary>
[Transformer("Configurations/masked/config.json")]
public sealed partial class TinyMasked;

/// <summary>Sorts texts into three classes.</summary>
[Transformer("Configurations/sorter/config.json")]
public sealed partial class TinySorter;

/// <summary>Tokenizers and folders for the tiny models.</summary>
internal static class TinyParts
{
    /// <summary>The words of the tokenizer of the tagger, the masked model and the sorter, in the order of their ids.</summary>
    public static readonly string[] Words =
    [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "the",
        "red",
        "fox",
        "##es",
        "run",
        "##s",
        "in",
        "new",
        "york",
        "ann",
        "##a",
        "smith",
        "and",
        "paris",
        "sees",
        ".",
        "a",
        "b",
        "c",
    ];

    /// <summary>WordPiece with [CLS] and [SEP], in lower case.</summary>
    public static Tokenizer WordPiece { get; } = SmallTokenizers.Load(WordPieceJson());

    public static JsonObject WordPieceJson() =>
        Bert(
            Words,
            new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["strip_accents"] = null,
                ["lowercase"] = true,
            }
        );

    /// <summary>A tokenizer with one letter for each id of a fixture, framed as given.</summary>
    /// <param name="letters">The tokens by id.</param>
    /// <param name="single">The frame of a text: special tokens, and A for the text.</param>
    /// <param name="pair">The frame of a pair: special tokens, and A and B for the texts, with :1 for type 1.</param>
    /// <param name="special">The special tokens, by their ids.</param>
    public static JsonObject Letters(string letters, string single, string pair, string special)
    {
        var vocabulary = new JsonObject();
        foreach (char letter in letters)
        {
            vocabulary[letter.ToString()] = vocabulary.Count;
        }

        var used = new JsonObject();
        foreach (char letter in special)
        {
            used[letter.ToString()] = new JsonObject
            {
                ["id"] = letter.ToString(),
                ["ids"] = new JsonArray(letters.IndexOf(letter, StringComparison.Ordinal)),
                ["tokens"] = new JsonArray(letter.ToString()),
            };
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "WhitespaceSplit" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = Frame(single),
                ["pair"] = Frame(pair),
                ["special_tokens"] = used,
            },
            ["model"] = new JsonObject
            {
                ["type"] = "WordLevel",
                ["vocab"] = vocabulary,
                ["unk_token"] = letters[0].ToString(),
            },
        };
    }

    public static T WithWeights<T>(string fixture, Func<WeightsSource, ModelOptions?, T> load)
    {
        using SafetensorsFile weights = SafetensorsFile.Open(SharedData.Path("fixtures", fixture, "model.safetensors"));
        return load(weights, null);
    }

    public static T WithRandomWeights<T>(TensorTable table, int seed, Func<WeightsSource, ModelOptions?, T> load)
    {
        using SafetensorsFile weights = SmallWeights.Random(table, seed);
        return load(weights, null);
    }

    public static string Configuration(string name) =>
        File.ReadAllText(
            Path.Combine(RepositoryFiles.Root, "tests", "Specializer.Text.Tests", "Pipelines", "Configurations", name, "config.json")
        );

    private static JsonObject Bert(string[] words, JsonObject normalizer)
    {
        var vocabulary = new JsonObject();
        foreach (string word in words)
        {
            vocabulary[word] = vocabulary.Count;
        }

        var added = new JsonArray();
        for (int id = 0; id < 5; id++)
        {
            added.Add(
                new JsonObject
                {
                    ["id"] = id,
                    ["content"] = words[id],
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = true,
                }
            );
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "BertProcessing",
                ["sep"] = new JsonArray("[SEP]", 3),
                ["cls"] = new JsonArray("[CLS]", 2),
            },
            ["decoder"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["prefix"] = "##",
                ["cleanup"] = true,
            },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        };
    }

    private static JsonArray Frame(string frame)
    {
        var result = new JsonArray();
        foreach (string part in frame.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int type = part.EndsWith(":1", StringComparison.Ordinal) ? 1 : 0;
            string name = part.Split(':')[0];
            result.Add(
                name is "A" or "B"
                    ? new JsonObject
                    {
                        ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type },
                    }
                    : new JsonObject
                    {
                        ["SpecialToken"] = new JsonObject { ["id"] = name, ["type_id"] = type },
                    }
            );
        }

        return result;
    }
}
