using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>The register tiles of attention: scores of queries against panels of keys, and values weighted by scores.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="target">The target.</param>
internal sealed class AttentionTiles(AttentionKernel kernel, InstructionSetDescription target)
{
    private readonly Tuning _tuning = target.Tuning;
    private readonly int _vectors = kernel.ValueStride / ValueLanesOf(kernel, target);

    /// <summary>Gets the floats in a vector of values: those of the target, or fewer for a narrow head.</summary>
    public int ValueLanes => ValueLanesOf(kernel, target);

    /// <summary>Gets all families of tiles, each once.</summary>
    public IEnumerable<TileShape> All =>
        new[] { ScoresOfOneQuery, ScoresOfFewQueries, ScoresOfPairs }
            .OfType<TileShape>()
            .Append(Scores)
            .Concat(ValuesOfOneQuery?.Distinct() ?? [])
            .Concat(Values.Distinct());

    /// <summary>
    /// Gets the scores of one query against so many panels side by side that enough sums are computed at a time; null where a pair
    /// of panels, which many queries take too, is enough.
    /// </summary>
    public TileShape? ScoresOfOneQuery =>
        HasOneQuery && !_tuning.SupportsPanelPairs ? ScoresOf("ScoreStream", _tuning.StreamPanels) with { MostRows = 1 } : null;

    /// <summary>
    /// Gets the scores of a few queries, such as those of a group of heads in decoding. They exceed the height of a tile over a
    /// pair of panels, but not over a single one. They pass over the keys once, and prefetch them. Null if the target has no such
    /// tiles.
    /// </summary>
    public TileShape? ScoresOfFewQueries =>
        _tuning.SupportsPanelPairs && _tuning.SmallTileRows > RowsOfPairs
            ? ScoresOf("ScoreFew", 1) with
            {
                LeastRows = RowsOfPairs + 1,
                MostRows = _tuning.SmallTileRows,
                Prefetch = target.Prefetches ? TilePrefetch.Own : TilePrefetch.None,
            }
            : null;

    /// <summary>Gets the scores against a pair of panels; null where the target takes none.</summary>
    public TileShape? ScoresOfPairs => _tuning.SupportsPanelPairs ? ScoresOf("ScorePair", 2) with { MostRows = RowsOfPairs } : null;

    /// <summary>Gets the scores against one panel. After pairs, a tile over the last panel takes the same rows as theirs.</summary>
    public TileShape Scores => ScoresOf("Score", 1) with { MostRows = _tuning.SupportsPanelPairs ? RowsOfPairs : null };

    /// <summary>
    /// Gets the tiles side by side over the width of a head for one query, which leaves registers for more columns; null where it
    /// passes over the values no fewer times than many queries.
    /// </summary>
    public IReadOnlyList<TileShape>? ValuesOfOneQuery =>
        HasOneQuery && CountOf(_tuning.WidestSingleRow) < CountOf(_tuning.WidestTile)
            ? [.. ValuesOf("StreamValues", _tuning.WidestSingleRow).Select(static tile => tile with { MostRows = 1 })]
            : null;

    /// <summary>Gets the tiles side by side over the width of a head.</summary>
    public IEnumerable<TileShape> Values
    {
        get
        {
            int least = ValuesOfOneQuery is null ? 1 : 2;
            return ValuesOf("WeighValues", _tuning.WidestTile).Select(tile => tile with { LeastRows = least });
        }
    }

    private int RowsOfPairs => _tuning.TileRowsOf(2 * _tuning.PanelVectors);

    /// <summary>Gets whether a unit of work has a single query in decoding: each query head has its own keys and values.</summary>
    private bool HasOneQuery => kernel.Attention.GroupSize == 1 && (!kernel.SeesAll || kernel.IsCross);

    private TileShape ScoresOf(string name, int panels) =>
        new(
            name + Names.Number(kernel.Attention.HeadDim) + "Rows",
            _tuning.PanelVectors,
            kernel.Attention.HeadDim,
            kernel.HeadStride,
            _tuning.PanelWidth,
            TileStart.Zero,
            Layout.KeyBlock,
            panels
        );

    /// <summary>As few tiles as possible, as equal as possible.</summary>
    private IEnumerable<TileShape> ValuesOf(string name, int widest)
    {
        int tiles = CountOf(widest),
            wide = (_vectors + tiles - 1) / tiles;
        for (int tile = 0; tile < tiles; tile++)
        {
            int width = (_vectors + tiles - 1 - tile) / tiles;
            yield return new(
                name + Names.Number(kernel.ValueStride) + (width == wide ? "Rows" : "NarrowRows"),
                width,
                Depth: null,
                Layout.KeyBlock,
                kernel.ValueStride,
                TileStart.ScaledOutput,
                kernel.HeadStride
            )
            {
                Lanes = ValueLanes < target.Lanes ? ValueLanes : null,

                // A few queries pass over the values once, and the CPU detects so short a stream too late. For many queries a
                // prefetch costs nothing where vectors are long.
                Prefetch = _tuning.PrefetchesValues ? TilePrefetch.Own : TilePrefetch.None,
            };
        }
    }

    private static int ValueLanesOf(AttentionKernel kernel, InstructionSetDescription target) =>
        System.Math.Min(kernel.ValueStride, target.Lanes);

    private int CountOf(int widest) => (_vectors + widest - 1) / widest;
}
