namespace Specializer.Benchmarks;

/// <summary>The shape of llama2.c's 260 K model, which fits the L2 cache.</summary>
[Transformer(Stack.Decoder, Layers = 5, DModel = 64, VocabularySize = 512, ContextLength = 512, TiedEmbeddings = true)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Nano260K;

/// <summary>A decoder of 1.6 M parameters, which exceeds the L2 cache.</summary>
[Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 512, ContextLength = 512, TiedEmbeddings = true)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(384, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Micro1600K;

/// <summary>The decoder of 1.6 M parameters with bfloat16 weights.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 4,
    DModel = 192,
    VocabularySize = 512,
    ContextLength = 512,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.BFloat16
)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(384, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Micro1600KBFloat16;

/// <summary>A decoder of 5 M parameters, a fifth of them embeddings.</summary>
[Transformer(Stack.Decoder, Layers = 6, DModel = 256, VocabularySize = 4_096, ContextLength = 1024, TiedEmbeddings = true)]
[Attention(Heads = 8)]
[RotaryPositions]
[FeedForward(512, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Small5M;

/// <summary>BERT of two layers, 128 wide.</summary>
[Transformer("Configurations/bert-128/config.json")]
public sealed partial class Bert128;

/// <summary>An encoder-decoder for words, such as from letters to phonemes.</summary>
[Transformer(
    Stack.EncoderDecoder,
    Layers = 2,
    EncoderLayers = 2,
    DModel = 128,
    VocabularySize = 96,
    SourceVocabularySize = 64,
    ContextLength = 64,
    SourceLength = 64
)]
[Attention(Heads = 4)]
[SinusoidalPositions]
[FeedForward(512, Activation.Relu)]
[Norm(NormKind.Layer)]
public sealed partial class Words128;
