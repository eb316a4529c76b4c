namespace Specializer.Tests.Models;

/// <summary><see cref="LlamaGolden"/> in chunks of an odd length: what it computes must be the same bits.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 96, VocabularySize = 509, ContextLength = 256, ChunkLength = 5)]
[Attention(Heads = 8, KeyValueHeads = 2, HeadDim = 12)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LlamaGoldenShortChunk;
