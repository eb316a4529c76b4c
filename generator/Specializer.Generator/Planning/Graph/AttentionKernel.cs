using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>
/// Turns queries and keys, appends keys and values to the cache and attends over it.
/// </summary>
/// <param name="Attention">Heads and widths.</param>
/// <param name="Kind">The window, and how positions enter.</param>
/// <param name="Epsilon">The ε of the norms of query and key heads.</param>
/// <param name="InputStride">Floats from one row of projected queries, keys and values to the next.</param>
/// <param name="OutputStride">Floats from one row of attention output to the next.</param>
/// <param name="CacheLength">Positions of the cache. With a window, position p lies at p modulo it.</param>
/// <param name="QueryRows">Rows of the buffer of queries: those of a chunk, or in an encoder those of the context.</param>
internal sealed record AttentionKernel(
    AttentionArchitecture Attention,
    LayerKind Kind,
    float Epsilon,
    int InputStride,
    int OutputStride,
    int CacheLength,
    int QueryRows
) : Kernel
{
    /// <summary>Floats from one query, or one position's values, to the next: a head in whole lines.</summary>
    public int HeadStride => Layout.Pad(Attention.HeadDimension);

    /// <summary>
    /// Floats of one key/value head's keys: panels of positions, each [HeadDimension][positions of the panel]. Of linear
    /// attention, of its state instead: Σ φ(k) vᵀ, [HeadDimension][HeadStride].
    /// </summary>
    public long KeysPerHead => Attention.Linear ? (long)Attention.HeadDimension * HeadStride : (long)CacheLength * Attention.HeadDimension;

    /// <summary>Floats of one key/value head's values: [CacheLength][HeadStride]. Of linear attention, of Σ φ(k) instead.</summary>
    public long ValuesPerHead => Attention.Linear ? HeadStride : (long)CacheLength * HeadStride;

    /// <summary>What the keys of layers are, with their shape.</summary>
    public string DescribeKeys(string layers) =>
        Attention.Linear
            ? $"sums of key times value of {layers} [{Attention.KeyValueHeads} key/value heads][{Attention.HeadDimension}][{HeadStride}]"
            : $"keys of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions, in panels][{Attention.HeadDimension}]";

    /// <summary>What the values of layers are, with their shape.</summary>
    public string DescribeValues(string layers) =>
        Attention.Linear
            ? $"sums of keys of {layers} [{Attention.KeyValueHeads} key/value heads][{HeadStride}]"
            : $"values of {layers} [{Attention.KeyValueHeads} key/value heads][{CacheLength} positions][{HeadStride}]";

    /// <summary>Floats of the turned, scaled queries: [KeyValueHeads][row][head of the group][HeadStride].</summary>
    public long QueryFloats => (long)QueryRows * Attention.Heads * HeadStride;

    /// <summary>Whether the cache holds no more than a window needs, so that position p lies at p modulo its length.</summary>
    public bool IsRing { get; init; }

    /// <summary>Whether a query sees keys behind its own position, so that the kernel is told where the sequence ends.</summary>
    public bool SeesAll => Kind.Mask == AttentionMask.Full;

    /// <summary>Whether a query sees a prefix whole, so that the kernel is told its length.</summary>
    public bool SeesPrefix => Kind.Mask == AttentionMask.Prefix;

    /// <summary>Whether some tokens are seen by all, so that the kernel is told which.</summary>
    public bool GlobalTokens { get; init; }

    /// <summary>
    /// For attention to another sequence, floats from one row of its projected keys and values to the next; queries then
    /// come from <see cref="InputStride"/> rows of their own. 0 where one row holds queries, keys and values.
    /// </summary>
    public int SourceStride { get; init; }

    /// <summary>Whether keys and values come from another sequence than queries.</summary>
    public bool IsCross => SourceStride > 0;

    /// <summary>Tells tiles apart where heads of two widths are in one model.</summary>
    public string TilePrefix { get; init; } = "";

    /// <summary>How far into a head's relative biases that of distance 0 lies: the whole context, of which the cache may hold a part.</summary>
    public int BiasOrigin { get; init; }

    /// <summary>Floats from one head's relative biases to the next.</summary>
    public int BiasStride =>
        Kind.Positions is RelativePositions relative ? Layout.RelativeBiasStride(BiasOrigin, relative.Bidirectional) : 0;

    /// <summary>The kernel that scales the queries of attention to another sequence.</summary>
    public string QueriesName => "Prepare" + Kind.Name + "Queries";

    /// <summary>The kernel that turns and appends.</summary>
    public string AppendName => "Append" + Kind.Name + "KeysAndValues";

    public override string Name => "Attend" + Kind.Name + (SeesAll ? "ToAll" : "");

    /// <summary>Linear attention that sees no later position has one method; attention to another sequence prepares its queries apart.</summary>
    public override EquatableArray<KernelSignature> Signatures =>
        new(
            Attention.Linear && !SeesAll ? [Attend]
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
                    .. Kind.Positions is RotaryPositions ? new[] { RotaryTable } : [],
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
            Attention.Linear && !SeesAll
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

    private KernelParameter[] Cache => Attention.Linear ? [States, Sums] : [Keys, Values];

    private KernelParameter[] ScoreTable =>
        Kind.Positions switch
        {
            AlibiPositions => [Slopes],
            RelativePositions => [RelativeBias],
            _ => [],
        };
}
