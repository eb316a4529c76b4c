using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.TestKit;
using Specializer.Tool;

namespace Specializer.Samples.Tests.Runs;

/// <summary>A folder as Hugging Face publishes models, with random weights and a small tokenizer.</summary>
internal sealed class SmallFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="name">The name of the folder.</param>
    /// <param name="configuration">The text of the config.json.</param>
    public SmallFolder(string name, string configuration)
    {
        Path = _folder[name];
        Directory.CreateDirectory(Path);
        Write("config.json", configuration);
    }

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    /// <summary>Writes random weights for the model that the config.json declares.</summary>
    public SmallFolder WithWeights(int seed)
    {
        var random = new Random(seed);
        TensorTable table = CheckpointReport.TableOf(new ModelFolder(Path));
        var file = new SafetensorsBytes();
        foreach (TensorRequirement tensor in table.Required)
        {
            for (int layer = 0; layer < Math.Max(1, tensor.Layers); layer++)
            {
                int count = (int)tensor.Shape.Aggregate(1L, static (product, extent) => product * extent);
                float[] values = [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 2)];
                file.Floats(tensor.NameInLayer(layer), [.. tensor.Shape], values);
            }
        }

        File.WriteAllBytes(System.IO.Path.Combine(Path, "model.safetensors"), file.ToArray());
        return this;
    }

    /// <summary>Writes a tokenizer.json with a token for each byte, after the special tokens.</summary>
    /// <param name="special">The special tokens.</param>
    /// <param name="end">The special token that is appended to every text; null for none.</param>
    public SmallFolder WithBytes(string[] special, string? end = null)
    {
        var vocabulary = new Dictionary<string, int>();
        foreach (string token in special.Concat(Bytes()))
        {
            vocabulary.Add(token, vocabulary.Count);
        }

        object? processor = end is null
            ? null
            : new
            {
                type = "TemplateProcessing",
                single = new object[]
                {
                    new { Sequence = new { id = "A", type_id = 0 } },
                    new { SpecialToken = new { id = end, type_id = 0 } },
                },
                pair = new object[] { new { Sequence = new { id = "A", type_id = 0 } }, new { Sequence = new { id = "B", type_id = 0 } } },
                special_tokens = new Dictionary<string, object>
                {
                    [end] = new
                    {
                        id = end,
                        ids = new[] { vocabulary[end] },
                        tokens = new[] { end },
                    },
                },
            };
        var json = new
        {
            version = "1.0",
            added_tokens = special.Select(
                (token, id) =>
                    new
                    {
                        id,
                        content = token,
                        single_word = false,
                        lstrip = false,
                        rstrip = false,
                        normalized = false,
                        special = true,
                    }
            ),
            pre_tokenizer = new
            {
                type = "ByteLevel",
                add_prefix_space = false,
                trim_offsets = true,
                use_regex = true,
            },
            post_processor = processor,
            decoder = new
            {
                type = "ByteLevel",
                add_prefix_space = true,
                trim_offsets = true,
                use_regex = true,
            },
            model = new
            {
                type = "BPE",
                vocab = vocabulary,
                merges = Array.Empty<string>(),
            },
        };
        Write("tokenizer.json", JsonSerializer.Serialize(json));
        return this;
    }

    /// <summary>Writes a vocab.txt with single letters, of 64 tokens.</summary>
    public SmallFolder WithLetters()
    {
        IEnumerable<string> letters = Enumerable.Range('a', 26).Select(static letter => ((char)letter).ToString());
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. letters, .. letters.Select(static letter => "##" + letter)];
        Write("vocab.txt", string.Join('\n', [.. tokens, .. "!,.?;:-".Select(static mark => mark.ToString())]) + "\n");
        Write("tokenizer_config.json", """{ "tokenizer_class": "BertTokenizer", "do_lower_case": true }""");
        return this;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The characters that byte-level tokenizers write for the 256 bytes.</summary>
    private static IEnumerable<string> Bytes()
    {
        int others = 0;
        for (int value = 0; value < 256; value++)
        {
            bool isPrinted = value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
            yield return ((char)(isPrinted ? value : 256 + others++)).ToString();
        }
    }
}
