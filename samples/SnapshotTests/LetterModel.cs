using Specializer;

namespace SnapshotTests;

/// <summary>The model of this project, which continues words of 26 letters.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 64, VocabularySize = 27, ContextLength = 32, TiedEmbeddings = true)]
[Attention(Heads = 4, KeyValueHeads = 2)]
[RotaryPositions]
[FeedForward(128, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LetterModel;
