namespace Specializer.Tests.Models;

/// <summary>goldens/llama: grouped queries, heads 12 wide, a vocabulary that fills no vector.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 96, VocabularySize = 509, ContextLength = 256)]
[Attention(Heads = 8, KeyValueHeads = 2, HeadDim = 12)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LlamaGolden;
