using System;

namespace Specializer.GenericEngine;

/// <summary>Linear layers: y = f(x · Wᵀ + bias) + residual, gated or not, of any shape and any number of rows.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class LinearKernel<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>The number of floats of working memory per worker: the largest tile.</summary>
    public const int ScratchFloats = 24 * 16;

    private const int FloatsPerLine = 16;

    // Half a megabyte: together with the panels in use and the rows, it fits an L2 cache of two megabytes.
    private const int LargestFetch = 1 << 17;

    /// <summary>Computes one worker's part of a linear layer. The parts are independent.</summary>
    /// <param name="layout">The layer.</param>
    /// <param name="packed">Its packed weights, aligned to 64 bytes.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="xStride">The floats from one row of inputs to the next.</param>
    /// <param name="y">The results of the first row. Each row is written up to <see cref="LinearLayout.PaddedOutputs"/>.</param>
    /// <param name="yStride">The floats from one row of results to the next, at least <see cref="LinearLayout.PaddedOutputs"/>.</param>
    /// <param name="finish">The epilogue.</param>
    /// <param name="scratch">This worker's working memory, <see cref="ScratchFloats"/> floats.</param>
    /// <param name="worker">This worker, from 0.</param>
    /// <param name="workers">The number of workers.</param>
    public static void Run(
        in LinearLayout layout,
        float* packed,
        int rows,
        float* x,
        nint xStride,
        float* y,
        nint yStride,
        in LinearEpilogue finish,
        float* scratch,
        int worker = 0,
        int workers = 1
    )
    {
        LinearWork work = new(layout, packed, x, xStride, y, yStride, finish, scratch);
        if (rows <= TInstructions.RowsOfOnePanel)
        {
            RunFewRows(work, rows, worker, workers);
        }
        else
        {
            RunManyRows(work, rows, worker, workers);
        }
    }

    /// <summary>All rows are one tile, so the read rate of the weights is the limit.</summary>
    private static void RunFewRows(in LinearWork work, int rows, int worker, int workers)
    {
        int atOnce = PanelProduct<TInstructions, TVector>.PanelsOfTile(rows);
        int panels = work.Layout.Panels,
            widePanels = work.Layout.WidePanels;
        int end = (int)((long)panels * (worker + 1) / workers);
        for (int panel = (int)((long)panels * worker / workers); panel < end; )
        {
            int count = Math.Min(atOnce, Math.Min(end, Math.Max(widePanels, panel + 1)) - panel);
            int vectors = panel < widePanels ? 2 * count : 1;
            float* destination = work.Destination(panel, 0, vectors, out nint stride);
            PanelProduct<TInstructions, TVector>.Multiply(
                rows,
                work.X,
                work.XStride,
                work.Weights(panel),
                work.Layout.Width(panel),
                work.Layout.PanelStride,
                vectors,
                destination,
                stride,
                work.Layout.Inputs,
                accumulate: false
            );
            Finish(work, panel, vectors, 0, rows);
            panel += count;
        }
    }

    /// <summary>
    /// Divides the rows into tiles of nearly equal heights: 13 rows are 7 and 6, not 12 and a slow 1. All tiles process one or
    /// two panels before the next ones. The panels are read from memory once and then stay in the L2 cache, into which the next
    /// ones are prefetched.
    /// </summary>
    private static void RunManyRows(in LinearWork work, int rows, int worker, int workers)
    {
        int atOnce = TInstructions.PanelsForManyRows;
        int groups = work.Layout.WidePanels / atOnce;
        int height = atOnce == 2 ? TInstructions.RowsOfTwoPanels : TInstructions.RowsOfOnePanel;
        int tiles = (rows + height - 1) / height;
        int restTiles = (rows + TInstructions.RowsOfOnePanel - 1) / TInstructions.RowsOfOnePanel;
        long groupItems = (long)groups * tiles;
        long items = groupItems + ((long)(work.Layout.Panels - (groups * atOnce)) * restTiles);
        long end = items * (worker + 1) / workers;
        for (long item = items * worker / workers; item < end; item++)
        {
            if (item < groupItems)
            {
                int group = (int)(item / tiles),
                    tile = (int)(item % tiles);
                bool more = group < (end - 1) / tiles && group + 1 < groups;
                MultiplyGroup(work, group * atOnce, atOnce, rows, tile, tiles, more);
            }
            else
            {
                // The remaining panels: one without a partner, and the narrow one.
                long rest = item - groupItems;
                MultiplyGroup(work, (groups * atOnce) + (int)(rest / restTiles), 1, rows, (int)(rest % restTiles), restTiles, more: false);
            }
        }
    }

    private static void MultiplyGroup(in LinearWork work, int panel, int panels, int rows, int tile, int tiles, bool more)
    {
        int row = (int)((long)rows * tile / tiles);
        int height = (int)((long)rows * (tile + 1) / tiles) - row;
        int inputs = work.Layout.Inputs;
        int vectors = panel < work.Layout.WidePanels ? 2 * panels : 1;
        nint panelStride = work.Layout.PanelStride;
        float* x = work.X + (row * work.XStride);
        float* w = work.Weights(panel);
        float* destination = work.Destination(panel, row, vectors, out nint stride);

        // Each of the first tiles prefetches one cache line per input; together they prefetch the next panels.
        nint fetched = (nint)tile * inputs * FloatsPerLine;
        float* ahead =
            more && fetched < panels * panelStride && panels * panelStride <= LargestFetch ? w + (panels * panelStride) + fetched : w;
        if (panels == 2)
        {
            PanelProduct<TInstructions, TVector>.MultiplyTwoPanels(
                height,
                x,
                work.XStride,
                w,
                work.Layout.Width(panel),
                panelStride,
                destination,
                stride,
                inputs,
                false,
                ahead
            );
        }
        else if (vectors == 2)
        {
            PanelProduct<TInstructions, TVector>.MultiplyOnePanel<Count.Two>(
                height,
                x,
                work.XStride,
                w,
                work.Layout.Width(panel),
                destination,
                stride,
                inputs,
                false,
                ahead
            );
        }
        else
        {
            PanelProduct<TInstructions, TVector>.MultiplyOnePanel<Count.One>(
                height,
                x,
                work.XStride,
                w,
                work.Layout.Width(panel),
                destination,
                stride,
                inputs,
                false,
                w
            );
        }

        Finish(work, panel, vectors, row, height);
    }

    private static void Finish(in LinearWork work, int panel, int vectors, int row, int rows)
    {
        if (work.IsPlain)
        {
            return;
        }

        bool gated = work.Layout.IsGated;
        int column = work.Column(panel);
        float* y = work.Y + (row * work.YStride) + column;
        float* bias = work.Layout.HasBias
            ? work.Packed + work.Layout.BiasOffset + (panel * PanelProduct<TInstructions, TVector>.PanelWidth)
            : null;
        float* residual = work.Finish.Residual == null ? null : work.Finish.Residual + (row * work.Finish.ResidualStride) + column;
        Finish(gated, work.Finish.Function, rows, vectors, work.Scratch, bias, residual, work.Finish.ResidualStride, y, work.YStride);
    }

    private static void Finish(
        bool gated,
        ElementFunction function,
        int rows,
        int vectors,
        float* sums,
        float* bias,
        float* residual,
        nint residualStride,
        float* y,
        nint yStride
    )
    {
        switch (function)
        {
            case ElementFunction.Relu:
                Finish<ElementFunctions.Relu>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.SquaredRelu:
                Finish<ElementFunctions.SquaredRelu>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.Gelu:
                Finish<ElementFunctions.Gelu>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.GeluTanh:
                Finish<ElementFunctions.GeluTanh>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.GeluQuick:
                Finish<ElementFunctions.GeluQuick>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.Silu:
                Finish<ElementFunctions.Silu>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.Tanh:
                Finish<ElementFunctions.Tanh>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            case ElementFunction.Logistic:
                Finish<ElementFunctions.Logistic>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
            default:
                Finish<ElementFunctions.Identity>(gated, rows, vectors, sums, bias, residual, residualStride, y, yStride);
                break;
        }
    }

    private static void Finish<TFunction>(
        bool gated,
        int rows,
        int vectors,
        float* sums,
        float* bias,
        float* residual,
        nint residualStride,
        float* y,
        nint yStride
    )
        where TFunction : struct, IElementFunction
    {
        int lanes = TInstructions.Lanes;
        int columns = (gated ? vectors / 2 : vectors) * lanes;
        for (int row = 0; row < rows; row++)
        {
            if (gated)
            {
                FinishGated<TFunction>(columns, sums, bias, residual, y);
            }
            else
            {
                for (int column = 0; column < columns; column += lanes)
                {
                    TVector value = TInstructions.Load(sums + column);
                    if (bias != null)
                    {
                        value = TInstructions.Add(value, TInstructions.Load(bias + column));
                    }

                    value = TFunction.Apply<TInstructions, TVector>(value);
                    if (residual != null)
                    {
                        value = TInstructions.Add(value, TInstructions.Load(residual + column));
                    }

                    TInstructions.Store(y + column, value);
                }
            }

            sums += vectors * lanes;
            y += yStride;
            if (residual != null)
            {
                residual += residualStride;
            }
        }
    }

    private static void FinishGated<TFunction>(int columns, float* sums, float* bias, float* residual, float* y)
        where TFunction : struct, IElementFunction
    {
        int lanes = TInstructions.Lanes;
        for (int column = 0; column < columns; column += lanes)
        {
            TVector gate = TInstructions.Load(sums + (2 * column));
            TVector up = TInstructions.Load(sums + (2 * column) + lanes);
            if (bias != null)
            {
                gate = TInstructions.Add(gate, TInstructions.Load(bias + (2 * column)));
                up = TInstructions.Add(up, TInstructions.Load(bias + (2 * column) + lanes));
            }

            TVector value = TInstructions.Multiply(TFunction.Apply<TInstructions, TVector>(gate), up);
            if (residual != null)
            {
                value = TInstructions.Add(value, TInstructions.Load(residual + column));
            }

            TInstructions.Store(y + column, value);
        }
    }
}
