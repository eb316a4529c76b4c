namespace Specializer.Tests.Models;

/// <summary><see cref="LlamaGolden"/> with weights of 16 bits, which its BF16 checkpoint fills exactly; the last panels of most kernels are narrow.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 96, VocabularySize = 509, ContextLength = 256, WeightStorage = WeightStorage.BFloat16)]
[Attention(Heads = 8, KeyValueHeads = 2, HeadDim = 12)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LlamaGoldenBFloat16;
