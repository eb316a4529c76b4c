using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Generation;

/// <summary>A tokenizer with chat tokens, and a model that generates a given text.</summary>
internal static class SmallParts
{
    public const string Template =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /// <summary>Byte-level BPE of 277 tokens, with the two tokens of the template.</summary>
    public static JsonObject TokenizerJson()
    {
        JsonObject json = SmallTokenizers.ByteLevelJson("the the quick brown fox the there", 18);
        var vocabulary = json["model"]!["vocab"]!.AsObject();
        foreach (string token in new[] { "<|im_start|>", "<|im_end|>" })
        {
            json["added_tokens"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["id"] = vocabulary.Count,
                        ["content"] = token,
                        ["single_word"] = false,
                        ["lstrip"] = false,
                        ["rstrip"] = false,
                        ["normalized"] = false,
                        ["special"] = true,
                    }
                );
            vocabulary[token] = vocabulary.Count;
        }

        return json;
    }

    public static Tokenizer Tokenizer { get; } = SmallTokenizers.Load(TokenizerJson());

    public static int EndToken => Tokenizer.TokenToId("<|im_end|>")!.Value;

    /// <summary>A model that goes from letter to letter of a text without repeated letters, and then generates the end token.</summary>
    public static SmallDecoder Chain(string text)
    {
        var pairs = new List<(int, int)>();
        int[] tokens = [.. text.Select(letter => Tokenizer.EncodeToIds(letter.ToString()).Single()), EndToken];
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            pairs.Add((tokens[i], tokens[i + 1]));
        }

        using SafetensorsFile weights = SmallWeights.Chain(SmallDecoder.Tensors, pairs, SmallDecoder.DModel);
        return SmallDecoder.Load(weights);
    }

    public static SmallDecoder RandomDecoder(int seed)
    {
        using SafetensorsFile weights = SmallWeights.Random(SmallDecoder.Tensors, seed);
        return SmallDecoder.Load(weights);
    }

    /// <summary>Writes a model's folder but for its weights.</summary>
    public static void WriteFolder(string folder, string generationConfig)
    {
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TokenizerJson().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), Template);
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), generationConfig);
    }
}
