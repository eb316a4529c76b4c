namespace Specializer.Tests.Models;

/// <summary>Interleaved rotary positions, heads 20 wide whose sum is not the width of the model, one layer.</summary>
[Transformer(Stack.Decoder, Layers = 1, DModel = 100, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
[Attention(Heads = 4, HeadDim = 20, QueryKeyValueBias = true)]
[RotaryPositions(Pairing = RotaryPairing.Interleaved)]
[FeedForward(100, Activation.GeluTanh, Bias = true)]
[Norm(NormKind.Layer, Epsilon = 1e-6f)]
public sealed partial class InterleavedGeluTanh;
