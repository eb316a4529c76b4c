namespace Specializer.Tests.Models;

/// <summary>A small model with a long context.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 32, VocabularySize = 31, ContextLength = 4096, TiedEmbeddings = true)]
[Attention(Heads = 2, KeyValueHeads = 1, HeadDim = 8)]
[RotaryPositions]
[FeedForward(24, Activation.GeGluTanh)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LongContext4096;
