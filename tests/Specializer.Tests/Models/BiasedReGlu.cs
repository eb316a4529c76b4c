namespace Specializer.Tests.Models;

/// <summary>A gated feed-forward block with biases, two thirds of each head rotated.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 72, VocabularySize = 509, ContextLength = 90, TiedEmbeddings = true)]
[Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 12, QueryKeyValueBias = true, OutputBias = true)]
[RotaryPositions(RotaryDim = 8)]
[FeedForward(100, Activation.ReGlu, Bias = true)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class BiasedReGlu;
