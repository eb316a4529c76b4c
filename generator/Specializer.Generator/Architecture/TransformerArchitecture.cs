using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>
/// A declared transformer: checked and complete, without defaults to fill in. It is immutable and compared by value, so that the
/// incremental pipeline detects changes. New members must preserve both properties.
/// </summary>
/// <param name="Layers">The number of layers.</param>
/// <param name="Width">The width of the hidden states, d_model.</param>
/// <param name="ContextLength">The largest number of positions of a session.</param>
/// <param name="ChunkLength">The number of positions per prefill step; 0 for the planner's choice.</param>
/// <param name="Embeddings">The embeddings.</param>
/// <param name="LayerKinds">The kinds of layers; most models have one kind.</param>
/// <param name="LayerPattern">The repeating pattern of kinds: layer i is of kind LayerPattern[i modulo its length].</param>
/// <param name="Norm">The norms.</param>
/// <param name="Logits">The logits.</param>
/// <param name="Checkpoint">The names and the layout of the checkpoint's tensors.</param>
internal sealed record TransformerArchitecture(
    int Layers,
    int Width,
    int ContextLength,
    int ChunkLength,
    EmbeddingArchitecture Embeddings,
    EquatableArray<LayerKind> LayerKinds,
    EquatableArray<int> LayerPattern,
    NormArchitecture Norm,
    LogitsArchitecture Logits,
    CheckpointLayout Checkpoint
)
{
    /// <summary>The attention of the first kind of layers.</summary>
    public AttentionArchitecture Attention => LayerKinds[0].Attention;

    /// <summary>The feed-forward block of the first kind of layers.</summary>
    public FeedForwardArchitecture FeedForward => LayerKinds[0].FeedForward;

    /// <summary>The norms and residual connections of the first kind of layers.</summary>
    public LayerArrangement Arrangement => LayerKinds[0].Arrangement;

    /// <summary>The stacks of layers.</summary>
    public Stack Stack { get; init; } = Stack.Decoder;

    /// <summary>The encoder of an encoder-decoder, whose context is the longest source; null for other stacks.</summary>
    public TransformerArchitecture? Encoder { get; init; }

    /// <summary>The cross-attention of every decoder layer; null for other stacks.</summary>
    public AttentionArchitecture? CrossAttention { get; init; }

    /// <summary>The head of an encoder; null if it returns its last hidden states.</summary>
    public HeadArchitecture? Head { get; init; }

    /// <summary>
    /// Whether some tokens of an encoder's sequence have global attention in both directions, with separate projections
    /// (Longformer).
    /// </summary>
    public bool GlobalTokens { get; init; }

    /// <summary>The kind of the model.</summary>
    public ModelKind Kind =>
        Stack switch
        {
            Stack.EncoderDecoder => Encoder?.Embeddings.Speech is null ? ModelKind.EncoderDecoder : ModelKind.Speech,
            Stack.Encoder => Embeddings.Patches is null ? ModelKind.Encoder : ModelKind.ImageEncoder,
            _ => LayerKinds.Any(static kind => kind.Mixer is AttentionArchitecture { Mask: AttentionMask.Prefix })
                ? (Embeddings.EmbeddedPrefix ? ModelKind.EmbeddedPrefixDecoder : ModelKind.PrefixDecoder)
                : ModelKind.Decoder,
        };

    /// <summary>The length at which the rotary factors of all positions of a sequence change (LongRoPE); 0 if they never do.</summary>
    public int OriginalContextLength => OriginalContextLengths.FirstOrDefault();

    /// <summary>The distinct lengths of all layer kinds at which factors change.</summary>
    public IEnumerable<int> OriginalContextLengths =>
        LayerKinds
            .Select(static kind =>
                kind.Mixer is AttentionArchitecture { Positions: RotaryPositions { Scaling: LongScaling { Switches: true } scaling } }
                    ? scaling.OriginalContextLength
                    : 0
            )
            .Where(static length => length > 0)
            .Distinct();

    /// <summary>The number of consecutive layers that share one set of weights (ALBERT); divides the number of layers.</summary>
    public int LayersPerSet { get; init; } = 1;

    /// <summary>
    /// The number of sets of weights in a group, whose layers run in order and are repeated as a whole (ALBERT's
    /// inner_group_num). It is 1 if every set is repeated by itself. "{layer}" counts groups in names, "{inner}" the sets of a
    /// group.
    /// </summary>
    public int SetsPerGroup { get; init; } = 1;

    /// <summary>The number of distinct sets of weights.</summary>
    public int WeightSets => Layers / LayersPerSet;

    /// <summary>The storage type of the weights of linear layers; an encoder-decoder's encoder has the same type.</summary>
    public WeightStorage WeightStorage { get; init; }

    /// <summary>Whether all layers have weights of the same shapes, so that all layers have the same size.</summary>
    public bool LayersAreUniform => LayerKinds.All(kind => kind.HasShapesOf(LayerKinds[0]));

    /// <summary>Returns the kind of a layer.</summary>
    public LayerKind KindOf(int layer) => LayerKinds[LayerPattern[layer % LayerPattern.Count]];

    /// <summary>Returns the number of layers of the kind with a name.</summary>
    public int LayersOf(string kind) => Enumerable.Range(0, Layers).Count(layer => KindOf(layer).Name == kind);

    /// <summary>Returns the number of layers of a kind.</summary>
    public int LayersOf(int kind) => Enumerable.Range(0, Layers).Count(layer => LayerPattern[layer % LayerPattern.Count] == kind);

    /// <summary>Returns the architecture with a change of every kind of layers.</summary>
    public TransformerArchitecture WithEachKind(Func<LayerKind, LayerKind> change) =>
        this with
        {
            LayerKinds = new EquatableArray<LayerKind>(LayerKinds.Select(change)),
        };

    /// <summary>Returns the architecture with a change of the attention of every kind of layers that has attention.</summary>
    public TransformerArchitecture WithAttention(Func<AttentionArchitecture, AttentionArchitecture> change) =>
        WithEachKind(kind => kind.WithAttention(change));

    /// <summary>Returns the architecture with a change of the feed-forward block of every kind of layers.</summary>
    public TransformerArchitecture WithFeedForward(Func<FeedForwardArchitecture, FeedForwardArchitecture> change) =>
        WithEachKind(kind => kind with { FeedForward = change(kind.FeedForward) });

    /// <summary>Returns the architecture with the same norms and residual connections in every kind of layers.</summary>
    public TransformerArchitecture WithArrangement(LayerArrangement arrangement) =>
        WithEachKind(kind => kind with { Arrangement = arrangement });

    /// <summary>Returns the architecture without the kinds that none of its layers is of: a model may have fewer layers than its pattern.</summary>
    public TransformerArchitecture WithoutUnusedKinds()
    {
        int[] pattern = [.. LayerPattern.Take(Layers)];
        int[] used = [.. pattern.Distinct().OrderBy(static kind => kind)];
        return used.Length == LayerKinds.Count
            ? this
            : this with
            {
                LayerKinds = new EquatableArray<LayerKind>(used.Select(kind => LayerKinds[kind])),
                LayerPattern = new EquatableArray<int>(pattern.Select(kind => Array.IndexOf(used, kind))),
            };
    }
}

