using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>
/// One declared transformer: checked, complete, nothing left to default. Immutable and compared by value, so that the
/// incremental pipeline can tell whether anything changed. When adding a member keep both properties.
/// </summary>
/// <param name="Layers">The number of layers.</param>
/// <param name="Width">The width of the hidden states, d_model.</param>
/// <param name="ContextLength">The largest number of positions of a session.</param>
/// <param name="ChunkLength">The positions per prefill step; 0 leaves the choice to the planner.</param>
/// <param name="Embeddings">How tokens become hidden states.</param>
/// <param name="Attention">The attention of every layer.</param>
/// <param name="LayerKinds">What layers may differ in; most models have one kind.</param>
/// <param name="LayerPattern">Layer i is of kind LayerPattern[i modulo its length].</param>
/// <param name="FeedForward">The feed-forward block of every layer.</param>
/// <param name="Norm">The norms.</param>
/// <param name="Arrangement">Where a layer's norms and residual sums stand.</param>
/// <param name="Logits">How hidden states become logits.</param>
/// <param name="Checkpoint">Where the checkpoint keeps the tensors.</param>
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
    /// <summary>Which stacks of layers there are.</summary>
    public Stack Stack { get; init; } = Stack.Decoder;

    /// <summary>The encoder of an encoder-decoder, whose own context is the longest source; null for other stacks.</summary>
    public TransformerArchitecture? Encoder { get; init; }

    /// <summary>The attention of every decoder layer to the encoder's output; null for other stacks.</summary>
    public AttentionArchitecture? CrossAttention { get; init; }

    /// <summary>What an encoder computes from its last hidden states; null if it gives them as they are.</summary>
    public HeadArchitecture? Head { get; init; }

    /// <summary>Whether some tokens of an encoder's sequence see all others and are seen by all, with projections of their own (Longformer).</summary>
    public bool GlobalTokens { get; init; }

    /// <summary>What kind of model this is.</summary>
    public ModelKind Kind =>
        Stack switch
        {
            Stack.EncoderDecoder => Encoder?.Embeddings.Sound is null ? ModelKind.EncoderDecoder : ModelKind.Speech,
            Stack.Encoder => Embeddings.Patches is null ? ModelKind.Encoder : ModelKind.ImageEncoder,
            _ => LayerKinds.Any(static kind => kind.Mask == AttentionMask.Prefix) ? ModelKind.PrefixDecoder : ModelKind.Decoder,
        };

    /// <summary>The length past which the rotary factors of all positions of a sequence change (LongRoPE); 0 where they never do.</summary>
    public int OriginalContextLength => OriginalContextLengths.FirstOrDefault();

    /// <summary>Those lengths of all kinds of layers, each once.</summary>
    public IEnumerable<int> OriginalContextLengths =>
        LayerKinds
            .Select(static kind =>
                kind.Positions is RotaryPositions { Scaling: LongScaling { Switches: true } scaling } ? scaling.OriginalContextLength : 0
            )
            .Where(static length => length > 0)
            .Distinct();

    /// <summary>How many layers, one after the other, run with the same set of weights (ALBERT); divides the number of layers.</summary>
    public int LayersPerSet { get; init; } = 1;

    /// <summary>
    /// How many sets of weights make a group, whose layers run in order and are repeated as a whole (ALBERT's inner_group_num); 1 where
    /// every set is repeated by itself. Groups are what "{layer}" counts in names, "{inner}" the sets of a group.
    /// </summary>
    public int SetsPerGroup { get; init; } = 1;

    /// <summary>The sets of weights that layers have.</summary>
    public int WeightSets => Layers / LayersPerSet;

    /// <summary>The type in which the weights of linear layers are held; an encoder-decoder's encoder has the same.</summary>
    public WeightStorage WeightStorage { get; init; }
}

/// <summary>Which stacks of layers a transformer has; the values are those of the attribute's enumeration.</summary>
internal enum Stack
{
    /// <summary>One stack that predicts the next token from those before it.</summary>
    Decoder,

    /// <summary>One stack that turns a whole sequence into hidden states.</summary>
    Encoder,

    /// <summary>A decoder whose every layer also attends to the output of an encoder.</summary>
    EncoderDecoder,
}

/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Scale">What embeddings are multiplied with; 1 for nothing.</param>
/// <param name="Positions">A table of positions that is added, if any.</param>
/// <param name="Norm">Whether the sum is normalised.</param>
internal sealed record EmbeddingArchitecture(int VocabularySize, float Scale, PositionTable? Positions, bool Norm)
{
    /// <summary>The number of token types whose embeddings are added; 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>The width of the embeddings where a linear layer projects them to the width of the hidden states (ALBERT); 0 where they are as wide.</summary>
    public int Width { get; init; }

    /// <summary>The patches of an image that take the place of tokens; null where there are none.</summary>
    public PatchArchitecture? Patches { get; init; }

    /// <summary>The sound that takes the place of tokens; null where there is none.</summary>
    public SoundArchitecture? Sound { get; init; }
}

