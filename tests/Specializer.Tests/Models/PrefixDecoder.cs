namespace Specializer.Tests.Models;

/// <summary>A prefix that sees all of itself, in chunks of up to 40 positions.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 48, VocabularySize = 61, ContextLength = 150, ChunkLength = 40)]
[Attention(Heads = 4, KeyValueHeads = 2, HeadDim = 12, Mask = AttentionMask.Prefix)]
[RotaryPositions]
[FeedForward(48, Activation.Gelu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class PrefixDecoder;
