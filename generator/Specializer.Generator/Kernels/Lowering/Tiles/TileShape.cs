using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>The values from which the sums of a tile start.</summary>
internal enum TileStart
{
    Zero,

    /// <summary>A bias per column.</summary>
    Bias,

    /// <summary>The values in the output, times a factor per row: the running result of the online softmax.</summary>
    ScaledOutput,
}

/// <summary>The weights that a tile prefetches.</summary>
[Flags]
internal enum TilePrefetch
{
    None = 0,

    /// <summary>
    /// Prefetches the tile's own weights, a little ahead of their use, if weights are read once and come from memory.
    /// </summary>
    Own = 1,

    /// <summary>
    /// Prefetches one line in each iteration of the loop, from an address that is an argument. Many tiles that pass over the same
    /// weights share the prefetching of the next ones. More lines than memory delivers would stall the tile.
    /// </summary>
    Ahead = 2,
}

/// <summary>When the sums of a tile are added to the output instead of replacing it.</summary>
internal enum TileAddition
{
    Never,
    Always,

    /// <summary>Prefetches if a constant of the layer that the tile is compiled for requires it.</summary>
    OfLayer,
}

/// <summary>
/// A family of register tiles: sums[row, column] += Σ over depth of input[row, d] · weights[d, column], one method per
/// height. Linear layers, scores and weighted values are all made of such tiles.
/// </summary>
/// <param name="Prefix">The beginning of the methods' names; the height follows.</param>
/// <param name="Vectors">The width of a panel in vectors.</param>
/// <param name="Depth">The depth; null if it is an argument, or a constant of the layer.</param>
/// <param name="InputStride">Floats from one input row to the next; null where it is a constant of the layer.</param>
/// <param name="WeightStride">Floats from one depth of the weights to the next.</param>
/// <param name="Start">The values from which the sums start.</param>
/// <param name="OutputStride">Floats from one output row to the next; null where it is an argument.</param>
/// <param name="Panels">The number of adjacent panels of weights in the tile.</param>
internal sealed record TileShape(
    string Prefix,
    int Vectors,
    int? Depth,
    int? InputStride,
    int WeightStride,
    TileStart Start,
    int? OutputStride,
    int Panels = 1
)
{
    /// <summary>
    /// Gets a divisor of the depths of all linear layers that share the family, each with its constants in a type argument; null
    /// for other families.
    /// </summary>
    public int? LayerDepths { get; init; }

    /// <summary>Gets when the sums are added to the output.</summary>
    public TileAddition Addition { get; init; }

    /// <summary>Gets the weights that the tile prefetches.</summary>
    public TilePrefetch Prefetch { get; init; }

    /// <summary>Gets the least height for which there is a tile.</summary>
    public int LeastRows { get; init; } = 1;

    /// <summary>Gets the greatest height for which there is a tile, where it is not that of the registers.</summary>
    public int? MostRows { get; init; }

    /// <summary>Gets the type in which the weights are held.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Gets the floats in a vector, where they are fewer than those of the target.</summary>
    public int? Lanes { get; init; }

    /// <summary>Gets the width of the whole tile in vectors.</summary>
    public int Columns => Panels * Vectors;

    /// <summary>Gets whether linear layers share the family.</summary>
    public bool IsSharedByLayers => LayerDepths is not null;

    /// <summary>Gets the depth if it is known, or a divisor of it; null if nothing is known of it.</summary>
    public int? KnownMultiple => LayerDepths ?? Depth;

    /// <summary>Returns the family that several kernels share, which differ in the least height and in the use of the sums.</summary>
    public static TileShape Shared(IReadOnlyCollection<TileShape> shapes) =>
        shapes.First() with
        {
            LeastRows = shapes.Min(static shape => shape.LeastRows),
            Addition =
                shapes.Select(static shape => shape.Addition).Distinct().Count() == 1 ? shapes.First().Addition : TileAddition.OfLayer,
        };

    /// <summary>Returns the name of the method for a height.</summary>
    public string Name(int rows) => Prefix + Constant.Of(rows).Text;

    /// <summary>Returns the greatest height of a tile of the family.</summary>
    public int RowsOf(Tuning tuning) => MostRows ?? tuning.TileRowsOf(Columns);

    /// <summary>
    /// Returns a call of the method for a height. A constant height names its method; another one is the first argument of the
    /// method that chooses among them.
    /// </summary>
    /// <param name="rows">The height.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="layer">The type with the constants of the layer, if layers share the family.</param>
    public MethodCall Call(Expr rows, TileArguments arguments, string? layer = null) =>
        rows is Constant { Integer: { } height }
            ? new(DataType.Void, Name((int)height), layer, [.. arguments.For(this)])
            : new(DataType.Void, Prefix, layer, [rows, .. arguments.For(this)]);
}
