namespace Specializer.Tests.Models;

/// <summary>Heads 128 wide, wider than the model; one layer; a context of one more than a panel of keys.</summary>
[Transformer(Stack.Decoder, Layers = 1, DModel = 48, VocabularySize = 117, ContextLength = 33, TiedEmbeddings = true)]
[Attention(Heads = 2, HeadDim = 128)]
[RotaryPositions]
[FeedForward(64, Activation.Silu, Bias = true)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-6f)]
public sealed partial class WideHeadSilu;
