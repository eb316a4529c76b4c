namespace Specializer.Benchmarks;

/// <summary>The shape of llama2.c's 15 M model, which fits the L3 cache.</summary>
[Transformer(Stack.Decoder, Layers = 6, DModel = 288, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(768, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama15M;

/// <summary>The shape of llama2.c's 110 M model: read from memory for every token.</summary>
[Transformer(Stack.Decoder, Layers = 12, DModel = 768, VocabularySize = 32_000, ContextLength = 1024, TiedEmbeddings = true)]
[Attention(Heads = 12)]
[RotaryPositions]
[FeedForward(2048, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama110M;

/// <summary>The shape of SmolLM-135M: many layers, grouped-query attention, a large vocabulary.</summary>
[Transformer(Stack.Decoder, Layers = 30, DModel = 576, VocabularySize = 49_152, ContextLength = 1024, TiedEmbeddings = true)]
[Attention(Heads = 9, KeyValueHeads = 3)]
[RotaryPositions]
[FeedForward(1536, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Smollm135M;

/// <summary>The 15 M model with a context of 8,192 positions, to measure growth.</summary>
[Transformer(Stack.Decoder, Layers = 6, DModel = 288, VocabularySize = 32_000, ContextLength = 8192, TiedEmbeddings = true)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(768, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama15MLong;

/// <summary>GPT-2: learned positions, LayerNorm, biases, GELU.</summary>
[Transformer("Configurations/gpt2-124M/config.json")]
public sealed partial class Gpt2;

/// <summary>The shape of all-MiniLM-L6, a sentence embedding model.</summary>
[Transformer("Configurations/minilm-22M/config.json")]
public sealed partial class MiniLm;

/// <summary>BERT, base.</summary>
[Transformer("Configurations/bert-base-110M/config.json")]
public sealed partial class BertBase;

/// <summary>T5, small: an encoder-decoder with relative positions.</summary>
[Transformer("Configurations/t5-small/config.json", ContextLength = 512, SourceLength = 512)]
public sealed partial class T5Small;

/// <summary>Whisper, tiny: speech, 30 seconds at a time.</summary>
[Transformer("Configurations/whisper-tiny/config.json")]
public sealed partial class WhisperTiny;

/// <summary>The Vision Transformer of DeiT-tiny's shape: an image in 196 patches.</summary>
[Transformer("Configurations/vit-tiny/config.json")]
public sealed partial class VitTiny;

/// <summary>Attention alone, bidirectional: 12 heads of 64.</summary>
[Transformer(Stack.Encoder, Layers = 1, DModel = 768, VocabularySize = 64, ContextLength = 2048)]
[Attention(Heads = 12, Mask = AttentionMask.Full)]
[FeedForward(768, Activation.Relu)]
[Norm(NormKind.Layer)]
public sealed partial class FullAttention;

/// <summary>Attention alone, causal: 12 heads of 64.</summary>
[Transformer(Stack.Decoder, Layers = 1, DModel = 768, VocabularySize = 64, ContextLength = 8192)]
[Attention(Heads = 12)]
[FeedForward(768, Activation.Relu)]
[Norm(NormKind.Layer)]
public sealed partial class CausalAttention;

/// <summary>The 15 M model with bfloat16 weights.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 6,
    DModel = 288,
    VocabularySize = 32_000,
    ContextLength = 1024,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.BFloat16
)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(768, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama15MBFloat16;

/// <summary>The 110 M model with bfloat16 weights.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 12,
    DModel = 768,
    VocabularySize = 32_000,
    ContextLength = 1024,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.BFloat16
)]
[Attention(Heads = 12)]
[RotaryPositions]
[FeedForward(2048, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama110MBFloat16;

/// <summary>The 110 M model with weights of 8 bits.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 12,
    DModel = 768,
    VocabularySize = 32_000,
    ContextLength = 1024,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Int8
)]
[Attention(Heads = 12)]
[RotaryPositions]
[FeedForward(2048, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama110MInt8;

/// <summary>The 110 M model with weights of 4 bits.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 12,
    DModel = 768,
    VocabularySize = 32_000,
    ContextLength = 1024,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Int4
)]
[Attention(Heads = 12)]
[RotaryPositions]
[FeedForward(2048, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama110MInt4;

/// <summary>The 110 M model with weights of 4 bits with minima.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 12,
    DModel = 768,
    VocabularySize = 32_000,
    ContextLength = 1024,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.UInt4
)]
[Attention(Heads = 12)]
[RotaryPositions]
[FeedForward(2048, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama110MUInt4;
