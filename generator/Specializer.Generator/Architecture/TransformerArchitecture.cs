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
    BlockArrangement Arrangement,
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
    public BlockArrangement Arrangement
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
            Stack.EncoderDecoder => Encoder?.Embeddings.Sound is null ? ModelKind.EncoderDecoder : ModelKind.Speech,
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
        BlockArrangement arrangement
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

/// <summary>Specifies the stacks of layers of a transformer; the values are those of the attribute's enumeration.</summary>
internal enum Stack
{
    /// <summary>One stack that predicts the next token from the tokens before it.</summary>
    Decoder,

    /// <summary>One stack that transforms a whole sequence into hidden states.</summary>
    Encoder,

    /// <summary>A decoder whose every layer also attends to the output of an encoder.</summary>
    EncoderDecoder,
}

/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Scale">The factor of the embeddings; 1 for none.</param>
/// <param name="Positions">The position table that is added, if there is one.</param>
/// <param name="Norm">Whether the sum is normalized.</param>
internal sealed record EmbeddingArchitecture(int VocabularySize, float Scale, PositionTable? Positions, bool Norm)
{
    /// <summary>The number of token types whose embeddings are added; 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>
    /// The width of the embeddings if a linear layer projects them to the width of the hidden states (ALBERT); 0 if the widths
    /// are equal.
    /// </summary>
    public int Width { get; init; }

    /// <summary>The patches of an image that replace tokens; null if there are none.</summary>
    public PatchArchitecture? Patches { get; init; }

    /// <summary>The audio that replaces tokens; null if there is none.</summary>
    public SoundArchitecture? Sound { get; init; }
}

/// <summary>
/// Audio frames, each combined with its neighbors by two convolutions of three frames with an activation (Whisper). The second
/// convolution has a stride of two frames, so that two frames become one position.
/// </summary>
/// <param name="MelBands">The number of features of a frame.</param>
/// <param name="Activation">The activation after each convolution.</param>
internal sealed record SoundArchitecture(int MelBands, ActivationFunction Activation)
{
    /// <summary>The number of frames of a convolution.</summary>
    public const int Window = 3;

    /// <summary>The number of frames that become one position.</summary>
    public const int FramesPerPosition = 2;
}

/// <summary>
/// A square image that is divided into square patches, each projected to a hidden state, after a learned class state.
/// </summary>
/// <param name="ImageSize">The height and width of the image.</param>
/// <param name="PatchSize">The height and width of a patch; divides those of the image.</param>
/// <param name="Channels">The number of channels.</param>
internal sealed record PatchArchitecture(int ImageSize, int PatchSize, int Channels)
{
    /// <summary>The number of patches of an image.</summary>
    public int Count => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>The number of floats of a patch.</summary>
    public int Floats => Channels * PatchSize * PatchSize;
}

/// <summary>Positions that are added to the embeddings.</summary>
internal abstract record PositionTable;

/// <param name="Offset">The row of the table for position 0.</param>
/// <param name="Rows">The number of rows of the table.</param>
internal sealed record LearnedPositions(int Offset, int Rows) : PositionTable
{
    /// <summary>
    /// The padding token, which has no position (RoBERTa). It always uses its own row, and the tokens after it are counted as if
    /// it were absent. Null if there is none.
    /// </summary>
    public int? PaddingToken { get; init; }
}

/// <param name="Interleaved">
/// Whether sines and cosines alternate, as printed in the paper; otherwise all sines precede all cosines.
/// </param>
internal sealed record SinusoidalPositions(bool Interleaved) : PositionTable
{
    /// <summary>The number of the first position.</summary>
    public int First { get; init; }

    /// <summary>
    /// Whether the last frequency is exactly 1 / 10000 (tensor2tensor, fairseq, OpenNMT) instead of one step earlier.
    /// </summary>
    public bool Endpoint { get; init; }
}