/// <summary>Specifies a norm of projected queries and keys with a weight for each of their elements.</summary>
internal enum ProjectionNorm
{
    /// <summary>None.</summary>
    None,

    /// <summary>All query heads are normalized together, and all key heads together (OLMo 2).</summary>
    AllHeads,

    /// <summary>Every head is normalized by itself (Command R+).</summary>
    EachHead,
}

/// <param name="Width">The inner width, d_ff.</param>
/// <param name="Activation">The activation.</param>
/// <param name="Gated">Whether the activation is applied to a gate projection that multiplies the up projection.</param>
/// <param name="Bias">Whether the linear layers add a bias.</param>
internal sealed record FeedForwardArchitecture(int Width, Activation Activation, bool Gated, bool Bias)
{
    /// <summary>Whether only the down projection adds a bias (JinaBERT, GTE).</summary>
    public bool OnlyDownBias { get; init; }

    /// <summary>Whether the down projection adds a bias.</summary>
    public bool DownBias => Bias || OnlyDownBias;
}

/// <param name="Kind">The formula.</param>
/// <param name="Epsilon">The ε of the formula.</param>
/// <param name="Bias">Whether LayerNorm adds a bias.</param>
/// <param name="UnitOffset">Whether the checkpoint stores the weight minus one, so that the factor is 1 + w (Gemma).</param>
internal sealed record NormArchitecture(NormKind Kind, float Epsilon, bool Bias, bool UnitOffset)
{
    /// <summary>Whether norms have a weight; otherwise the factor is 1 (OLMo).</summary>
    public bool HasWeight { get; init; } = true;
}

/// <param name="Tied">Whether the output matrix is the token embeddings.</param>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="SoftCap">The soft cap c of c · tanh(logit / c); 0 for none.</param>
internal sealed record LogitsArchitecture(bool Tied, bool Bias, float SoftCap)
{
    /// <summary>The factor of logits, including their bias, before the soft cap; 1 for none.</summary>
    public float Scale { get; init; } = 1;
}
