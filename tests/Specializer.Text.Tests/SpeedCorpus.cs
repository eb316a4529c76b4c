using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests;

/// <summary>Text like English in its word lengths and frequencies, made of syllables, and vocabularies learned from it.</summary>
internal sealed class SpeedCorpus
{
    private static readonly string[] s_syllables =
    [
        "the",
        "an",
        "ing",
        "er",
        "on",
        "re",
        "st",
        "al",
        "en",
        "ed",
        "ti",
        "or",
        "is",
        "com",
        "pro",
        "ly",
        "ate",
        "be",
        "con",
        "de",
        "ver",
        "in",
        "tion",
        "ma",
        "li",
    ];

    private readonly int _seed;
    private readonly string[] _words;
    private JsonObject? _byteLevel;
    private JsonObject? _metaspace;

    public SpeedCorpus(int seed, int words)
    {
        _seed = seed;
        var random = new Random(seed);
        var known = new HashSet<string>();
        while (known.Count < words)
        {
            known.Add(string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_syllables[random.Next(s_syllables.Length)])));
        }

        _words = [.. known];
    }

    public string[] Texts(int count, int wordsEach)
    {
        var random = new Random(_seed + 1);
        var result = new string[count];
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (int w = 0; w < wordsEach; w++)
            {
                string word = Draw(random);
                text.Append(w % 12 == 0 ? char.ToUpperInvariant(word[0]) + word[1..] : word);
                text.Append(
                    w % 12 == 11 ? ". "
                    : w % 7 == 6 ? ", "
                    : " "
                );
            }

            result[i] = text.ToString();
        }

        return result;
    }

    /// <summary>BERT's vocabulary: special tokens, characters, frequent words, and continuations.</summary>
    public string[] VocabularyLines()
    {
        var lines = new List<string> { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" };
        var known = new HashSet<string>(lines);
        void Add(string line)
        {
            if (known.Add(line))
            {
                lines.Add(line);
            }
        }

        for (char c = '!'; c <= '~'; c++)
        {
            Add(char.ToLowerInvariant(c).ToString());
            Add("##" + char.ToLowerInvariant(c));
        }

        foreach (string word in _words.Take(_words.Length * 3 / 4))
        {
            Add(word);
        }

        foreach (string syllable in s_syllables)
        {
            Add(syllable);
            Add("##" + syllable);
        }

        return [.. lines];
    }

    public static JsonObject BertJson(string[] lines)
    {
        var vocabulary = new JsonObject();
        for (int i = 0; i < lines.Length; i++)
        {
            vocabulary[lines[i]] = i;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([
                .. lines
                    .Take(5)
                    .Select(
                        (line, i) =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["id"] = i,
                                    ["content"] = line,
                                    ["single_word"] = false,
                                    ["lstrip"] = false,
                                    ["rstrip"] = false,
                                    ["normalized"] = false,
                                    ["special"] = true,
                                }
                    ),
            ]),
            ["normalizer"] = JsonNode.Parse(
                """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"""
            ),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"BertPreTokenizer"}"""),
            ["post_processor"] = JsonNode.Parse("""{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"WordPiece","prefix":"##","cleanup":true}"""),
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

    public JsonObject ByteLevelJson() => _byteLevel ??= SmallTokenizers.ByteLevelJson(Sample(), 500);

    public JsonObject MetaspaceBpeJson() => _metaspace ??= SmallTokenizers.ByteLevelJson(Sample(), 500, byteLevel: false);

    public JsonObject UnigramJson()
    {
        var vocab = new JsonArray(new JsonArray("<unk>", 0.0));
        var random = new Random(_seed + 2);
        void Add(string piece, double score) =>
            vocab.Add(new JsonArray(piece, JsonNode.Parse(score.ToString("F6", CultureInfo.InvariantCulture))));
        for (char c = '!'; c <= '~'; c++)
        {
            Add(c.ToString(), -12 - random.NextDouble());
        }

        Add("\u2581", -8);
        foreach (string syllable in s_syllables.Distinct())
        {
            Add(syllable, -9 - random.NextDouble());
        }

        foreach (string word in _words)
        {
            Add("\u2581" + word, -7 - 4 * random.NextDouble());
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 0,
                ["byte_fallback"] = false,
                ["vocab"] = vocab,
            },
        };
    }

    private string Sample() => string.Join(' ', Texts(1, 4000)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // Rank r with a frequency of about 1 / r.
    private string Draw(Random random) =>
        _words[(int)Math.Min(_words.Length - 1, Math.Exp(random.NextDouble() * Math.Log(_words.Length)) - 1)];
}
