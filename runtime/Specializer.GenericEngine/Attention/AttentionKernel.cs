using System;

namespace Specializer.GenericEngine;

/// <summary>Causal attention over cached keys and values, with an online softmax over blocks of scores.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class AttentionKernel<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    // Large enough to amortize the passes between two products, small enough that the scores fit the L1 cache. The value is the
    // same for every instruction set and tile, because a sum is rescaled from block to block.
    private const int BlockPositions = 128;

    /// <summary>The number of floats of working memory per worker.</summary>
    public static int ScratchFloats(int headDimension) =>
        TInstructions.RowsOfOnePanel * (BlockPositions + LinearLayout.RoundUp(headDimension) + TInstructions.Lanes + 16);

    /// <summary>
    /// Computes one worker's part of the attention of consecutive positions, whose keys and values are already in the cache.
    /// </summary>
    /// <param name="layout">The cache of the layer.</param>
    /// <param name="cache">Its memory.</param>
    /// <param name="heads">
    /// The number of query heads, a multiple of the key/value heads: head h reads key/value head h / (heads / key/value heads).
    /// </param>
    /// <param name="firstPosition">The position of the first row; row r attends to the positions up to firstPosition + r.</param>
    /// <param name="rows">The number of positions.</param>
    /// <param name="queries">The first row's queries, [heads, head dimension].</param>
    /// <param name="queryStride">The floats from one row of queries to the next.</param>
    /// <param name="scale">The factor of the scores, usually 1 / √(head dimension).</param>
    /// <param name="y">The first row's results, [heads, head dimension].</param>
    /// <param name="yStride">The floats from one row of results to the next.</param>
    /// <param name="scratch">This worker's working memory, <see cref="ScratchFloats"/> floats, aligned to 64 bytes.</param>
    /// <param name="worker">This worker, from 0.</param>
    /// <param name="workers">The number of workers.</param>
    public static void Run(
        in KeyValueLayout layout,
        float* cache,
        int heads,
        int firstPosition,
        int rows,
        float* queries,
        nint queryStride,
        float scale,
        float* y,
        nint yStride,
        float* scratch,
        int worker = 0,
        int workers = 1
    )
    {
        int group = heads / layout.Heads;
        int dimension = layout.HeadDim;
        if (rows >= group)
        {
            // A tile is one head at consecutive positions. Workers take tiles alternately, because later tiles have more work.
            int tiles = (rows + TInstructions.RowsOfOnePanel - 1) / TInstructions.RowsOfOnePanel;
            for (int item = worker; item < heads * tiles; item += workers)
            {
                int head = item / tiles,
                    tile = item % tiles;
                int row = rows * tile / tiles;
                nint column = (nint)head * dimension;
                Attend(
                    layout,
                    cache,
                    head / group,
                    (rows * (tile + 1) / tiles) - row,
                    firstPosition + row + 1,
                    1,
                    queries + (row * queryStride) + column,
                    queryStride,
                    scale,
                    y + (row * yStride) + column,
                    yStride,
                    scratch
                );
            }
        }
        else
        {
            // A tile is one position of the heads that share a key/value head.
            int tiles = (group + TInstructions.RowsOfOnePanel - 1) / TInstructions.RowsOfOnePanel;
            for (int item = worker; item < rows * layout.Heads * tiles; item += workers)
            {
                int row = item / (layout.Heads * tiles),
                    keyValueHead = item / tiles % layout.Heads,
                    tile = item % tiles;
                int inGroup = group * tile / tiles;
                nint column = (nint)((keyValueHead * group) + inGroup) * dimension;
                Attend(
                    layout,
                    cache,
                    keyValueHead,
                    (group * (tile + 1) / tiles) - inGroup,
                    firstPosition + row + 1,
                    0,
                    queries + (row * queryStride) + column,
                    dimension,
                    scale,
                    y + (row * yStride) + column,
                    dimension,
                    scratch
                );
            }
        }
    }

    /// <summary>
    /// Attends with a tile of queries to one key/value head; query q attends to the first limit + q · limitStep positions.
    /// </summary>
    private static void Attend(
        in KeyValueLayout layout,
        float* cache,
        int keyValueHead,
        int rows,
        int limit,
        int limitStep,
        float* queries,
        nint queryStride,
        float scale,
        float* y,
        nint yStride,
        float* scratch
    )
    {
        int lanes = TInstructions.Lanes;
        int padded = layout.PaddedHeadDimension;
        float* keys = layout.Keys(cache, keyValueHead);
        float* values = layout.Values(cache, keyValueHead);
        float* scores = scratch;
        float* sums = scores + (rows * BlockPositions);
        float* totals = sums + (rows * padded);
        float* maxima = totals + (rows * lanes);
        new Span<float>(totals, rows * lanes).Clear();
        new Span<float>(maxima, rows).Fill(float.NegativeInfinity);

        int end = limit + ((rows - 1) * limitStep);
        for (int start = 0; start < end; start += BlockPositions)
        {
            int positions = Math.Min(BlockPositions, end - start);
            int vectors = (positions + lanes - 1) / lanes;
            PanelProduct<TInstructions, TVector>.Multiply(
                rows,
                queries,
                queryStride,
                keys + (start / layout.PanelPositions * layout.PanelStride),
                layout.PanelPositions,
                layout.PanelStride,
                vectors,
                scores,
                BlockPositions,
                layout.HeadDim,
                accumulate: false
            );
            for (int row = 0; row < rows; row++)
            {
                int visible = Math.Max(0, limit + (row * limitStep) - start);
                float* rowScores = scores + (row * BlockPositions);
                for (int i = visible; i < vectors * lanes; i++)
                {
                    rowScores[i] = float.NegativeInfinity;
                }

                Soften(rowScores, vectors, scale, maxima + row, totals + (row * lanes), sums + (row * padded), start == 0 ? 0 : padded);
            }

            PanelProduct<TInstructions, TVector>.Multiply(
                rows,
                scores,
                BlockPositions,
                values + ((nint)start * padded),
                padded,
                PanelProduct<TInstructions, TVector>.PanelWidth,
                padded / lanes,
                sums,
                padded,
                positions,
                accumulate: start > 0
            );
        }

        for (int row = 0; row < rows; row++)
        {
            float* result = y + (row * yStride);
            float* rowSums = sums + (row * padded);
            float inverse = 1f / TInstructions.Sum(TInstructions.Load(totals + (row * lanes)));
            TVector inverses = TInstructions.Broadcast(inverse);
            int i = 0;
            for (; i <= layout.HeadDim - lanes; i += lanes)
            {
                TInstructions.Store(result + i, TInstructions.Multiply(TInstructions.Load(rowSums + i), inverses));
            }

            for (; i < layout.HeadDim; i++)
            {
                result[i] = rowSums[i] * inverse;
            }
        }
    }

    /// <summary>
    /// Processes one block of the online softmax of one query. It converts the scores to weights relative to the largest score so
    /// far, and adds them to the total. If the largest score has increased, it rescales the sums of earlier blocks. The maximum
    /// is that of the scores times log₂ e, so that all weights are powers of two.
    /// </summary>
    private static void Soften(float* scores, int vectors, float scale, float* maximum, float* total, float* sums, int sumsWidth)
    {
        int lanes = TInstructions.Lanes;
        scale *= VectorMath<TInstructions, TVector>.Log2OfE;
        TVector largest = TInstructions.Load(scores);
        for (int i = 1; i < vectors; i++)
        {
            largest = TInstructions.Max(largest, TInstructions.Load(scores + (i * lanes)));
        }

        float before = *maximum;
        float now = MathF.Max(before, TInstructions.MaxAcross(largest) * scale);
        TVector sum = TInstructions.Load(total);
        if (now > before)
        {
            *maximum = now;
            TVector correction = VectorMath<TInstructions, TVector>.PowerOfTwo(TInstructions.Broadcast(before - now));
            sum = TInstructions.Multiply(sum, correction);
            for (int i = 0; i < sumsWidth; i += lanes)
            {
                TInstructions.Store(sums + i, TInstructions.Multiply(TInstructions.Load(sums + i), correction));
            }
        }

        TVector factor = TInstructions.Broadcast(scale);
        TVector shift = TInstructions.Broadcast(-now);
        for (int i = 0; i < vectors; i++)
        {
            TVector weight = VectorMath<TInstructions, TVector>.PowerOfTwo(
                TInstructions.MultiplyAdd(TInstructions.Load(scores + (i * lanes)), factor, shift)
            );
            TInstructions.Store(scores + (i * lanes), weight);
            sum = TInstructions.Add(sum, weight);
        }

        TInstructions.Store(total, sum);
    }
}
