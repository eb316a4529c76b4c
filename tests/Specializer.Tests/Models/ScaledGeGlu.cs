namespace Specializer.Tests.Models;

/// <summary>Seven queries to one key/value head, a scale of its own, no positions.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 48, VocabularySize = 117, ContextLength = 64)]
[Attention(Heads = 7, KeyValueHeads = 1, HeadDim = 20, Scale = 0.3f)]
[FeedForward(96, Activation.GeGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class ScaledGeGlu;
