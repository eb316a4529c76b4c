using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Fuzzing;

internal sealed partial class RandomTokenizer
{
    private static readonly string[] s_patterns =
    [
        Patterns.Gpt2Scanner.Pattern,
        Patterns.Cl100kScanner.Pattern,
        Patterns.Cl100kScanner.QwenPattern,
        Patterns.O200kScanner.Pattern,
        Patterns.DeepSeekScanner.Pattern,
        @"\s+",
        @"\p{N}{1,3}",
        @"\d",
        @"[\p{Han}]+",
        @"\w+|[^\w\s]+",
        "[一-龥぀-ゟ゠-ヿ]+",
        @" ?[^(\s|[.,!?…。，、।۔،])]+",
        @"(?i:[a-c]+)x?",
        @"\p{P}",
        @"\p{L}++",
        @"(?=\p{Lu})",
        @"\s*[\r\n]+",
        @"(?<=a)b|(?<!t)e",
        @"\b",
        @"[^\S\n]+$",
        @"^\s",
        @"(ab|a|bc)+?",
        @"x*",
        @"\p{Lu}?\p{Ll}+",
        @".",
        @"[[:digit:]a-f&&[^c]]+",
        @"\h{2,4}",
    ];

    private JsonObject Normalizer(int depth)
    {
        int kind = _random.Next(depth == 0 ? 20 : 14);
        switch (kind)
        {
            case 0:
                return Of("NFC");
            case 1:
                return Of("NFD");
            case 2:
                return Of("NFKC");
            case 3:
                return Of("NFKD");
            case 4:
                return Of("Lowercase");
            case 5:
                return Of("StripAccents");
            case 6:
                return Of("Strip", ("strip_left", Chance(0.5)), ("strip_right", Chance(0.5)));
            case 7:
                return Of("Prepend", ("prepend", Pick("\u2581", " ", "ab", "\u00E9")));
            case 8:
                return Of(
                    "Replace",
                    ("pattern", new JsonObject { ["String"] = Pick(" ", "a", "e", "  ", "\u0301", "``", "\u2581") }),
                    ("content", Pick("\u2581", "", "b", " ", "xyz"))
                );
            case 9:
                return Of(
                    "Replace",
                    ("pattern", new JsonObject { ["Regex"] = Pick(@"\s+", @" {2,}", @"[0-9]", @"\p{M}", "(?i)a", @"\p{Lu}+") }),
                    ("content", Pick("\u2581", "", "b", " "))
                );
            case 10:
                return Of("Nmt");
            case 11:
                return Of("ByteLevel");
            case 12:
                return Of(
                    "BertNormalizer",
                    ("clean_text", Chance(0.7)),
                    ("handle_chinese_chars", Chance(0.7)),
                    ("strip_accents", Chance(0.5) ? null : Chance(0.5)),
                    ("lowercase", Chance(0.6))
                );
            case 13:
                return Of("Precompiled", ("precompiled_charsmap", Convert.ToBase64String(RandomCharacterMap.Build(_random))));
            default:
                var steps = new JsonArray();
                for (int i = _random.Next(4); i > 0; i--)
                {
                    steps.Add(Normalizer(depth + 1));
                }

                return Of("Sequence", ("normalizers", steps));
        }
    }

    private JsonObject ByteLevel() =>
        Of("ByteLevel", ("add_prefix_space", Chance(0.4)), ("trim_offsets", Chance(0.5)), ("use_regex", Chance(0.6)));

    private JsonObject BytePreTokenizer()
    {
        if (Chance(0.5))
        {
            return ByteLevel();
        }

        var steps = new JsonArray();
        for (int i = _random.Next(1, 3); i > 0; i--)
        {
            steps.Add(Chance(0.6) ? Split() : PreTokenizer(1));
        }

        steps.Add(ByteLevel());
        return Of("Sequence", ("pretokenizers", steps));
    }

    private string Behavior() => Pick("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");

    private JsonObject Split()
    {
        var pattern = Chance(0.2)
            ? new JsonObject { ["String"] = Pick(" ", "a", "e", "ab", "\u2581", ".") }
            : new JsonObject { ["Regex"] = Chance(0.5) ? s_patterns[_random.Next(5)] : _text.Pick(s_patterns) };
        return Of("Split", ("pattern", pattern), ("behavior", Behavior()), ("invert", Chance(0.25)));
    }

    private JsonObject Metaspace()
    {
        JsonObject result = Of(
            "Metaspace",
            ("replacement", Pick("\u2581", "\u2581", "_", "\U0001F4A9")),
            ("prepend_scheme", Pick("always", "first", "never")),
            ("split", Chance(0.7))
        );
        return result;
    }

    private JsonObject PreTokenizer(int depth)
    {
        switch (_random.Next(depth == 0 ? 16 : 12))
        {
            case 0:
                return Chance(0.5) ? ByteLevel() : Split();
            case 1:
                return Of("BertPreTokenizer");
            case 2:
                return Of("Whitespace");
            case 3:
                return Of("WhitespaceSplit");
            case 4 or 5:
                return Metaspace();
            case 6:
                return Split();
            case 7:
                return Of("Punctuation", ("behavior", Behavior()));
            case 8:
                return Of("Digits", ("individual_digits", Chance(0.5)));
            case 9:
                return Of("CharDelimiterSplit", ("delimiter", Pick(" ", "a", "\u2581", "-")));
            case 10:
                return Of("UnicodeScripts");
            case 11:
                return Of("FixedLength", ("length", _random.Next(1, 7)));
            default:
                var steps = new JsonArray();
                for (int i = _random.Next(4); i > 0; i--)
                {
                    steps.Add(PreTokenizer(depth + 1));
                }

                return Of("Sequence", ("pretokenizers", steps));
        }
    }

