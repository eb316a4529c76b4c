using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Rotates queries and keys, appends keys and values to the cache, and attends to it.</summary>
/// <param name="Attention">The attention: its heads, mask, window and positions.</param>
/// <param name="Epsilon">The ε of the norms of query and key heads.</param>
/// <param name="InputStride">The number of floats from one row of projected queries, keys and values to the next.</param>
/// <param name="OutputStride">The number of floats from one row of attention output to the next.</param>
/// <param name="CacheLength">The number of positions of the cache. With a window, position p is at p modulo this number.</param>
/// <param name="QueryRows">
/// The number of rows in the buffer of queries: those of a chunk or, in an encoder, those of the context.
/// </param>
internal sealed record AttentionKernel(
    AttentionArchitecture Attention,
    float Epsilon,
    int InputStride,
    int OutputStride,
    int CacheLength,
    int QueryRows
) : Kernel
{
    private const int NarrowStride = Layout.Line / 2;

    /// <summary>The name of the kind of layer, which names its buffers.</summary>
    public string KindName { get; init; } = "";

    /// <summary>The number of floats from one query to the next: a head in whole lines.</summary>
    public int HeadStride => Layout.Pad(Attention.HeadDim);

    /// <summary>
    /// The number of floats from one position's values to the next: a head in whole lines. A narrow head has half a line, so that the
    /// values of two positions share one.
    /// </summary>
    public int ValueStride => Attention.HeadDim <= NarrowStride ? NarrowStride : HeadStride;

    /// <summary>
    /// The number of floats of one key/value head's keys: panels of positions, each [HeadDim][positions of the panel]. For
    /// linear attention, that of its state: Σ φ(k) vᵀ, [HeadDim][HeadStride].
    /// </summary>
    public long KeysPerHead => Attention.IsLinear ? (long)Attention.HeadDim * HeadStride : (long)CacheLength * Attention.HeadDim;

    /// <summary>
    /// The number of floats of one key/value head's values: [CacheLength][ValueStride]. For linear attention, that of Σ φ(k).
    /// </summary>
    public long ValuesPerHead => Attention.IsLinear ? HeadStride : (long)CacheLength * ValueStride;

    /// <summary>Describes the keys of layers with their shape.</summary>
    public string DescribeKeys(string layers) =>
        Attention.IsLinear
            ? $"sums of key times value of {layers} [{Attention.KeyValueHeads} key/value heads][{Attention.HeadDim}][{HeadStride}]"
            : $"keys of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions, in panels][{Attention.HeadDim}]";

    /// <summary>Describes the values of layers with their shape.</summary>
    public string DescribeValues(string layers) =>
        Attention.IsLinear
            ? $"sums of keys of {layers} [{Attention.KeyValueHeads} key/value heads][{HeadStride}]"
            : $"values of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions][{ValueStride}]";

    /// <summary>The number of floats of the rotated, scaled queries: [KeyValueHeads][row][head of the group][HeadStride].</summary>
    public long QueryFloats => (long)QueryRows * Attention.Heads * HeadStride;

    /// <summary>Whether the cache is limited to a window, so that position p is at p modulo its length.</summary>
    public bool IsRing { get; init; }

    /// <summary>Whether a query attends to keys after its own position, so that the kernel needs the end of the sequence.</summary>
    public bool SeesAll => Attention.Mask == AttentionMask.Full;

    /// <summary>Whether a query attends to a whole prefix, so that the kernel needs its length.</summary>
    public bool SeesPrefix => Attention.Mask == AttentionMask.Prefix;

    /// <summary>Whether all tokens attend to some global tokens, so that the kernel needs their positions.</summary>
    public bool GlobalTokens { get; init; }

    /// <summary>
    /// For attention to another sequence, the number of floats from one row of its projected keys and values to the next; queries
    /// then have separate rows of <see cref="InputStride"/> floats. 0 if one row contains queries, keys and values.
    /// </summary>
    public int SourceStride { get; init; }

    /// <summary>Whether keys and values come from another sequence than queries.</summary>
    public bool IsCross => SourceStride > 0;

    /// <summary>The prefix that distinguishes tiles if a model has heads of two dimensions.</summary>
    public string TilePrefix { get; init; } = "";

    /// <summary>
    /// The index of distance 0 in a head's relative biases: the whole context, of which the cache may contain a part.
    /// </summary>
    public int BiasOrigin { get; init; }

    /// <summary>The number of floats from one head's relative biases to the next.</summary>
    public int BiasStride =>
        Attention.Positions is RelativePositions relative ? Layout.RelativeBiasStride(BiasOrigin, relative.Bidirectional) : 0;

    public override Kernel ForCode() =>
        this with
        {
            KindName = "",
            Attention = Attention.ForCode(),
            Epsilon = Attention.QueryKeyNorm ? Epsilon : 0,
            TilePrefix = "",
        };

    /// <summary>
    /// The signatures. Causal linear attention has one method; attention to another sequence prepares its queries separately.
    /// </summary>
    public override EquatableArray<KernelSignature> Signatures =>
        new(
            Attention.IsLinear && !SeesAll ? [Attend]
            : IsCross ? [PrepareQueries, Append, Attend]
            : [Append, Attend]
        );

    private static KernelSignature PrepareQueries => KernelSignature.OverRows(KernelPart.PrepareQueries, Projected, Queries);

    private KernelSignature Append =>
        KernelSignature.OverRows(
            KernelPart.Append,
            IsCross
                ? [Projected, Keys, Values, Position]
                :
                [
                    Projected,
                    .. Attention.Positions is RotaryPositions ? new[] { RotaryTable } : [],
                    .. HeadNorms,
                    .. Attention.ScaleByInverseLayer ? new[] { Scale } : [],
                    Queries,
                    .. Cache,
                    Position,
                ]
        );

    private KernelSignature Attend =>
        KernelSignature.OverRows(
            KernelPart.Compute,
            Attention.IsLinear && !SeesAll
                ? [Projected, .. HeadNorms, .. Cache, Output, Position]
                :
                [
                    Queries,
                    .. Cache,
                    .. ScoreTable,
                    Output,
                    Position,
                    .. SeesAll ? new[] { Length } : [],
                    .. GlobalTokens ? new[] { GlobalsBefore } : [],
                    .. SeesPrefix ? new[] { Prefix } : [],
                ]
        );

    private KernelParameter[] HeadNorms => Attention.QueryKeyNorm ? [QueryNorm, KeyNorm] : [];

    private KernelParameter[] Cache => Attention.IsLinear ? [States, Sums] : [Keys, Values];

    private KernelParameter[] ScoreTable =>
        Attention.Positions switch
        {
            AlibiPositions => [Slopes],
            RelativePositions => [RelativeBias],
            _ => [],
        };
}
