namespace Specializer.Tests.Models;

/// <summary>One key/value head for all queries, heads 64 wide of which a quarter is rotated, a bias on the output projection only.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 72, VocabularySize = 509, ContextLength = 40)]
[Attention(Heads = 3, KeyValueHeads = 1, HeadDim = 64, OutputBias = true)]
[RotaryPositions(RotaryDim = 16)]
[FeedForward(132, Activation.GeluQuick)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class MultiQueryGeluQuick;
