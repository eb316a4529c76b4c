using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>The register tiles of attention: scores of queries against panels of keys, and values weighed by scores.</summary>
internal static class AttentionTiles
{
    public static IEnumerable<TileShape> All(AttentionKernel kernel, InstructionSetDescription isa)
    {
        if (HasScoresOfOneQuery(kernel, isa))
        {
            yield return ScoresOfOneQuery(kernel, isa);
        }

        if (HasScoresOfFewQueries(isa))
        {
            yield return ScoresOfFewQueries(kernel, isa);
        }

        if (isa.TakesPairs)
        {
            yield return Scores(kernel, isa, 2);
        }

        yield return Scores(kernel, isa, 1);
        if (HasValuesOfOneQuery(kernel, isa))
        {
            foreach (TileShape tile in ValuesOfOneQuery(kernel, isa).Distinct())
            {
                yield return tile;
            }
        }

        foreach (TileShape tile in Values(kernel, isa).Distinct())
        {
            yield return tile;
        }
    }

    /// <summary>Whether a query alone is multiplied with more panels of keys than many together: a pair of long vectors is enough to be under way at once.</summary>
    public static bool HasScoresOfOneQuery(AttentionKernel kernel, InstructionSetDescription isa) => HasOneQuery(kernel) && !isa.TakesPairs;

    /// <summary>Whether some queries that are too many for a tile over a pair of panels fit one over a single panel.</summary>
    public static bool HasScoresOfFewQueries(InstructionSetDescription isa) =>
        isa.TakesPairs && isa.SmallTileRows > isa.TileRowsOf(2 * isa.PanelVectors);

    /// <summary>Whether a query alone passes over its values fewer times than many together, which have fewer columns each.</summary>
    public static bool HasValuesOfOneQuery(AttentionKernel kernel, InstructionSetDescription isa) =>
        HasOneQuery(kernel) && Count(kernel, isa, isa.WidestRow) < Count(kernel, isa, isa.WidestTile);

    /// <summary>Scores against some panels of keys side by side.</summary>
    public static TileShape Scores(AttentionKernel kernel, InstructionSetDescription isa, int panels) =>
        Scores(kernel, isa, panels == 2 ? "ScorePairRows" : "ScoreRows", panels) with
        {
            // A tile over the panel that pairs leave over takes the same rows.
            MostRows = isa.TakesPairs ? isa.TileRowsOf(2 * isa.PanelVectors) : null,
        };

    /// <summary>Scores of one query: so many panels side by side that enough sums are under way.</summary>
    public static TileShape ScoresOfOneQuery(AttentionKernel kernel, InstructionSetDescription isa) =>
        Scores(kernel, isa, "ScoreStreamRows", isa.StreamPanels) with
        {
            MostRows = 1,
        };

    /// <summary>Scores of a few queries, as those of a group of heads while decoding: they pass over the keys once, and ask for them.</summary>
    public static TileShape ScoresOfFewQueries(AttentionKernel kernel, InstructionSetDescription isa) =>
        Scores(kernel, isa, "ScoreFewRows", 1) with
        {
            LeastRows = isa.TileRowsOf(2 * isa.PanelVectors) + 1,
            MostRows = isa.SmallTileRows,
            Prefetch = isa.Prefetches ? TilePrefetch.Own : TilePrefetch.None,
        };

    /// <summary>The tiles side by side over the width of a head.</summary>
    public static IEnumerable<TileShape> Values(AttentionKernel kernel, InstructionSetDescription isa) =>
        Values(kernel, isa, "WeighValues", isa.WidestTile)
            .Select(tile => tile with { LeastRows = HasValuesOfOneQuery(kernel, isa) ? 2 : 1 });

    /// <summary>The tiles side by side over the width of a head for one query, which leaves room for more columns.</summary>
    public static IEnumerable<TileShape> ValuesOfOneQuery(AttentionKernel kernel, InstructionSetDescription isa) =>
        Values(kernel, isa, "StreamValues", isa.WidestRow).Select(static tile => tile with { MostRows = 1 });

    private static TileShape Scores(AttentionKernel kernel, InstructionSetDescription isa, string name, int panels) =>
        new(
            kernel.TilePrefix + name,
            isa.PanelVectors,
            kernel.Attention.HeadDimension,
            kernel.HeadStride,
            isa.PanelWidth,
            TileStart.Zero,
            Layout.KeyBlock,
            panels
        );

    /// <summary>As few as can be, as equal as can be.</summary>
    private static IEnumerable<TileShape> Values(AttentionKernel kernel, InstructionSetDescription isa, string name, int most)
    {
        int vectors = kernel.HeadStride / isa.Lanes,
            tiles = Count(kernel, isa, most);
        int widest = (vectors + tiles - 1) / tiles;
        for (int tile = 0; tile < tiles; tile++)
        {
            int width = (vectors + tiles - 1 - tile) / tiles;
            yield return new(
                kernel.TilePrefix + name + (width == widest ? "Rows" : "NarrowRows"),
                width,
                Depth: null,
                Layout.KeyBlock,
                kernel.HeadStride,
                TileStart.ScaledOutput,
                kernel.HeadStride
            )
            {
                // A few queries pass over the values once; the CPU sees so short a stream too late, and where vectors are long asking costs many queries nothing.
                Prefetch = isa.ValuesAskAhead ? TilePrefetch.Own : TilePrefetch.None,
            };
        }
    }

    // While decoding, where each head has its own keys and values.
    private static bool HasOneQuery(AttentionKernel kernel) => kernel.Attention.GroupSize == 1 && (!kernel.SeesAll || kernel.IsCross);

    private static int Count(AttentionKernel kernel, InstructionSetDescription isa, int most) =>
        ((kernel.HeadStride / isa.Lanes) + most - 1) / most;
}
