namespace Specializer.Tests.Models;

/// <summary>Halves, with biases, odd sizes, and token embeddings that are columns of the output matrix.</summary>
[Transformer(
    Stack.Decoder,
    Layers = 2,
    DModel = 100,
    VocabularySize = 117,
    ContextLength = 40,
    TiedEmbeddings = true,
    WeightStorage = WeightStorage.Float16
)]
[Attention(Heads = 5, HeadDim = 20, QueryKeyValueBias = true, OutputBias = true)]
[RotaryPositions]
[FeedForward(72, Activation.Gelu, Bias = true)]
[Norm(NormKind.Layer)]
public sealed partial class TiedFloat16;
