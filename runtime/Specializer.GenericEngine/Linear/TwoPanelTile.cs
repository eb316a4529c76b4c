using System.Runtime.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>
/// A tile half as high and twice as wide as <see cref="OnePanelTile{TInstructions, TVector}"/>. It is nearly square, so it reads
/// the fewest operands for its products.
/// </summary>
/// <remarks>
/// y[row, output] = (accumulate ? y[row, output] : 0) + x[row, 0] · w[0, output] + x[row, 1] · w[1, output] + …; every output is
/// one chain of multiply-adds in this order, so a result does not depend on the tile that computes it. The sums are separate
/// variables, because only those stay in registers; the JIT compiler removes those that a tile with fewer rows does not need. The
/// method is fully optimized immediately, without tiering. A warm model is equally fast, and the first prefill of a model with 15
/// million parameters dropped from 260 to 85 ms.
/// </remarks>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class TwoPanelTile<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    private const int FloatsPerLine = 16;

    /// <summary>Two adjacent panels of weights times up to six rows of inputs; their outputs are contiguous.</summary>
    /// <typeparam name="TRows">The number of rows, 1 to 6.</typeparam>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="xStride">The floats from one row of inputs to the next.</param>
    /// <param name="w">The weights of the first input.</param>
    /// <param name="wStride">The floats from one input's weights to the next one's.</param>
    /// <param name="panelStride">The floats from one panel's weights to the next one's.</param>
    /// <param name="y">The outputs of the first row.</param>
    /// <param name="yStride">The floats from one row of outputs to the next.</param>
    /// <param name="inputs">The number of inputs, at least 1.</param>
    /// <param name="accumulate">Whether the sums start from the outputs.</param>
    /// <param name="ahead">
    /// Memory that is read next: one cache line per input is prefetched. The weights themselves, if there is none.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows>(
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        nint panelStride,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate,
        float* ahead
    )
        where TRows : struct, ICount
    {
        TVector zero = TInstructions.Zero;
        TVector a0 = zero,
            a1 = zero,
            a2 = zero,
            a3 = zero,
            a4 = zero,
            a5 = zero;
        TVector b0 = zero,
            b1 = zero,
            b2 = zero,
            b3 = zero,
            b4 = zero,
            b5 = zero;
        TVector c0 = zero,
            c1 = zero,
            c2 = zero,
            c3 = zero,
            c4 = zero,
            c5 = zero;
        TVector d0 = zero,
            d1 = zero,
            d2 = zero,
            d3 = zero,
            d4 = zero,
            d5 = zero;
        if (accumulate)
        {
            a0 = TInstructions.Load(y);
            b0 = TInstructions.Load(y + TInstructions.Lanes);
            c0 = TInstructions.Load(y + (2 * TInstructions.Lanes));
            d0 = TInstructions.Load(y + (3 * TInstructions.Lanes));
            if (TRows.Value > 1)
            {
                a1 = TInstructions.Load(y + yStride);
                b1 = TInstructions.Load(y + yStride + TInstructions.Lanes);
                c1 = TInstructions.Load(y + yStride + (2 * TInstructions.Lanes));
                d1 = TInstructions.Load(y + yStride + (3 * TInstructions.Lanes));
            }

            if (TRows.Value > 2)
            {
                a2 = TInstructions.Load(y + (2 * yStride));
                b2 = TInstructions.Load(y + (2 * yStride) + TInstructions.Lanes);
                c2 = TInstructions.Load(y + (2 * yStride) + (2 * TInstructions.Lanes));
                d2 = TInstructions.Load(y + (2 * yStride) + (3 * TInstructions.Lanes));
            }

            if (TRows.Value > 3)
            {
                a3 = TInstructions.Load(y + (3 * yStride));
                b3 = TInstructions.Load(y + (3 * yStride) + TInstructions.Lanes);
                c3 = TInstructions.Load(y + (3 * yStride) + (2 * TInstructions.Lanes));
                d3 = TInstructions.Load(y + (3 * yStride) + (3 * TInstructions.Lanes));
            }

            if (TRows.Value > 4)
            {
                a4 = TInstructions.Load(y + (4 * yStride));
                b4 = TInstructions.Load(y + (4 * yStride) + TInstructions.Lanes);
                c4 = TInstructions.Load(y + (4 * yStride) + (2 * TInstructions.Lanes));
                d4 = TInstructions.Load(y + (4 * yStride) + (3 * TInstructions.Lanes));
            }

            if (TRows.Value > 5)
            {
                a5 = TInstructions.Load(y + (5 * yStride));
                b5 = TInstructions.Load(y + (5 * yStride) + TInstructions.Lanes);
                c5 = TInstructions.Load(y + (5 * yStride) + (2 * TInstructions.Lanes));
                d5 = TInstructions.Load(y + (5 * yStride) + (3 * TInstructions.Lanes));
            }
        }

        nint row2 = 2 * xStride,
            row3 = 3 * xStride,
            row4 = 4 * xStride,
            row5 = 5 * xStride;
        int k = inputs;
        do
        {
            TInstructions.Prefetch(ahead);
            TVector v0 = TInstructions.Load(w);
            TVector v1 = TInstructions.Load(w + TInstructions.Lanes);
            TVector v2 = TInstructions.Load(w + panelStride);
            TVector v3 = TInstructions.Load(w + panelStride + TInstructions.Lanes);
            TVector input = TInstructions.Broadcast(*x);
            a0 = TInstructions.MultiplyAdd(input, v0, a0);
            b0 = TInstructions.MultiplyAdd(input, v1, b0);
            c0 = TInstructions.MultiplyAdd(input, v2, c0);
            d0 = TInstructions.MultiplyAdd(input, v3, d0);

            if (TRows.Value > 1)
            {
                input = TInstructions.Broadcast(*(x + xStride));
                a1 = TInstructions.MultiplyAdd(input, v0, a1);
                b1 = TInstructions.MultiplyAdd(input, v1, b1);
                c1 = TInstructions.MultiplyAdd(input, v2, c1);
                d1 = TInstructions.MultiplyAdd(input, v3, d1);
            }

            if (TRows.Value > 2)
            {
                input = TInstructions.Broadcast(*(x + row2));
                a2 = TInstructions.MultiplyAdd(input, v0, a2);
                b2 = TInstructions.MultiplyAdd(input, v1, b2);
                c2 = TInstructions.MultiplyAdd(input, v2, c2);
                d2 = TInstructions.MultiplyAdd(input, v3, d2);
            }

            if (TRows.Value > 3)
            {
                input = TInstructions.Broadcast(*(x + row3));
                a3 = TInstructions.MultiplyAdd(input, v0, a3);
                b3 = TInstructions.MultiplyAdd(input, v1, b3);
                c3 = TInstructions.MultiplyAdd(input, v2, c3);
                d3 = TInstructions.MultiplyAdd(input, v3, d3);
            }

            if (TRows.Value > 4)
            {
                input = TInstructions.Broadcast(*(x + row4));
                a4 = TInstructions.MultiplyAdd(input, v0, a4);
                b4 = TInstructions.MultiplyAdd(input, v1, b4);
                c4 = TInstructions.MultiplyAdd(input, v2, c4);
                d4 = TInstructions.MultiplyAdd(input, v3, d4);
            }

            if (TRows.Value > 5)
            {
                input = TInstructions.Broadcast(*(x + row5));
                a5 = TInstructions.MultiplyAdd(input, v0, a5);
                b5 = TInstructions.MultiplyAdd(input, v1, b5);
                c5 = TInstructions.MultiplyAdd(input, v2, c5);
                d5 = TInstructions.MultiplyAdd(input, v3, d5);
            }

            x++;
            w += wStride;
            ahead += FloatsPerLine;
        } while (--k != 0);

        TInstructions.Store(y, a0);
        TInstructions.Store(y + TInstructions.Lanes, b0);
        TInstructions.Store(y + (2 * TInstructions.Lanes), c0);
        TInstructions.Store(y + (3 * TInstructions.Lanes), d0);

        if (TRows.Value > 1)
        {
            TInstructions.Store(y + yStride, a1);
            TInstructions.Store(y + yStride + TInstructions.Lanes, b1);
            TInstructions.Store(y + yStride + (2 * TInstructions.Lanes), c1);
            TInstructions.Store(y + yStride + (3 * TInstructions.Lanes), d1);
        }

        if (TRows.Value > 2)
        {
            TInstructions.Store(y + (2 * yStride), a2);
            TInstructions.Store(y + (2 * yStride) + TInstructions.Lanes, b2);
            TInstructions.Store(y + (2 * yStride) + (2 * TInstructions.Lanes), c2);
            TInstructions.Store(y + (2 * yStride) + (3 * TInstructions.Lanes), d2);
        }

        if (TRows.Value > 3)
        {
            TInstructions.Store(y + (3 * yStride), a3);
            TInstructions.Store(y + (3 * yStride) + TInstructions.Lanes, b3);
            TInstructions.Store(y + (3 * yStride) + (2 * TInstructions.Lanes), c3);
            TInstructions.Store(y + (3 * yStride) + (3 * TInstructions.Lanes), d3);
        }

        if (TRows.Value > 4)
        {
            TInstructions.Store(y + (4 * yStride), a4);
            TInstructions.Store(y + (4 * yStride) + TInstructions.Lanes, b4);
            TInstructions.Store(y + (4 * yStride) + (2 * TInstructions.Lanes), c4);
            TInstructions.Store(y + (4 * yStride) + (3 * TInstructions.Lanes), d4);
        }

        if (TRows.Value > 5)
        {
            TInstructions.Store(y + (5 * yStride), a5);
            TInstructions.Store(y + (5 * yStride) + TInstructions.Lanes, b5);
            TInstructions.Store(y + (5 * yStride) + (2 * TInstructions.Lanes), c5);
            TInstructions.Store(y + (5 * yStride) + (3 * TInstructions.Lanes), d5);
        }
    }
}
