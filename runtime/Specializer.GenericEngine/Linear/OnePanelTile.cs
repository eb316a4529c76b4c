using System.Runtime.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>
/// The innermost product of all matrix products: a tile of outputs in registers, two vectors wide and up to twelve rows high.
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
internal static unsafe class OnePanelTile<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    private const int FloatsPerLine = 16;

    /// <summary>One panel of weights times up to twelve rows of inputs.</summary>
    /// <typeparam name="TRows">The number of rows, 1 to 12.</typeparam>
    /// <typeparam name="TVectors">The width of the panel in vectors, 1 or 2.</typeparam>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="xStride">The floats from one row of inputs to the next.</param>
    /// <param name="w">The weights of the first input.</param>
    /// <param name="wStride">The floats from one input's weights to the next one's.</param>
    /// <param name="y">The outputs of the first row.</param>
    /// <param name="yStride">The floats from one row of outputs to the next.</param>
    /// <param name="inputs">The number of inputs, at least 1.</param>
    /// <param name="accumulate">Whether the sums start from the outputs.</param>
    /// <param name="ahead">
    /// Memory that is read next: one cache line per input is prefetched. The weights themselves, if there is none.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows, TVectors>(
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate,
        float* ahead
    )
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        TVector zero = TInstructions.Zero;
        TVector a0 = zero,
            a1 = zero,
            a2 = zero,
            a3 = zero,
            a4 = zero,
            a5 = zero,
            a6 = zero,
            a7 = zero,
            a8 = zero,
            a9 = zero,
            a10 = zero,
            a11 = zero;
        TVector b0 = zero,
            b1 = zero,
            b2 = zero,
            b3 = zero,
            b4 = zero,
            b5 = zero,
            b6 = zero,
            b7 = zero,
            b8 = zero,
            b9 = zero,
            b10 = zero,
            b11 = zero;
        if (accumulate)
        {
            a0 = TInstructions.Load(y);
            b0 = TVectors.Value > 1 ? TInstructions.Load(y + TInstructions.Lanes) : zero;
            if (TRows.Value > 1)
            {
                a1 = TInstructions.Load(y + yStride);
                b1 = TVectors.Value > 1 ? TInstructions.Load(y + yStride + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 2)
            {
                a2 = TInstructions.Load(y + (2 * yStride));
                b2 = TVectors.Value > 1 ? TInstructions.Load(y + (2 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 3)
            {
                a3 = TInstructions.Load(y + (3 * yStride));
                b3 = TVectors.Value > 1 ? TInstructions.Load(y + (3 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 4)
            {
                a4 = TInstructions.Load(y + (4 * yStride));
                b4 = TVectors.Value > 1 ? TInstructions.Load(y + (4 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 5)
            {
                a5 = TInstructions.Load(y + (5 * yStride));
                b5 = TVectors.Value > 1 ? TInstructions.Load(y + (5 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 6)
            {
                a6 = TInstructions.Load(y + (6 * yStride));
                b6 = TVectors.Value > 1 ? TInstructions.Load(y + (6 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 7)
            {
                a7 = TInstructions.Load(y + (7 * yStride));
                b7 = TVectors.Value > 1 ? TInstructions.Load(y + (7 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 8)
            {
                a8 = TInstructions.Load(y + (8 * yStride));
                b8 = TVectors.Value > 1 ? TInstructions.Load(y + (8 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 9)
            {
                a9 = TInstructions.Load(y + (9 * yStride));
                b9 = TVectors.Value > 1 ? TInstructions.Load(y + (9 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 10)
            {
                a10 = TInstructions.Load(y + (10 * yStride));
                b10 = TVectors.Value > 1 ? TInstructions.Load(y + (10 * yStride) + TInstructions.Lanes) : zero;
            }

            if (TRows.Value > 11)
            {
                a11 = TInstructions.Load(y + (11 * yStride));
                b11 = TVectors.Value > 1 ? TInstructions.Load(y + (11 * yStride) + TInstructions.Lanes) : zero;
            }
        }

        float* x3 = x + (3 * xStride),
            x6 = x + (6 * xStride),
            x9 = x + (9 * xStride);
        nint row2 = 2 * xStride;
        int k = inputs;
        do
        {
            TInstructions.Prefetch(ahead);
            TVector v0 = TInstructions.Load(w),
                v1 = TVectors.Value > 1 ? TInstructions.Load(w + TInstructions.Lanes) : zero;
            TVector input = TInstructions.Broadcast(*x);
            a0 = TInstructions.MultiplyAdd(input, v0, a0);
            b0 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b0) : b0;

            if (TRows.Value > 1)
            {
                input = TInstructions.Broadcast(*(x + xStride));
                a1 = TInstructions.MultiplyAdd(input, v0, a1);
                b1 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b1) : b1;
            }

            if (TRows.Value > 2)
            {
                input = TInstructions.Broadcast(*(x + row2));
                a2 = TInstructions.MultiplyAdd(input, v0, a2);
                b2 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b2) : b2;
            }

            if (TRows.Value > 3)
            {
                input = TInstructions.Broadcast(*x3);
                a3 = TInstructions.MultiplyAdd(input, v0, a3);
                b3 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b3) : b3;
            }

            if (TRows.Value > 4)
            {
                input = TInstructions.Broadcast(*(x3 + xStride));
                a4 = TInstructions.MultiplyAdd(input, v0, a4);
                b4 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b4) : b4;
            }

            if (TRows.Value > 5)
            {
                input = TInstructions.Broadcast(*(x3 + row2));
                a5 = TInstructions.MultiplyAdd(input, v0, a5);
                b5 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b5) : b5;
            }

            if (TRows.Value > 6)
            {
                input = TInstructions.Broadcast(*x6);
                a6 = TInstructions.MultiplyAdd(input, v0, a6);
                b6 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b6) : b6;
            }

            if (TRows.Value > 7)
            {
                input = TInstructions.Broadcast(*(x6 + xStride));
                a7 = TInstructions.MultiplyAdd(input, v0, a7);
                b7 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b7) : b7;
            }

            if (TRows.Value > 8)
            {
                input = TInstructions.Broadcast(*(x6 + row2));
                a8 = TInstructions.MultiplyAdd(input, v0, a8);
                b8 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b8) : b8;
            }

            if (TRows.Value > 9)
            {
                input = TInstructions.Broadcast(*x9);
                a9 = TInstructions.MultiplyAdd(input, v0, a9);
                b9 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b9) : b9;
            }

            if (TRows.Value > 10)
            {
                input = TInstructions.Broadcast(*(x9 + xStride));
                a10 = TInstructions.MultiplyAdd(input, v0, a10);
                b10 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b10) : b10;
            }

            if (TRows.Value > 11)
            {
                input = TInstructions.Broadcast(*(x9 + row2));
                a11 = TInstructions.MultiplyAdd(input, v0, a11);
                b11 = TVectors.Value > 1 ? TInstructions.MultiplyAdd(input, v1, b11) : b11;
            }

            x++;
            x3++;
            x6++;
            x9++;
            w += wStride;
            ahead += FloatsPerLine;
        } while (--k != 0);

        TInstructions.Store(y, a0);
        if (TVectors.Value > 1)
        {
            TInstructions.Store(y + TInstructions.Lanes, b0);
        }

        if (TRows.Value > 1)
        {
            TInstructions.Store(y + yStride, a1);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + yStride + TInstructions.Lanes, b1);
            }
        }

        if (TRows.Value > 2)
        {
            TInstructions.Store(y + (2 * yStride), a2);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (2 * yStride) + TInstructions.Lanes, b2);
            }
        }

        if (TRows.Value > 3)
        {
            TInstructions.Store(y + (3 * yStride), a3);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (3 * yStride) + TInstructions.Lanes, b3);
            }
        }

        if (TRows.Value > 4)
        {
            TInstructions.Store(y + (4 * yStride), a4);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (4 * yStride) + TInstructions.Lanes, b4);
            }
        }

        if (TRows.Value > 5)
        {
            TInstructions.Store(y + (5 * yStride), a5);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (5 * yStride) + TInstructions.Lanes, b5);
            }
        }

        if (TRows.Value > 6)
        {
            TInstructions.Store(y + (6 * yStride), a6);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (6 * yStride) + TInstructions.Lanes, b6);
            }
        }

        if (TRows.Value > 7)
        {
            TInstructions.Store(y + (7 * yStride), a7);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (7 * yStride) + TInstructions.Lanes, b7);
            }
        }

        if (TRows.Value > 8)
        {
            TInstructions.Store(y + (8 * yStride), a8);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (8 * yStride) + TInstructions.Lanes, b8);
            }
        }

        if (TRows.Value > 9)
        {
            TInstructions.Store(y + (9 * yStride), a9);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (9 * yStride) + TInstructions.Lanes, b9);
            }
        }

        if (TRows.Value > 10)
        {
            TInstructions.Store(y + (10 * yStride), a10);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (10 * yStride) + TInstructions.Lanes, b10);
            }
        }

        if (TRows.Value > 11)
        {
            TInstructions.Store(y + (11 * yStride), a11);
            if (TVectors.Value > 1)
            {
                TInstructions.Store(y + (11 * yStride) + TInstructions.Lanes, b11);
            }
        }
    }
}
