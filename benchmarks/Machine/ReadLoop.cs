using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Specializer.Benchmarks;

/// <summary>A loop that does nothing but read memory, as wide as the machine can: what any kernel that streams weights is measured against.</summary>
internal static unsafe class ReadLoop
{
    /// <summary>The length of what is read must be a multiple of this many bytes.</summary>
    public const int Step = 512;

    /// <summary>Adds up a block of floats: its four quarters at once, 64 bytes at a time, in eight independent sums.</summary>
    /// <remarks>
    /// Four streams, because one alone does not reach what memory can deliver: the hardware prefetches no further than the
    /// next page, and reading from memory gained a quarter to a half. Prefetching in software gained nothing more.
    /// </remarks>
    /// <param name="data">The block, aligned to 64 bytes.</param>
    /// <param name="byteLength">A multiple of <see cref="Step"/>.</param>
    /// <returns>The sum, so that nothing is optimised away.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Run(byte* data, long byteLength)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        long quarter = byteLength / 4;
        byte* a = data, b = a + quarter, c = b + quarter, d = c + quarter;
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
}
