using System;
using System.IO;
using System.Linq;
using Specializer.Text;
using Specializer.Text.Tests.Generation;

namespace Specializer.Serving.Tests;

/// <summary>A small decoder with several chunks in its context.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 64, VocabularySize = 320, ContextLength = 256, ChunkLength = 24)]
[Attention(Heads = 2, HeadDim = 32, Mask = AttentionMask.Causal)]
[RotaryPositions(Base = 10_000)]
[FeedForward(64, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
public sealed partial class ServedDecoder;

/// <summary>A small encoder of sentences.</summary>
[Transformer(Stack.Encoder, Layers = 1, DModel = 32, VocabularySize = 320, ContextLength = 64)]
[Attention(Heads = 1, Mask = AttentionMask.Full)]
[LearnedPositions]
[FeedForward(32, Activation.Gelu)]
[Norm(NormKind.Layer)]
[Pooling(PoolingKind.Mean)]
public sealed partial class ServedEncoder;

/// <summary>The parts of the tests' servers.</summary>
internal static class Served
{
    public static ServedDecoder Decoder(int seed = 1)
    {
        using SafetensorsFile weights = SmallWeights.Random(ServedDecoder.Tensors, seed);
        return ServedDecoder.Load(weights, new ModelOptions { Threads = 1 });
    }

    public static ServedEncoder Encoder()
    {
        using SafetensorsFile weights = SmallWeights.Random(ServedEncoder.Tensors, 1);
        return ServedEncoder.Load(weights, new ModelOptions { Threads = 1 });
    }

    public static GenerationSettings Settings { get; } = new() { EndTokens = [SmallParts.EndToken] };

    public static ChatTemplateSet Templates { get; } = LoadTemplates();

    private static ChatTemplateSet LoadTemplates()
    {
        string folder = Directory.CreateTempSubdirectory("specializer").FullName;
        try
        {
            SmallParts.WriteFolder(folder, "{}");
            return ChatTemplateSet.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static GenerationEngine Engine(TransformerModel model, EngineOptions? options = null) =>
        new(model, SmallParts.Tokenizer, Settings, Templates, options);

    /// <summary>A prompt of letters.</summary>
    public static int[] Prompt(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(256))];
}
