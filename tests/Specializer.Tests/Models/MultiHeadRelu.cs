namespace Specializer.Tests.Models;

/// <summary>A key/value head for every query head; a context that is no multiple of a panel of keys.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 48, VocabularySize = 117, ContextLength = 70, TiedEmbeddings = true)]
[Attention(Heads = 4)]
[RotaryPositions(Base = 500)]
[FeedForward(100, Activation.Relu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class MultiHeadRelu;