/// <summary>
/// Frames of sound, each seen with its neighbours by two convolutions of three frames with an activation (Whisper); the
/// second goes on by two frames, so that a position is two frames.
/// </summary>
/// <param name="MelBands">The features of a frame.</param>
/// <param name="Activation">What is applied behind each convolution.</param>
internal sealed record SoundArchitecture(int MelBands, ActivationFunction Activation)
{
    /// <summary>The frames that a convolution sees at once.</summary>
    public const int Window = 3;

    /// <summary>The frames that become one position.</summary>
    public const int FramesPerPosition = 2;
}

/// <summary>A square image cut into square patches, each projected to a hidden state, behind a learned first state.</summary>
/// <param name="ImageSize">Height and width of the image.</param>
/// <param name="PatchSize">Height and width of a patch; divides those of the image.</param>
/// <param name="Channels">The channels.</param>
internal sealed record PatchArchitecture(int ImageSize, int PatchSize, int Channels)
{
    /// <summary>The patches of an image.</summary>
    public int Count => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>The floats of a patch.</summary>
    public int Floats => Channels * PatchSize * PatchSize;
}

/// <summary>Positions that are added to the embeddings.</summary>
internal abstract record PositionTable;

/// <param name="Offset">The row of the table that belongs to position 0.</param>
/// <param name="Rows">The rows of the table.</param>
internal sealed record LearnedPositions(int Offset, int Rows) : PositionTable
{
    /// <summary>
    /// The token that fills sequences up and has no position: wherever it stands it has its own row, and the tokens behind it
    /// count as if it were not there (RoBERTa); null where there is no such token.
    /// </summary>
    public int? PaddingToken { get; init; }
}

/// <param name="Interleaved">Sines and cosines in turn, as printed in the paper, instead of first all sines, then all cosines.</param>
internal sealed record SinusoidalPositions(bool Interleaved) : PositionTable
{
    /// <summary>The number that the first position has.</summary>
    public int First { get; init; }

    /// <summary>
    /// Whether the frequencies end at 1 / 10000 exactly (tensor2tensor, fairseq, OpenNMT) instead of one step before it.
    /// </summary>
    public bool Endpoint { get; init; }
}

/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDimension">The width of one head.</param>
/// <param name="Scale">What q·k is multiplied with.</param>
/// <param name="QueryBias">Whether the query projection adds a bias.</param>
/// <param name="KeyBias">Whether the key projection adds a bias.</param>
/// <param name="ValueBias">Whether the value projection adds a bias.</param>
/// <param name="OutputBias">Whether the output projection adds a bias.</param>
/// <param name="SoftCap">c of c · tanh(score / c); 0 for none.</param>
/// <param name="QueryKeyNorm">Whether every query and key head is normalised before positions turn it.</param>
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
)
{
    /// <summary>Whether queries weigh values by φ(q) · φ(k), φ(x) = elu(x) + 1, instead of a softmax (Katharopoulos et al. 2020).</summary>
    public bool Linear { get; init; }

    /// <summary>Whether q·k is also divided by the number of the layer, counted from 1 (GPT-2's scale_attn_by_inverse_layer_idx).</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>c where projected queries, keys and values are clipped to [−c, c] before anything else (MPT's clip_qkv); 0 for none.</summary>
    public float ProjectionClip { get; init; }

    /// <summary>How many query heads read one key/value head.</summary>
    public int GroupSize => Heads / KeyValueHeads;
}

/// <summary>What one kind of layer has of its own.</summary>
/// <param name="Name">What it is called, as an identifier; empty where there is one kind only.</param>
/// <param name="Window">How many positions a position sees, itself included; 0 for all that the mask allows.</param>
/// <param name="Positions">How positions enter its attention.</param>
internal sealed record LayerKind(string Name, int Window, AttentionPositions Positions)
{
    /// <summary>Which positions a position may see at all.</summary>
    public AttentionMask Mask { get; init; } = AttentionMask.Causal;

    /// <summary>Whether a config.json has fields of their own for the rotary positions of this kind (Gemma 3's layers with a window).</summary>
    public bool OwnPositions { get; init; }

    /// <summary>In an encoder, how many positions to each side a position sees; 0 for all.</summary>
    public int Band { get; init; }
}

/// <summary>Which positions a position may see; the values are those of the attribute's enumeration.</summary>
internal enum AttentionMask
{
    /// <summary>Itself and those before it.</summary>
    Causal,

    /// <summary>All of the sequence, before and behind it.</summary>
    Full,

    /// <summary>Itself and those before it, and all of a prefix.</summary>
    Prefix,
}

/// <summary>How positions enter the attention.</summary>
internal abstract record AttentionPositions;

/// <summary>Not at all.</summary>
internal sealed record NoPositions : AttentionPositions;

