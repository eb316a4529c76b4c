namespace Specializer.Tests.Models;

/// <summary>An encoder by attributes: grouped queries, heads 20 wide, rotary positions, chunks of five, a context of more than one block of keys.</summary>
[Transformer(Stack.Encoder, Layers = 2, DModel = 100, VocabularySize = 117, ContextLength = 150, ChunkLength = 5)]
[Attention(Heads = 4, KeyValueHeads = 2, HeadDim = 20, Mask = AttentionMask.Full, QueryKeyValueBias = true)]
[RotaryPositions]
[FeedForward(40, Activation.GeGlu)]
[Norm(NormKind.Layer)]
[Pooling(PoolingKind.Mean, Normalize = true)]
public sealed partial class SentenceEncoder;