/// <param name="Heads">The number of query heads.</param>
/// <param name="KeyValueHeads">The number of key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDimension">The width of one head.</param>
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
    int HeadDimension,
    float Scale,
    bool QueryBias,
    bool KeyBias,
    bool ValueBias,
    bool OutputBias,
    float SoftCap,
    bool QueryKeyNorm
) : MixerArchitecture
{
    /// <summary>
    /// Whether the weights of values are φ(q) · φ(k) with φ(x) = elu(x) + 1, instead of a softmax (Katharopoulos et al. 2020).
    /// </summary>
    public bool Linear { get; init; }

    /// <summary>Whether q·k is also divided by the layer number, counted from 1 (GPT-2's scale_attn_by_inverse_layer_idx).</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>The limit c if projected queries, keys and values are clipped to [−c, c] first (MPT's clip_qkv); 0 for none.</summary>
    public float ProjectionClip { get; init; }

    /// <summary>The number of query heads for each key/value head.</summary>
    public int GroupSize => Heads / KeyValueHeads;
}

/// <summary>Specifies the positions that a position can attend to; the values are those of the attribute's enumeration.</summary>
internal enum AttentionMask
{
    /// <summary>The position itself and earlier positions.</summary>
    Causal,

    /// <summary>All positions of the sequence, earlier and later.</summary>
    Full,

    /// <summary>The position itself, earlier positions, and all of a prefix.</summary>
    Prefix,
}

/// <summary>The positions in the attention.</summary>
internal abstract record AttentionPositions
{
    /// <summary>Returns the positions without the properties on which the code of kernels does not depend.</summary>
    public virtual AttentionPositions ForCode() => this;
}

/// <summary>No positions.</summary>
internal sealed record NoPositions : AttentionPositions;

/// <param name="Base">θ of the frequencies θ^(−2i / RotaryDimension).</param>
/// <param name="RotaryDimension">The number of leading elements of a head that are rotated; even.</param>
/// <param name="Interleaved">Whether pairs are (2i, 2i+1) instead of (i, i + RotaryDimension / 2).</param>
/// <param name="Scaling">The scaling of the frequencies for longer contexts.</param>
internal sealed record RotaryPositions(double Base, int RotaryDimension, bool Interleaved, RotaryScaling Scaling) : AttentionPositions
{
    public override AttentionPositions ForCode() => this with { Base = 0, Scaling = new NoScaling() };
}

/// <summary>The scaling of rotary frequencies for longer contexts.</summary>
internal abstract record RotaryScaling;

/// <summary>No scaling.</summary>
internal sealed record NoScaling : RotaryScaling;

/// <summary>Position interpolation: every frequency is divided by the factor (Chen et al. 2023).</summary>
internal sealed record LinearScaling(double Factor) : RotaryScaling;

/// <summary>LLaMA 3.1: low frequencies are divided by the factor, high ones are unchanged, with a ramp between them.</summary>
internal sealed record Llama3Scaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContextLength)
    : RotaryScaling;

/// <summary>YaRN: interpolation by wavelength with a sharpened softmax (Peng et al. 2023).</summary>
internal sealed record YarnScaling(double Factor, int OriginalContextLength, double BetaFast, double BetaSlow, double AttentionFactor)
    : RotaryScaling
{
    /// <summary>Whether the ends of the ramp are rounded to whole pairs.</summary>
    public bool Truncate { get; init; } = true;
}

/// <summary>
/// A base that grows with the sequence (dynamic NTK). Up to the longest context of the file it equals the plain base. Beyond it,
/// cached keys would have to be rotated again at every position, which is not supported.
/// </summary>
internal sealed record DynamicScaling(double Factor, int OriginalContextLength) : RotaryScaling;

/// <summary>LongRoPE: a factor for each frequency (Ding et al. 2024).</summary>
/// <param name="Factors">
/// The factors of sequences longer than <see cref="OriginalContextLength"/>, or of all sequences if there are no others.
/// </param>
/// <param name="AttentionFactor">The factor of cosines and sines for any length.</param>
internal sealed record LongScaling(EquatableArray<double> Factors, double AttentionFactor) : RotaryScaling
{
    /// <summary>
    /// The factors of sequences of up to <see cref="OriginalContextLength"/> positions; empty if <see cref="Factors"/> apply to
    /// all.
    /// </summary>
    public EquatableArray<double> ShortFactors { get; init; } = EquatableArray<double>.Empty;

    /// <summary>The original context length.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>
    /// Whether the factors of all positions change when a sequence becomes longer than <see cref="OriginalContextLength"/>.
    /// </summary>
    public bool Switches => ShortFactors.Count > 0 && !ShortFactors.Equals(Factors);

