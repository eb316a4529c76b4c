using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Generation;

/// <summary>A small decoder.</summary>
[Transformer(Stack.Decoder, Layers = 1, DModel = 64, VocabularySize = 320, ContextLength = 96)]
[Attention(Heads = 2, HeadDim = 32, Mask = AttentionMask.Causal)]
[RotaryPositions(Base = 10_000)]
[FeedForward(32, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
public sealed partial class SmallDecoder;

/// <summary>A small encoder-decoder.</summary>
[Transformer(
    Stack.EncoderDecoder,
    Layers = 1,
    DModel = 32,
    VocabularySize = 320,
    SourceVocabularySize = 320,
    ContextLength = 32,
    SourceLength = 64
)]
[Attention(Heads = 1)]
[SinusoidalPositions]
[FeedForward(32, Activation.Relu)]
[Norm(NormKind.Layer)]
public sealed partial class SmallTranslator;

/// <summary>Weights for the small models, as a safetensors file.</summary>
internal static class SmallWeights
{
    /// <summary>Random weights.</summary>
    public static SafetensorsFile Random(TensorTable table, int seed)
    {
        var random = new Random(seed);
        return Build(
            table,
            (name, shape) =>
            {
                bool isNorm = shape.Length == 1;
                double scale = isNorm ? 0.1 : 2 / Math.Sqrt(shape[^1]);
                return (_, _) => (float)((isNorm ? 1 : 0) + scale * Normal(random));
            }
        );
    }

    /// <summary>A decoder whose most probable next token follows from the last one alone: every token from its predecessors.</summary>
    public static SafetensorsFile Chain(TensorTable table, IEnumerable<(int From, int To)> successors, int width)
    {
        var random = new Random(1);
        var embeddings = new Dictionary<int, float[]>();
        float[] Embedding(int token)
        {
            if (!embeddings.TryGetValue(token, out float[]? vector))
            {
                float[] drawn = [.. Enumerable.Range(0, width).Select(_ => (float)Normal(random))];
                float length = MathF.Sqrt(drawn.Sum(value => value * value));
                embeddings[token] = vector = [.. drawn.Select(value => value / length)];
            }

            return vector;
        }

        ILookup<int, int> predecessors = successors.ToLookup(pair => pair.To, pair => pair.From);
        return Build(
            table,
            (name, shape) =>
                name.Contains("embed", StringComparison.Ordinal) ? (row, column) => Embedding(row)[column]
                : name.Contains("lm_head", StringComparison.Ordinal)
                    ? (row, column) => predecessors[row].Sum(from => 4 * Embedding(from)[column])
                : shape.Length == 1 ? (_, _) => 1
                : (_, _) => 0
        );
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static SafetensorsFile Build(TensorTable table, Func<string, long[], Func<int, int, float>> values)
    {
        var header = new JsonObject();
        var data = new List<byte>();
        foreach (TensorRequirement requirement in table.Required)
        {
            long[] shape = [.. requirement.Shape];
            for (int layer = 0; layer < Math.Max(1, requirement.Layers); layer++)
            {
                string name = requirement.Layers > 0 ? requirement.NameInLayer(layer) : requirement.Name;
                int start = data.Count,
                    columns = (int)shape[^1];
                Func<int, int, float> value = values(name, shape);
                for (int i = 0; i < shape.Aggregate(1L, (product, extent) => product * extent); i++)
                {
                    data.AddRange(BitConverter.GetBytes(value(i / columns, i % columns)));
                }

                header[name] = new JsonObject
                {
                    ["dtype"] = "F32",
                    ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]),
                    ["data_offsets"] = new JsonArray(start, data.Count),
                };
            }
        }

        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var file = new byte[8 + json.Length + data.Count];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return SafetensorsFile.Parse(file, "weights of the test");
    }
}
