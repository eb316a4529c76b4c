using System;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>What the sums of a tile begin with.</summary>
internal enum TileStart
{
    Zero,

    /// <summary>A bias per column.</summary>
    Bias,

    /// <summary>What the output holds, times a factor per row: the running result of the online softmax.</summary>
    ScaledOutput,
}

/// <summary>Which weights a tile asks for, so that they are near when they are multiplied.</summary>
[Flags]
internal enum TilePrefetch
{
    None = 0,

    /// <summary>Its own, a little ahead of where it is: right where weights are read once and come from afar.</summary>
    Own = 1,

    /// <summary>
    /// One line for each turn of the loop from an address it is given: right where many tiles pass over weights and share in
    /// fetching the next. More at a time than memory delivers meanwhile would only be waited for.
    /// </summary>
    Ahead = 2,
}

/// <summary>
/// A family of register tiles: sums[row, column] += Σ over depth of input[row, d] · weights[d, column], one method per
/// height. Linear layers, scores and weighted values are all made of such tiles.
/// </summary>
/// <param name="Prefix">What the methods' names begin with; the height follows.</param>
/// <param name="Vectors">The width in vectors.</param>
/// <param name="Depth">The depth; null where it is an argument.</param>
/// <param name="InputStride">Floats from one input row to the next.</param>
/// <param name="WeightStride">Floats from one depth of the weights to the next.</param>
/// <param name="Start">What the sums begin with.</param>
/// <param name="AddToOutput">Whether the sums are added to the output instead of replacing it.</param>
/// <param name="OutputStride">Floats from one output row to the next; null where it is an argument.</param>
/// <param name="Panels">How many panels of weights lie side by side in the tile.</param>
internal sealed record TileShape(
    string Prefix, int Vectors, int? Depth, int InputStride, int WeightStride, TileStart Start, bool AddToOutput, int? OutputStride, int Panels = 1)
{
    /// <summary>The weights that the tile asks for while it computes.</summary>
    public TilePrefetch Prefetch { get; init; }

    /// <summary>The least height for which there is a tile.</summary>
    public int LeastRows { get; init; } = 1;

    /// <summary>The greatest height for which there is a tile, where it is not that of the registers.</summary>
    public int? MostRows { get; init; }

    /// <summary>The type in which the weights are held.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The width of the whole tile in vectors.</summary>
    public int Columns => Panels * Vectors;

    /// <summary>Where a column's weights lie, in floats from the first panel's.</summary>
    public int WeightOffset(int column, int lanes) =>
        (column / Vectors * WeightStride * (Depth ?? 0)) + (Storage == WeightStorage.Float32 ? column % Vectors * lanes : 0);
}
