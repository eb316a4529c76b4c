namespace Specializer.Tests.Models;

/// <summary>One layer, one head, one token, one position: every size at its least.</summary>
[Transformer(Stack.Decoder, Layers = 1, DModel = 1, VocabularySize = 1, ContextLength = 1)]
[Attention(Heads = 1)]
[FeedForward(1, Activation.Relu, Bias = true)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class OneOfEverything;
