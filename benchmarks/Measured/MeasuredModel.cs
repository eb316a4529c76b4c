using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.GenericEngine;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>A declared model with its kernels and the measurements of the whole model.</summary>
/// <param name="name">The name in the results.</param>
/// <param name="type">The generated class.</param>
internal sealed class MeasuredModel(string name, Type type)
{
    /// <summary>All measured models.</summary>
    public static IReadOnlyList<MeasuredModel> All { get; } =
    [
        Llama(
            "llama-15M",
            typeof(Llama15M),
            layers: 6,
            width: 288,
            heads: 6,
            keyValueHeads: 6,
            feedForwardWidth: 768,
            vocabularySize: 32_000
        ),
        Llama(
            "llama-110M",
            typeof(Llama110M),
            layers: 12,
            width: 768,
            heads: 12,
            keyValueHeads: 12,
            feedForwardWidth: 2048,
            vocabularySize: 32_000
        ),
        Llama(
            "smollm-135M",
            typeof(Smollm135M),
            layers: 30,
            width: 576,
            heads: 9,
            keyValueHeads: 3,
            feedForwardWidth: 1536,
            vocabularySize: 49_152
        ),
        new("llama-15M-bf16", typeof(Llama15MBFloat16)) { BytesPerWeight = 2 },
        new("llama-110M-bf16", typeof(Llama110MBFloat16)) { BytesPerWeight = 2 },
        new("llama-110M-int8", typeof(Llama110MInt8)) { BytesPerWeight = 34 / 32.0 },
        new("llama-110M-int4", typeof(Llama110MInt4)) { BytesPerWeight = 18 / 32.0 },
        new("llama-110M-uint4", typeof(Llama110MUInt4)) { BytesPerWeight = 20 / 32.0 },
        new("gpt2-124M", typeof(Gpt2)),
        new("minilm-22M", typeof(MiniLm)),
        new("bert-base-110M", typeof(BertBase)),
        new("t5-small", typeof(T5Small)),
        new("whisper-tiny", typeof(WhisperTiny)),
        new("vit-tiny", typeof(VitTiny)),
    ];

    /// <summary>Attention alone, for its maximum cache length.</summary>
    public static IReadOnlyList<MeasuredModel> Attentions { get; } =
    [new("attention-full", typeof(FullAttention)), new("attention-causal", typeof(CausalAttention))];

    /// <summary>The models that the generic engine supports, too.</summary>
    public static IEnumerable<MeasuredModel> Generics => All.Where(static model => model.Generic is not null);

    public string Name { get; } = name;

    public Type Type { get; } = type;

    /// <summary>The same architecture for the generic engine; null if it is not supported.</summary>
    public GenericDecoderConfiguration? Generic { get; private init; }

    /// <summary>The size of a weight of a linear layer in bytes, with its share of the scales of its block.</summary>
    public double BytesPerWeight { get; private init; } = sizeof(float);

    public int ContextLength => Constant("ContextLength");

    /// <summary>The number of positions of bidirectional attention.</summary>
    public int SourceLength =>
        Type.GetField("SourceLength") is null ? Math.Min(ContextLength, KernelMemory.CacheLength) : Constant("SourceLength");

    public TensorTable Tensors => (TensorTable)Type.GetProperty("Tensors", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    public TransformerModel Load(WeightsSource source, ModelOptions options) =>
        Type.GetMethod("Load", [typeof(WeightsSource), typeof(ModelOptions)])!
            .CreateDelegate<Func<WeightsSource, ModelOptions, TransformerModel>>()(source, options);

    /// <summary>Loads the model with random weights.</summary>
    public TransformerModel Load(ModelOptions options)
    {
        using var weights = new RandomWeights(Tensors, seed: 1);
        return Load(weights, options);
    }

    /// <summary>Returns the kernels of an instruction set for the given memory.</summary>
    public IEnumerable<MeasuredKernel> Kernels(InstructionSet instructionSet, KernelMemory memory) =>
        new KernelCatalog(this, instructionSet, memory).Kernels();

    /// <summary>The measured model of the same shape with bfloat16 weights; null if there is none.</summary>
    public MeasuredModel? Narrow => All.FirstOrDefault(model => model.Name == Name + "-bf16");

    /// <summary>Returns the pixels of an image in the format of the model.</summary>
    public float[] Pixels() => Numbers(Constant("Channels") * Constant("ImageSize") * Constant("ImageSize"));

    /// <summary>
    /// Returns a spectrogram with the length of the model: Whisper has two frames of 80 bands for each position of the encoder.
    /// </summary>
    public float[] Spectrogram() => Numbers(2 * 80 * SourceLength);

    /// <summary>The facts about the attention of the first layer.</summary>
    public KernelInfo Attention => GeneratedKernelTable.Facts(Type).First(static kernel => kernel.Kind == KernelKind.Attend);

    /// <summary>The multiply-adds of one query and one key of a layer.</summary>
    public long AttentionMultiplyAdds => Attention.MultiplyAdds;

    /// <summary>Returns a constant of the generated class.</summary>
    public int Constant(string constant) => (int)Type.GetField(constant)!.GetRawConstantValue()!;

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static value => MathF.Sin(value))];

    /// <summary>Creates a LLaMA-like model, which the generic engine supports.</summary>
    public static MeasuredModel Llama(
        string name,
        Type type,
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int feedForwardWidth,
        int vocabularySize
    )
    {
        var model = new MeasuredModel(name, type);
        return new MeasuredModel(name, type)
        {
            Generic = new GenericDecoderConfiguration
            {
                Layers = layers,
                Width = width,
                Heads = heads,
                KeyValueHeads = keyValueHeads,
                FeedForwardWidth = feedForwardWidth,
                VocabularySize = vocabularySize,
                ContextLength = model.ContextLength,
                TiedEmbeddings = true,
                ChunkLength = model.Constant("ChunkLength"),
            },
        };
    }
}