    /// <summary>Returns the scaling with the factors of short sequences for all lengths.</summary>
    public LongScaling Short => this with { Factors = ShortFactors, ShortFactors = EquatableArray<double>.Empty };

    /// <summary>
    /// Returns the scaling for sessions of a length: only the short factors, if they never exceed the original length.
    /// </summary>
    public LongScaling For(int contextLength) =>
        contextLength <= OriginalContextLength && ShortFactors.Count == Factors.Count ? Short : this;
}

/// <summary>Linear biases on scores with a slope for each head (Press et al. 2022, ALiBi).</summary>
/// <param name="MaximumBias">The largest exponent: head k of p (a power of two) has the slope 2^(−MaximumBias · k / p).</param>
internal sealed record AlibiPositions(double MaximumBias) : AttentionPositions
{
    public override AttentionPositions ForCode() => this with { MaximumBias = 0 };
}

/// <summary>
/// Relative positions: a learned bias on scores for each head and bucket of distances; one table for all layers (Raffel et al. 2020, T5).
/// </summary>
/// <param name="Buckets">The number of rows of the table.</param>
/// <param name="MaximumDistance">The distance from which on all keys are in the last bucket.</param>
/// <param name="Bidirectional">Whether half of the buckets are for keys after the query; otherwise their distance is 0.</param>
internal sealed record RelativePositions(int Buckets, int MaximumDistance, bool Bidirectional) : AttentionPositions
{
    public override AttentionPositions ForCode() => this with { Buckets = 0, MaximumDistance = 0 };
}

/// <summary>Specifies an activation function; whether it is gated is separate.</summary>
internal enum ActivationFunction
{
    Relu,
    Gelu,
    GeluTanh,
    GeluQuick,
    Silu,
    SquaredRelu,

    /// <summary>For heads only.</summary>
    Tanh,
}

/// <param name="Width">The inner width, d_ff.</param>
/// <param name="Activation">The activation.</param>
/// <param name="Gated">Whether the activation is applied to a gate projection that multiplies the up projection.</param>
/// <param name="Bias">Whether the linear layers add a bias.</param>
internal sealed record FeedForwardArchitecture(int Width, ActivationFunction Activation, bool Gated, bool Bias);

internal enum NormFormula
{
    RootMeanSquare,
    Layer,
}

/// <param name="Formula">The formula.</param>
/// <param name="Epsilon">The ε of the formula.</param>
/// <param name="Bias">Whether LayerNorm adds a bias.</param>
/// <param name="UnitOffset">Whether the checkpoint stores the weight minus one, so that the factor is 1 + w (Gemma).</param>
internal sealed record NormArchitecture(NormFormula Formula, float Epsilon, bool Bias, bool UnitOffset);

/// <summary>Specifies the positions of the norms and residual connections in a layer.</summary>
internal enum BlockArrangement
{
    /// <summary>x += attention(norm(x)); x += feedForward(norm(x)).</summary>
    PreNorm,

    /// <summary>x += attention(norm(x)) + feedForward(norm(x)) with one norm for both (GPT-J, Phi, Falcon 7B; PaLM).</summary>
    ParallelOneNorm,

    /// <summary>x += attention(norm₁(x)) + feedForward(norm₂(x)) (GPT-NeoX, Falcon 40B).</summary>
    ParallelTwoNorms,

    /// <summary>x += norm(attention(norm(x))); x += norm(feedForward(norm(x))) (Gemma 2 and 3).</summary>
    Sandwich,

    /// <summary>x = norm(x + attention(x)); x = norm(x + feedForward(x)) (Vaswani et al. 2017; BERT).</summary>
    PostNorm,

    /// <summary>
    /// x = norm(x); x += attention(x); x = norm(x); x += feedForward(x): norms on the residual stream (BLOOM's
    /// apply_residual_connection_post_layernorm).
    /// </summary>
    NormedResidual,
}

/// <param name="Tied">Whether the output matrix is the token embeddings.</param>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="SoftCap">The soft cap c of c · tanh(logit / c); 0 for none.</param>
internal sealed record LogitsArchitecture(bool Tied, bool Bias, float SoftCap)
{
    /// <summary>The factor of logits, including their bias, before the soft cap; 1 for none.</summary>
    public float Scale { get; init; } = 1;
}
