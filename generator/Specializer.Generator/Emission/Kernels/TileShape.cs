using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
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

/// <summary>When the sums of a tile are added to the output instead of replacing it.</summary>
internal enum TileAddition
{
    Never,
    Always,

    /// <summary>Where the layer says so that the tile is compiled for.</summary>
    OfLayer,
}

/// <summary>A number in a tile's code: known when it is written, or a name that stands for it.</summary>
/// <param name="Value">The number; null where a name stands for it.</param>
/// <param name="Name">An argument, or a constant of the layer that the tile is compiled for.</param>
internal readonly record struct TileNumber(int? Value, string Name = "")
{
    public static implicit operator TileNumber(int value) => new(value);

    public static implicit operator TileNumber(string name) => new(null, name);

    /// <summary>So many times the number, and another one added, as an index.</summary>
    public string Times(int factor, int added)
    {
        if (Value is not null || factor == 0)
        {
            return Text(((Value ?? 0) * factor) + added);
        }

        string product = factor == 1 ? Name : $"{Text(factor)} * {Name}";
        return added == 0 ? product
            : factor == 1 ? $"{product} + {Text(added)}"
            : $"({product}) + {Text(added)}";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// A family of register tiles: sums[row, column] += Σ over depth of input[row, d] · weights[d, column], one method per
/// height. Linear layers, scores and weighted values are all made of such tiles.
/// </summary>
/// <param name="Prefix">What the methods' names begin with; the height follows.</param>
/// <param name="Vectors">The width in vectors.</param>
/// <param name="Depth">The depth.</param>
/// <param name="InputStride">Floats from one input row to the next.</param>
/// <param name="WeightStride">Floats from one depth of the weights to the next.</param>
/// <param name="Start">What the sums begin with.</param>
/// <param name="OutputStride">Floats from one output row to the next; null where it is an argument.</param>
/// <param name="Panels">How many panels of weights lie side by side in the tile.</param>
internal sealed record TileShape(
    string Prefix,
    int Vectors,
    TileNumber Depth,
    TileNumber InputStride,
    int WeightStride,
    TileStart Start,
    int? OutputStride,
    int Panels = 1
)
{
    /// <summary>
    /// Where linear layers share the family, each with its constants in a type argument, what all their depths are multiples of; null elsewhere.
    /// </summary>
    public int? LayerDepths { get; init; }

    /// <summary>When the sums are added to the output.</summary>
    public TileAddition Addition { get; init; }

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

    /// <summary>The depth if it is written into the code, or what it is a multiple of; null if nothing is known of it.</summary>
    public int? KnownMultiple => LayerDepths ?? Depth.Value;

    /// <summary>The family that several kernels share, which differ in the least height and in what they do with the sums.</summary>
    public static TileShape Shared(IReadOnlyCollection<TileShape> shapes) =>
        shapes.First() with
        {
            LeastRows = shapes.Min(static shape => shape.LeastRows),
            Addition =
                shapes.Select(static shape => shape.Addition).Distinct().Count() == 1 ? shapes.First().Addition : TileAddition.OfLayer,
        };

    /// <summary>Vectors from one depth of the weights to the next.</summary>
    public int DepthVectors(int lanes) => WeightStride / lanes;

    /// <summary>Where a column's weights lie, and some vectors behind them, in vectors from the first panel's.</summary>
    public string WeightIndex(int column, int lanes, int added) =>
        Depth.Times(column / Vectors * DepthVectors(lanes), added + (Storage == WeightStorage.Float32 ? column % Vectors : 0));
}
