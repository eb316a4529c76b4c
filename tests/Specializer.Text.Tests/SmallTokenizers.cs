using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Unicode;

namespace Specializer.Text.Tests;

/// <summary>Small tokenizers of each kind, built as tokenizer.json.</summary>
internal static class SmallTokenizers
{
    /// <summary>Byte-level BPE whose merges are learned from a text: the most frequent pair first, as in the original.</summary>
    public static JsonObject ByteLevelJson(string corpus, int merges, bool byteLevel = true)
    {
        var vocabulary = new JsonObject();
        var known = new HashSet<string>();
        void Add(string token)
        {
            if (known.Add(token))
            {
                vocabulary[token] = known.Count - 1;
            }
        }

        for (int value = 0; value < 256; value++)
        {
            Add(byteLevel ? char.ConvertFromUtf32(ByteAlphabet.ToScalar((byte)value)) : $"<0x{value:X2}>");
        }

        var list = new JsonArray();
        foreach ((string left, string right) in Learn(corpus, merges, byteLevel, Add))
        {
            list.Add(new JsonArray(left, right));
            Add(left + right);
        }

        Add("<|endoftext|>");
        JsonObject root = new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = known.Count - 1,
                    ["content"] = "<|endoftext|>",
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = true,
                }
            ),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = null,
                ["byte_fallback"] = !byteLevel,
                ["vocab"] = vocabulary,
                ["merges"] = list,
            },
        };
        if (byteLevel)
        {
            root["pre_tokenizer"] = JsonNode.Parse(
                """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""
            );
            root["decoder"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""");
        }
        else
        {
            root["pre_tokenizer"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""");
            root["decoder"] = JsonNode.Parse(
                """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"}]}"""
            );
        }

        return root;
    }

    public static Tokenizer ByteLevel() => Load(ByteLevelJson("the the quick brown fox the there", 20));

    public static Tokenizer Load(JsonNode json) => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static List<(string Left, string Right)> Learn(string corpus, int merges, bool byteLevel, System.Action<string> add)
    {
        var words = new Dictionary<string, int>();
        foreach (string word in corpus.Split(' '))
        {
            words[word] = words.GetValueOrDefault(word) + 1;
        }

        var symbols = new List<(List<string> Parts, int Count)>();
        foreach ((string word, int count) in words)
        {
            var parts = new List<string>();
            if (byteLevel)
            {
                foreach (byte value in Encoding.UTF8.GetBytes(" " + word))
                {
                    parts.Add(char.ConvertFromUtf32(ByteAlphabet.ToScalar(value)));
                }
            }
            else
            {
                foreach (Rune rune in ("\u2581" + word).EnumerateRunes())
                {
                    parts.Add(rune.ToString());
                    add(rune.ToString());
                }
            }

            symbols.Add((parts, count));
        }

        var result = new List<(string, string)>();
        while (result.Count < merges)
        {
            var pairs = new Dictionary<(string, string), int>();
            foreach ((List<string> parts, int count) in symbols)
            {
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    pairs[(parts[i], parts[i + 1])] = pairs.GetValueOrDefault((parts[i], parts[i + 1])) + count;
                }
            }

            (string, string) best = default;
            int most = 0;
            foreach (((string, string) pair, int count) in pairs)
            {
                if (
                    count > most
                    || (count == most && string.CompareOrdinal(pair.Item1 + " " + pair.Item2, best.Item1 + " " + best.Item2) < 0)
                )
                {
                    (best, most) = (pair, count);
                }
            }

            if (most < 2)
            {
                break;
            }

            result.Add(best);
            foreach ((List<string> parts, _) in symbols)
            {
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if (parts[i] == best.Item1 && parts[i + 1] == best.Item2)
                    {
                        parts[i] += parts[i + 1];
                        parts.RemoveAt(i + 1);
                    }
                }
            }
        }

        return result;
    }
}