    private JsonArray Token() => new(Pick("[CLS]", "<s>", "</s>"), _random.Next(0, 8));

    private JsonObject PostProcessor()
    {
        switch (_random.Next(5))
        {
            case 0:
                return Of("BertProcessing", ("sep", Token()), ("cls", Token()));
            case 1:
                return Of(
                    "RobertaProcessing",
                    ("sep", Token()),
                    ("cls", Token()),
                    ("trim_offsets", Chance(0.5)),
                    ("add_prefix_space", Chance(0.5))
                );
            case 2:
                return ByteLevel();
            case 3:
                return Of("Sequence", ("processors", new JsonArray(ByteLevel(), Template())));
            default:
                return Template();
        }
    }

    private JsonObject Template()
    {
        JsonObject Special() =>
            new()
            {
                ["SpecialToken"] = new JsonObject { ["id"] = Pick("x", "y"), ["type_id"] = _random.Next(3) },
            };
        JsonObject Sequence(string id) =>
            new()
            {
                ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = _random.Next(3) },
            };
        JsonArray Pieces(params string[] ids)
        {
            var result = new JsonArray();
            foreach (string id in ids)
            {
                for (int i = _random.Next(3); i > 0; i--)
                {
                    result.Add(Special());
                }

                result.Add(Sequence(id));
            }

            if (Chance(0.6))
            {
                result.Add(Special());
            }

            return result;
        }

        JsonObject Definition(string id, int count) =>
            new()
            {
                ["id"] = id,
                ["ids"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => (JsonNode)_random.Next(10))]),
                ["tokens"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)$"{id}{i}")]),
            };
        return Of(
            "TemplateProcessing",
            ("single", Pieces("A")),
            ("pair", Chance(0.8) ? Pieces("A", "B") : Pieces("B", "A")),
            ("special_tokens", new JsonObject { ["x"] = Definition("x", 1), ["y"] = Definition("y", _random.Next(1, 3)) })
        );
    }

    private JsonObject Decoder(int depth, bool byteLevel)
    {
        if (byteLevel && Chance(0.7))
        {
            return ByteLevel();
        }

        switch (_random.Next(depth == 0 ? 14 : 9))
        {
            case 0:
                return ByteLevel();
            case 1:
                return Of("WordPiece", ("prefix", Pick("##", "_", "")), ("cleanup", Chance(0.5)));
            case 2:
                JsonObject metaspace = Metaspace();
                return metaspace;
            case 3:
                return Of("BPEDecoder", ("suffix", Pick("</w>", "_", "e")));
            case 4:
                return Of("ByteFallback");
            case 5:
                return Of("Fuse");
            case 6:
                return Of("Strip", ("content", Pick(" ", "\u2581", "a")), ("start", _random.Next(3)), ("stop", 0));
            case 7:
                return Of(
                    "Replace",
                    (
                        "pattern",
                        Chance(0.7)
                            ? new JsonObject { ["String"] = Pick("\u2581", "a", " ", "aa", "ee") }
                            : new JsonObject { ["Regex"] = Pick(@"\s", @"\p{Lu}", "a+") }
                    ),
                    ("content", Pick(" ", "", "b"))
                );
            case 8:
                return Of(
                    "CTC",
                    ("pad_token", Pick("<pad>", "a")),
                    ("word_delimiter_token", Pick("|", " ", "e")),
                    ("cleanup", Chance(0.5))
                );
            default:
                var steps = new JsonArray();
                for (int i = _random.Next(5); i > 0; i--)
                {
                    steps.Add(Decoder(depth + 1, byteLevel: false));
                }

                return Of("Sequence", ("decoders", steps));
        }
    }

    // The limit leaves space for special tokens, because the library's arithmetic overflows otherwise.
    private JsonObject Truncation()
    {
        int length = _random.Next(14, 30);
        return new JsonObject
        {
            ["direction"] = Pick("Right", "Left"),
            ["max_length"] = length,
            ["strategy"] = Pick("LongestFirst", "LongestFirst", "OnlyFirst", "OnlySecond"),
            ["stride"] = _random.Next(2) == 0 ? 0 : _random.Next(1, 3),
        };
    }

    private JsonObject Padding() =>
        new()
        {
            ["strategy"] = Chance(0.5) ? JsonValue.Create("BatchLongest") : new JsonObject { ["Fixed"] = _random.Next(0, 40) },
            ["direction"] = Pick("Right", "Left"),
            ["pad_to_multiple_of"] = Chance(0.5) ? null : _random.Next(1, 9),
            ["pad_id"] = _random.Next(5),
            ["pad_type_id"] = _random.Next(3),
            ["pad_token"] = "[PAD]",
        };
}
