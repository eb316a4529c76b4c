namespace Specializer.Tests.Models;

/// <summary><see cref="LongContext4096"/> with a context twice as long.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 32, VocabularySize = 31, ContextLength = 8192, TiedEmbeddings = true)]
[Attention(Heads = 2, KeyValueHeads = 1, HeadDim = 8)]
[RotaryPositions]
[FeedForward(24, Activation.GeGluTanh)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LongContext8192;