/// <param name="Base">θ of the frequencies θ^(−2i / RotaryDimension).</param>
/// <param name="RotaryDimension">How many of a head's first elements are turned; even.</param>
/// <param name="Interleaved">Pairs (2i, 2i+1) instead of (i, i + RotaryDimension / 2).</param>
/// <param name="Scaling">How the frequencies are changed for longer contexts.</param>
internal sealed record RotaryPositions(double Base, int RotaryDimension, bool Interleaved, RotaryScaling Scaling) : AttentionPositions;

/// <summary>How rotary frequencies are changed for longer contexts.</summary>
internal abstract record RotaryScaling;

/// <summary>Not at all.</summary>
internal sealed record NoScaling : RotaryScaling;

/// <summary>Every frequency divided by the factor (Chen et al. 2023, position interpolation).</summary>
internal sealed record LinearScaling(double Factor) : RotaryScaling;

/// <summary>Low frequencies divided by the factor, high ones kept, a ramp between (LLaMA 3.1).</summary>
internal sealed record Llama3Scaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContextLength)
    : RotaryScaling;

/// <summary>Interpolation by wavelength with a sharpened softmax (Peng et al. 2023, YaRN).</summary>
internal sealed record YarnScaling(double Factor, int OriginalContextLength, double BetaFast, double BetaSlow, double AttentionFactor)
    : RotaryScaling
{
    /// <summary>Whether the ramp begins and ends at whole pairs.</summary>
    public bool Truncate { get; init; } = true;
}

/// <summary>
/// A base that grows with the sequence (dynamic NTK). Up to the longest context of the file it is the plain one; beyond it
/// keys that are cached would have to be rotated again at every position, which no file of this kind can ask for.
/// </summary>
internal sealed record DynamicScaling(double Factor, int OriginalContextLength) : RotaryScaling;

/// <summary>A factor for each frequency (Ding et al. 2024, LongRoPE).</summary>
/// <param name="Factors">The factors of sequences that are longer than <see cref="OriginalContextLength"/>, or of all if there are no others.</param>
/// <param name="AttentionFactor">What cosines and sines are multiplied with, whatever the length.</param>
internal sealed record LongScaling(EquatableArray<double> Factors, double AttentionFactor) : RotaryScaling
{
    /// <summary>The factors of sequences of up to <see cref="OriginalContextLength"/> positions; none if <see cref="Factors"/> hold for all.</summary>
    public EquatableArray<double> ShortFactors { get; init; } = EquatableArray<double>.Empty;

    /// <summary>The context of the first training.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Whether the factors of all positions change where a sequence becomes longer than <see cref="OriginalContextLength"/>.</summary>
    public bool Switches => ShortFactors.Count > 0 && !ShortFactors.Equals(Factors);

    /// <summary>The factors of short sequences, for all.</summary>
    public LongScaling Short => this with { Factors = ShortFactors, ShortFactors = EquatableArray<double>.Empty };

    /// <summary>What holds for sessions of a length: the short factors alone, if they never become longer than the original.</summary>
    public LongScaling For(int contextLength) =>
        contextLength <= OriginalContextLength && ShortFactors.Count == Factors.Count ? Short : this;
}

/// <summary>A penalty on scores that grows with the distance, a slope per head (Press et al. 2022, ALiBi).</summary>
/// <param name="MaximumBias">The largest exponent: head k of p (a power of two) has the slope 2^(−MaximumBias · k / p).</param>
internal sealed record AlibiPositions(double MaximumBias) : AttentionPositions;

/// <summary>
/// A learned bias on scores for each head and bucket of distances; one table for all layers (Raffel et al. 2020, T5).
/// </summary>
/// <param name="Buckets">The rows of the table.</param>
/// <param name="MaximumDistance">The distance from which on all fall into the last bucket.</param>
/// <param name="Bidirectional">Whether half of the buckets are for keys behind the query; otherwise those count as distance 0.</param>
internal sealed record RelativePositions(int Buckets, int MaximumDistance, bool Bidirectional) : AttentionPositions;

/// <summary>An activation function; what is gated is told apart from the function.</summary>
internal enum ActivationFunction
{
    Relu,
    Gelu,
    GeluTanh,
    GeluQuick,
    Silu,
    SquaredRelu,

    /// <summary>Of heads only.</summary>
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
/// <param name="UnitOffset">Whether the checkpoint holds the weight less one, so that 1 + w is multiplied (Gemma).</param>
internal sealed record NormArchitecture(NormFormula Formula, float Epsilon, bool Bias, bool UnitOffset);

/// <summary>Where a layer's norms and residual sums stand.</summary>
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

    /// <summary>x = norm(x); x += attention(x); x = norm(x); x += feedForward(x): norms of the residual stream itself (BLOOM's apply_residual_connection_post_layernorm).</summary>
    NormedResidual,
}

/// <param name="Tied">Whether they are computed with the token embeddings.</param>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="SoftCap">c of c · tanh(logit / c); 0 for none.</param>
internal sealed record LogitsArchitecture(bool Tied, bool Bias, float SoftCap)
{
    /// <summary>What logits, their bias included, are multiplied with before the soft cap; 1 for nothing.</summary>
    public float Scale { get; init; } = 1;
}
