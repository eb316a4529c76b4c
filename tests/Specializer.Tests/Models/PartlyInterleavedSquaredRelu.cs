namespace Specializer.Tests.Models;

/// <summary>Interleaved rotary positions on half of each head, layer norms without biases elsewhere, chunks of three.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 100, VocabularySize = 117, ContextLength = 50, ChunkLength = 3, TiedEmbeddings = true)]
[Attention(Heads = 10, KeyValueHeads = 5, HeadDim = 8)]
[RotaryPositions(Pairing = RotaryPairing.Interleaved, RotaryDim = 4, Base = 100)]
[FeedForward(40, Activation.SquaredRelu)]
[Norm(NormKind.Layer)]
public sealed partial class PartlyInterleavedSquaredRelu;
