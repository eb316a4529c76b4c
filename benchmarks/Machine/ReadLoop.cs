using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Specializer.Benchmarks;

/// <summary>A loop that only reads memory with the widest loads; the reference for kernels that stream weights.</summary>
/// <remarks>
/// The loop uses four streams, because the hardware prefetcher stops at a page boundary, so that one stream does not reach the
/// memory bandwidth. Four streams gained a quarter to a half; software prefetching gained nothing more. The streams are close
/// together, as in a kernel: reading the quarters of a gigabyte is a sixth slower. There is one loop for each width, because a
/// vector wider than the hardware's is assembled in memory, which halves the rate.
/// </remarks>
internal static unsafe class ReadLoop
{
    /// <summary>The length must be a multiple of this number of bytes.</summary>
    public const int Step = 512;

    private const long Block = 1L << 24;

    /// <summary>Adds floats block by block: the four quarters of a block at once, in eight independent sums.</summary>
    /// <param name="data">The floats, aligned to 64 bytes.</param>
    /// <param name="byteLength">The length in bytes, a multiple of <see cref="Step"/>.</param>
    /// <returns>The sum, so that nothing is optimized away.</returns>
    public static float Run(byte* data, long byteLength)
    {
        float sum = 0;
        for (long length; byteLength > 0; data += length, byteLength -= length)
        {
            length = Math.Min(byteLength, Block);
            sum +=
                Vector512.IsHardwareAccelerated ? Run512(data, length)
                : Vector256.IsHardwareAccelerated ? Run256(data, length)
                : Run128(data, length);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512(byte* data, long byteLength)
    {
        Vector512<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        long quarter = byteLength / 4;
        byte* a = data,
            b = a + quarter,
            c = b + quarter,
            d = c + quarter;
        for (byte* end = b; a < end; a += 128, b += 128, c += 128, d += 128)
        {
            a0 += Vector512.Load((float*)a);
            a1 += Vector512.Load((float*)(a + 64));
            b0 += Vector512.Load((float*)b);
            b1 += Vector512.Load((float*)(b + 64));
            c0 += Vector512.Load((float*)c);
            c1 += Vector512.Load((float*)(c + 64));
            d0 += Vector512.Load((float*)d);
            d1 += Vector512.Load((float*)(d + 64));
        }

        return Vector512.Sum(a0 + a1 + b0 + b1 + c0 + c1 + d0 + d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256(byte* data, long byteLength)
    {
        Vector256<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        long quarter = byteLength / 4;
        byte* a = data,
            b = a + quarter,
            c = b + quarter,
            d = c + quarter;
        for (byte* end = b; a < end; a += 64, b += 64, c += 64, d += 64)
        {
            a0 += Vector256.Load((float*)a);
            a1 += Vector256.Load((float*)(a + 32));
            b0 += Vector256.Load((float*)b);
            b1 += Vector256.Load((float*)(b + 32));
            c0 += Vector256.Load((float*)c);
            c1 += Vector256.Load((float*)(c + 32));
            d0 += Vector256.Load((float*)d);
            d1 += Vector256.Load((float*)(d + 32));
        }

        return Vector256.Sum(a0 + a1 + b0 + b1 + c0 + c1 + d0 + d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128(byte* data, long byteLength)
    {
        Vector128<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        long quarter = byteLength / 4;
        byte* a = data,
            b = a + quarter,
            c = b + quarter,
            d = c + quarter;
        for (byte* end = b; a < end; a += 32, b += 32, c += 32, d += 32)
        {
            a0 += Vector128.Load((float*)a);
            a1 += Vector128.Load((float*)(a + 16));
            b0 += Vector128.Load((float*)b);
            b1 += Vector128.Load((float*)(b + 16));
            c0 += Vector128.Load((float*)c);
            c1 += Vector128.Load((float*)(c + 16));
            d0 += Vector128.Load((float*)d);
            d1 += Vector128.Load((float*)(d + 16));
        }

        return Vector128.Sum(a0 + a1 + b0 + b1 + c0 + c1 + d0 + d1);
    }
}
