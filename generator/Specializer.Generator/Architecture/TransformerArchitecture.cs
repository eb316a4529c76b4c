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
/// <param name="Attention">The attention of the kinds that do not declare their own.</param>
/// <param name="LayerKinds">The kinds of layers; most models have one kind.</param>
/// <param name="LayerPattern">The repeating pattern of kinds: layer i is of kind LayerPattern[i modulo its length].</param>
/// <param name="FeedForward">The feed-forward block of the kinds that do not declare their own.</param>
/// <param name="Norm">The norms.</param>
/// <param name="Arrangement">The norms and residual connections of the kinds that do not declare their own.</param>
/// <param name="Logits">The logits.</param>
/// <param name="Checkpoint">The names and the layout of the checkpoint's tensors.</param>
internal sealed record TransformerArchitecture(
    int Layers,
    int Width,
    int ContextLength,
    int ChunkLength,
    EmbeddingArchitecture Embeddings,
    AttentionArchitecture Attention,
    EquatableArray<LayerKind> LayerKinds,
    EquatableArray<int> LayerPattern,
    FeedForwardArchitecture FeedForward,
    NormArchitecture Norm,
    LayerArrangement Arrangement,
    LogitsArchitecture Logits,
    CheckpointLayout Checkpoint
)
{
    private readonly EquatableArray<LayerKind> _kinds = Complete(LayerKinds, Attention, FeedForward, Arrangement);

    /// <summary>The kinds of layers, each with its mixer, its feed-forward block, its norms and its residual connections.</summary>
    public EquatableArray<LayerKind> LayerKinds
    {
        get => _kinds;
        init => _kinds = Complete(value, Attention, FeedForward, Arrangement);
    }

    /// <summary>The attention of the first kind of layers; setting it changes all kinds.</summary>
    public AttentionArchitecture Attention
    {
        get => _kinds[0].Attention;
        init => _kinds = new EquatableArray<LayerKind>(_kinds.Select(kind => kind with { Mixer = value }));
    }

    /// <summary>The feed-forward block of the first kind of layers; setting it changes all kinds.</summary>
    public FeedForwardArchitecture FeedForward
    {
        get => _kinds[0].FeedForward;
        init => _kinds = new EquatableArray<LayerKind>(_kinds.Select(kind => kind with { FeedForward = value }));
    }

    /// <summary>The norms and residual connections of the first kind of layers; setting them changes all kinds.</summary>
    public LayerArrangement Arrangement
    {
        get => _kinds[0].Arrangement;
        init => _kinds = new EquatableArray<LayerKind>(_kinds.Select(kind => kind with { Arrangement = value }));
    }

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
            _ => LayerKinds.Any(static kind => kind.Mask == AttentionMask.Prefix) ? ModelKind.PrefixDecoder : ModelKind.Decoder,
        };

    /// <summary>The length at which the rotary factors of all positions of a sequence change (LongRoPE); 0 if they never do.</summary>
    public int OriginalContextLength => OriginalContextLengths.FirstOrDefault();

    /// <summary>The distinct lengths of all layer kinds at which factors change.</summary>
    public IEnumerable<int> OriginalContextLengths =>
        LayerKinds
            .Select(static kind =>
                kind.Positions is RotaryPositions { Scaling: LongScaling { Switches: true } scaling } ? scaling.OriginalContextLength : 0
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

    private static EquatableArray<LayerKind> Complete(
        EquatableArray<LayerKind> kinds,
        AttentionArchitecture attention,
        FeedForwardArchitecture feedForward,
        LayerArrangement arrangement
    ) => new(kinds.Select(kind => kind.Or(attention, feedForward, arrangement)));

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

/// <param name="Heads">The number of query heads.</param>
/// <param name="KeyValueHeads">The number of key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDim">The width of one head.</param>
/// <param name="Scale">The factor of the scores q·k.</param>
/// <param name="QueryBias">Whether the query projection adds a bias.</param>
/// <param name="KeyBias">Whether the key projection adds a bias.</param>
/// <param name="ValueBias">Whether the value projection adds a bias.</param>
/// <param name="OutputBias">Whether the output projection adds a bias.</param>
/// <param name="SoftCap">The soft cap c of c · tanh(score / c); 0 for none.</param>
/// <param name="QueryKeyNorm">Whether every query and key head is normalized before the rotation.</param>
internal sealed record AttentionArchitecture(
    int Heads,
    int KeyValueHeads,
    int HeadDim,
    float Scale,
    bool QueryBias,
    bool KeyBias,
    bool ValueBias,
    bool OutputBias,
    float SoftCap,
    bool QueryKeyNorm
) : MixerArchitecture
{
    /// <summary>The weights of values: a softmax, or φ(q) · φ(k) with φ(x) = elu(x) + 1 (Katharopoulos et al. 2020).</summary>
    public AttentionForm Form { get; init; }

    /// <summary>Whether the attention is linear.</summary>
    public bool IsLinear => Form == AttentionForm.Linear;

    /// <summary>Whether q·k is also divided by the layer number, counted from 1 (GPT-2's scale_attn_by_inverse_layer_idx).</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>The limit c if projected queries, keys and values are clipped to [−c, c] first (MPT's clip_qkv); 0 for none.</summary>
    public float ProjectionClip { get; init; }

    /// <summary>The norm of projected queries and keys before their heads are used, with weights of its own for each of their elements.</summary>
    public ProjectionNorm ProjectionNorm { get; init; }

    /// <summary>Whether <see cref="QueryKeyNorm"/> follows the rotation instead of preceding it (HunYuan).</summary>
    public bool NormsRotated { get; init; }

    /// <summary>The number of query heads for each key/value head.</summary>
    public int GroupSize => Heads / KeyValueHeads;
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
