namespace Specializer.Generator.Architecture;

/// <summary>Attention of a layer to the positions of a sequence, softmax or linear.</summary>
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
    /// <summary>The positions in the scores or in queries and keys.</summary>
    public AttentionPositions Positions { get; init; } = new NoPositions();

    /// <summary>
    /// Whether a config.json has separate fields for the rotary positions of these layers (Gemma 3's layers with a window).
    /// </summary>
    public bool OwnPositions { get; init; }

    /// <summary>The keys that a position attends to.</summary>
    public AttentionMask Mask { get; init; } = AttentionMask.Causal;

    /// <summary>The number of positions that a position attends to, including itself; 0 for all that the mask allows.</summary>
    public int Window { get; init; }

    /// <summary>In an encoder, the number of positions on each side that a position attends to; 0 for all.</summary>
    public int Band { get; init; }

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

    /// <summary>Returns attention with these heads to all positions of another sequence, without positions of its own.</summary>
    public AttentionArchitecture ForCross() =>
        this with
        {
            Positions = new NoPositions(),
            OwnPositions = false,
            Mask = AttentionMask.Full,
            Window = 0,
            Band = 0,
        };

    public override MixerArchitecture ForShapes() =>
        this with
        {
            Positions = new NoPositions(),
            OwnPositions = false,
            Mask = AttentionMask.Causal,
            Window = 0,
            Band = 0,
        };

    /// <summary>
    /// Returns the attention without the properties on which the code of its kernels does not depend. Linear layers add biases,
    /// and tables contain rotary angles.
    /// </summary>
    public AttentionArchitecture ForCode() =>
        this with
        {
            Scale = ScaleByInverseLayer || IsLinear ? 1 : Scale,
            QueryBias = false,
            KeyBias = false,
            ValueBias = false,
            OutputBias = false,
            ProjectionClip = 0,
            ProjectionNorm = ProjectionNorm.None,
            Positions = Positions.ForCode(),
            OwnPositions = false,
        };
}
