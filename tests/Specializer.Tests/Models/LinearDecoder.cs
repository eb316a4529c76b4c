namespace Specializer.Tests.Models;

/// <summary>Linear attention: heads 20 wide, groups of two queries, learned positions, chunks of 16.</summary>
[Transformer(Stack.Decoder, Layers = 2, DModel = 72, VocabularySize = 61, ContextLength = 160, ChunkLength = 16)]
[Attention(Heads = 4, KeyValueHeads = 2, HeadDim = 20, Form = AttentionForm.Linear, QueryKeyValueBias = true)]
[FeedForward(48, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LinearDecoder;

/// <summary>The same over a whole sequence, every position seeing all.</summary>
[Transformer(Stack.Encoder, Layers = 2, DModel = 72, VocabularySize = 61, ContextLength = 160, ChunkLength = 16)]
[Attention(Heads = 4, KeyValueHeads = 2, HeadDim = 20, Mask = AttentionMask.Full, Form = AttentionForm.Linear, QueryKeyValueBias = true)]
[FeedForward(48, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare)]
public sealed partial class LinearEncoder;
