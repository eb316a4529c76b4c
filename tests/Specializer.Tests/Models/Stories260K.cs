namespace Specializer.Tests.Models;

/// <summary>models/stories260K: a trained LLaMA with tied embeddings and heads 8 wide.</summary>
[Transformer(Stack.Decoder, Layers = 5, DModel = 64, VocabularySize = 512, ContextLength = 512, TiedEmbeddings = true)]
[Attention(Heads = 8, KeyValueHeads = 4)]
[RotaryPositions]
[FeedForward(172, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class Stories260K;
