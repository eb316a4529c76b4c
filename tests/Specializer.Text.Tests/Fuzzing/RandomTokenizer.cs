using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Unicode;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Draws a small tokenizer.json: any model with any vocabulary, and any of the other components.</summary>
internal sealed partial class RandomTokenizer
{
    private readonly Random _random;
    private readonly RandomText _text;
    private readonly List<string> _words = [];
    private readonly HashSet<string> _vocabulary = new(StringComparer.Ordinal);

    public RandomTokenizer(int seed)
    {
        _random = new Random(seed);
        _text = new RandomText(_random);
        bool byteLevel = Chance(0.3);
        JsonObject model = Model(byteLevel);
        JsonArray added = AddedTokens();
        Root = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = added,
            ["normalizer"] = Chance(0.6) ? Normalizer(0) : null,
            ["pre_tokenizer"] =
                byteLevel ? BytePreTokenizer()
                : Chance(0.8) ? PreTokenizer(0)
                : null,
            ["post_processor"] = Chance(0.6) ? PostProcessor() : null,
            ["decoder"] = Chance(0.85) ? Decoder(0, byteLevel) : null,
            ["model"] = model,
        };
        if (Chance(0.3))
        {
            Root["truncation"] = Truncation();
        }

        if (Chance(0.25))
        {
            Root["padding"] = Padding();
        }
    }

    /// <summary>The file.</summary>
    public JsonObject Root { get; }

    /// <summary>A text for it.</summary>
    public string Text() => _text.Text(_words);

    /// <summary>A word of so many bytes, without a space unless the vocabulary has one.</summary>
    public string LongWord(int bytes) => _text.LongWord(_words, bytes);

    private bool Chance(double probability) => _text.Chance(probability);

    private string Pick(params string[] items) => items[_random.Next(items.Length)];

    private static JsonObject Of(string type, params (string Name, JsonNode? Value)[] members)
    {
        var result = new JsonObject { ["type"] = type };
        foreach ((string name, JsonNode? value) in members)
        {
            result[name] = value;
        }

        return result;
    }

    // ---- models ----
    private JsonObject Model(bool byteLevel) =>
        byteLevel
            ? Bpe(byteLevel: true)
            : _random.Next(4) switch
            {
                0 => Bpe(byteLevel: false),
                1 => WordPiece(),
                2 => Unigram(),
                _ => WordLevel(),
            };

    private List<string> Alphabet(bool byteLevel)
    {
        var alphabet = new List<string>();
        if (byteLevel)
        {
            double share = Chance(0.6) ? 1 : 0.8;
            for (int value = 0; value < 256; value++)
            {
                if (Chance(share))
                {
                    alphabet.Add(char.ConvertFromUtf32(ByteAlphabet.ToScalar((byte)value)));
                }
            }

            return alphabet;
        }

        int count = _random.Next(3, 40);
        for (int i = 0; i < count; i++)
        {
            alphabet.Add(_text.Scalar());
        }

        if (Chance(0.7))
        {
            alphabet.AddRange(["\u2581", " ", "e", "t", "a", "o", "n", "\u0301", "\u0120"]);
        }

        return alphabet;
    }

    private string Unknown() => Pick("<unk>", "[UNK]", "\u2047");

    private void AddByteTokens(List<string> tokens)
    {
        double share = Chance(0.7) ? 1 : 0.9;
        for (int value = 0; value < 256; value++)
        {
            if (Chance(share))
            {
                tokens.Add($"<0x{value:X2}>");
            }
        }
    }

    private JsonObject Bpe(bool byteLevel)
    {
        string? unknown = Chance(0.6) ? Unknown() : null;
        string? prefix = !byteLevel && Chance(0.15) ? Pick("##", "_", "\u2581") : null;
        string? suffix = !byteLevel && Chance(0.15) ? Pick("</w>", "_") : null;
        bool byteFallback = Chance(byteLevel ? 0.05 : 0.3);
        var tokens = new List<string>();
        if (unknown is not null && Chance(0.95))
        {
            tokens.Add(unknown);
        }

        if (byteFallback)
        {
            AddByteTokens(tokens);
        }

        var symbols = new List<string>();
        foreach (string scalar in Alphabet(byteLevel))
        {
            symbols.Add(scalar);
            foreach (string variant in new[] { prefix + scalar, scalar + suffix, prefix + scalar + suffix })
            {
                if (variant != scalar && Chance(0.8))
                {
                    symbols.Add(variant);
                }
            }
        }

        tokens.AddRange(symbols);
        var known = new HashSet<string>(tokens, StringComparer.Ordinal);
        var merges = new JsonArray();
        bool asPairs = Chance(0.5);
        int prefixLength = prefix is null ? 0 : Encoding.UTF8.GetByteCount(prefix);
        int count = _random.Next(0, byteLevel ? 300 : 80);
        for (int i = 0; i < count; i++)
        {
            string left = symbols[_random.Next(symbols.Count)],
                right = symbols[_random.Next(symbols.Count)];
            if (prefix is not null && !right.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            string merged = left + (prefix is null ? right : right[prefix.Length..]);
            if (
                merged.Length > 24
                || (!asPairs && (left.Contains(' ', StringComparison.Ordinal) || right.Contains(' ', StringComparison.Ordinal)))
                || (!asPairs && left.StartsWith("#version", StringComparison.Ordinal))
            )
            {
                continue;
            }

            merges.Add(asPairs ? new JsonArray(left, right) : JsonValue.Create(left + " " + right));
            if (known.Add(merged))
            {
                tokens.Add(merged);
                symbols.Add(merged);
            }
        }

        // The words of texts are those that tokens represent.
        foreach (string token in symbols)
        {
            string word = byteLevel ? FromByteAlphabet(token) : token;
            _words.Add(suffix is not null && Chance(0.7) ? word.Replace(suffix, "", StringComparison.Ordinal) : word);
        }

        return Of(
            "BPE",
            ("dropout", null),
            ("unk_token", unknown),
            ("continuing_subword_prefix", prefix),
            ("end_of_word_suffix", suffix),
            ("fuse_unk", Chance(0.5)),
            ("byte_fallback", byteFallback),
            ("ignore_merges", Chance(0.3)),
            ("vocab", Vocabulary(tokens)),
            ("merges", merges)
        );
    }

    private static string FromByteAlphabet(string token)
    {
        var bytes = new List<byte>();
        foreach (Rune rune in token.EnumerateRunes())
        {
            int value = ByteAlphabet.ToByte(rune.Value);
            bytes.Add(value >= 0 ? (byte)value : (byte)'?');
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private JsonObject Vocabulary(IEnumerable<string> tokens)
    {
        var result = new JsonObject();
        int id = 0;
        foreach (string token in tokens)
        {
            if (_vocabulary.Add(token))
            {
                result[token] = id++;
            }
        }

        return result;
    }

    private List<string> Pieces(int most)
    {
        List<string> alphabet = Alphabet(byteLevel: false);
        var pieces = new List<string>(alphabet);
        for (int i = _random.Next(most); i > 0; i--)
        {
            string piece = string.Concat(Enumerable.Range(0, _random.Next(2, 5)).Select(_ => _text.Pick(pieces)));
            if (piece.Length <= 24)
            {
                pieces.Add(piece);
            }
        }

        _words.AddRange(pieces);
        return pieces;
    }

    private JsonObject WordPiece()
    {
        string prefix = Pick("##", "##", "##", "_", "");
        string unknown = Unknown();
        var tokens = new List<string>();
        if (Chance(0.95))
        {
            tokens.Add(unknown);
        }

        foreach (string piece in Pieces(60))
        {
            if (Chance(0.7))
            {
                tokens.Add(piece);
            }

            if (Chance(0.7))
            {
                tokens.Add(prefix + piece);
            }
        }

        return Of(
            "WordPiece",
            ("unk_token", unknown),
            ("continuing_subword_prefix", prefix),
            ("max_input_chars_per_word", Chance(0.8) ? 100 : _random.Next(1, 12)),
            ("vocab", Vocabulary(tokens))
        );
    }

    private JsonObject WordLevel()
    {
        string unknown = Unknown();
        var tokens = new List<string>();
        if (Chance(0.95))
        {
            tokens.Add(unknown);
        }

        tokens.AddRange(Pieces(60));
        return Of("WordLevel", ("unk_token", unknown), ("vocab", Vocabulary(tokens)));
    }

    private JsonObject Unigram()
    {
        bool byteFallback = Chance(0.4);
        var tokens = new List<string> { Unknown() };
        tokens.AddRange(Pieces(80));
        if (byteFallback)
        {
            AddByteTokens(tokens);
        }

        var vocab = new JsonArray();
        bool coarse = Chance(0.3);
        foreach (string token in tokens)
        {
            // Equal tokens are as good as never in files, but the library takes them.
            if (_vocabulary.Add(token) || Chance(0.05))
            {
                double score = coarse ? -_random.Next(1, 6) : -_random.NextDouble() * 20;
                vocab.Add(new JsonArray(token, JsonNode.Parse(score.ToString("R", CultureInfo.InvariantCulture))));
            }
        }

        return Of("Unigram", ("unk_id", Chance(0.95) ? 0 : null), ("byte_fallback", byteFallback), ("vocab", vocab));
    }

    private JsonArray AddedTokens()
    {
        var result = new JsonArray();
        int count = Chance(0.3) ? 0 : _random.Next(1, 8);
        for (int i = 0; i < count; i++)
        {
            string content = _random.Next(5) switch
            {
                0 when _words.Count > 0 => _text.Pick(_words),
                1 => Pick("<s>", "</s>", "[CLS]", "[SEP]", "<|im_start|>", "<pad>", "<unk>", "[UNK]", "[MASK]"),
                2 => "<" + _text.Scalar() + ">",
                3 => _text.Scalar() + _text.Scalar(),
                _ => Pick("tok", "token", "to", "ken", "\u00E9t\u00E9", "A", "B b", " x", "\u2581y", "Stra\u00DFe"),
            };
            bool special = Chance(0.4);
            result.Add(
                new JsonObject
                {
                    ["id"] = i,
                    ["content"] = content,
                    ["single_word"] = Chance(0.3),
                    ["lstrip"] = Chance(0.3),
                    ["rstrip"] = Chance(0.3),
                    ["normalized"] = Chance(0.5) && !string.IsNullOrWhiteSpace(content),
                    ["special"] = special,
                }
            );
            _words.Add(content);
        }

        return result;
    }
}
