namespace Specializer.Benchmarks;

/// <summary>The shape of llama2.c's 15 M model: fits into the third-level cache.</summary>
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

/// <summary>The 15 M model with a context of 8,192 positions, to see how time grows with length.</summary>
[Transformer(Stack.Decoder, Layers = 6, DModel = 288, VocabularySize = 32_000, ContextLength = 8192, TiedEmbeddings = true)]
[Attention(Heads = 6)]
[RotaryPositions]
[FeedForward(768, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Llama15MLong;
