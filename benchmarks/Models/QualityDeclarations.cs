namespace Specializer.Benchmarks;

/// <summary>stories260K, a trained LLaMA, with weights in Float32.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 5,
    DModel = 64,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Float32
)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260K;

/// <summary>stories260K, a trained LLaMA, with weights in BFloat16.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 5,
    DModel = 64,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.BFloat16
)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260KBFloat16;

/// <summary>stories260K, a trained LLaMA, with weights in Int8.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 5,
    DModel = 64,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Int8
)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260KInt8;

/// <summary>stories260K, a trained LLaMA, with weights in Int4.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 5,
    DModel = 64,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Int4
)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260KInt4;

/// <summary>stories260K, a trained LLaMA, with weights in UInt4.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 5,
    DModel = 64,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.UInt4
)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260KUInt4;
