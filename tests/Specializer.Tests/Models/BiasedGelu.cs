namespace Specializer.Tests.Models;

/// <summary>Layer norms, a bias everywhere, no positions, chunks of an odd length.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 48, VocabularySize = 509, ContextLength = 45, ChunkLength = 7)]
[Attention(Heads = 6, KeyValueHeads = 3, HeadDim = 8, QueryKeyValueBias = true, OutputBias = true)]
[FeedForward(72, Activation.Gelu, Bias = true)]
[Norm(NormKind.Layer)]
public sealed partial class BiasedGelu;
