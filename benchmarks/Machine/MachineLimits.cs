using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>
/// The limits of this machine, measured in this process. Results are only meaningful relative to limits measured at the same
/// time, because the clock and the caches of a shared host vary.
/// </summary>
public sealed unsafe record MachineLimits
{
    private const int Repetitions = 7;
    private const double SecondsPerRepetition = 0.012;
    private const long MemoryBytes = 1L << 30;

    private static float s_sink;

    /// <summary>The number of concurrent threads; every value is the sum over them.</summary>
    public required int Threads { get; init; }

    /// <summary>The instruction set of the multiply-add measurement.</summary>
    public required InstructionSet InstructionSet { get; init; }

    /// <summary>
    /// Single-precision multiply-adds between registers, in 10⁹ operations per second; a multiply-add counts as two.
    /// </summary>
    public required double FmaGigaflops { get; init; }

    /// <summary>The memory bandwidth in 10⁹ bytes per second: 1 GiB is read, and each thread reads a part of its own.</summary>
    public required double ReadMemory { get; init; }

    /// <summary>
    /// The L3 bandwidth in 10⁹ bytes per second: every thread repeatedly reads the same
    /// <see cref="CacheSizes.ReadFromThirdLevel"/>.
    /// </summary>
    public required double ReadL3 { get; init; }

    /// <summary>
    /// The L2 bandwidth in 10⁹ bytes per second: every thread repeatedly reads its own
    /// <see cref="CacheSizes.ReadFromSecondLevel"/>.
    /// </summary>
    public required double ReadL2 { get; init; }

    /// <summary>Measures the limits as medians of several repetitions. This takes two to three seconds.</summary>
    /// <param name="threads">The number of concurrent threads, at least 1. They start together and are not pinned.</param>
    /// <param name="instructionSet">The instruction set of the multiply-adds; reads always use the widest loads.</param>
    /// <exception cref="PlatformNotSupportedException">This process cannot run <paramref name="instructionSet"/>.</exception>
    public static MachineLimits Measure(int threads, InstructionSet instructionSet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (!InstructionSets.IsSupported(instructionSet))
        {
            throw new PlatformNotSupportedException(
                $"This process cannot run {instructionSet}; the best supported set is {InstructionSets.Best}."
            );
        }

        double gigaflops = MeasureMultiplyAdds(threads, instructionSet);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)MemoryBytes, 64);
        try
        {
            (double readMemory, double readL3, double readL2) = MeasureReads(threads, memory);
            return new MachineLimits
            {
                Threads = threads,
                InstructionSet = instructionSet,
                FmaGigaflops = gigaflops,
                ReadMemory = readMemory,
                ReadL3 = readL3,
                ReadL2 = readL2,
            };
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double MeasureMultiplyAdds(int threads, InstructionSet instructionSet)
    {
        const int Trial = 100_000;
        Keep(MultiplyAddLoop.Run(instructionSet, Trial));
        long start = Stopwatch.GetTimestamp();
        Keep(MultiplyAddLoop.Run(instructionSet, Trial));
        double perIteration = Stopwatch.GetElapsedTime(start).TotalSeconds / Trial;
        int iterations = (int)Math.Clamp(SecondsPerRepetition / perIteration, Trial, 1e9);
        double seconds = SimultaneousRun.MedianSeconds(threads, Repetitions, _ => Keep(MultiplyAddLoop.Run(instructionSet, iterations)));
        return (double)MultiplyAddLoop.OperationsPerIteration(instructionSet) * iterations * threads / seconds / 1e9;
    }

    private static (double Memory, double L3, double L2) MeasureReads(int threads, byte* memory)
    {
        long slice = MemoryBytes / threads / ReadLoop.Step * ReadLoop.Step;

        // A page that was never written is not backed by memory; reading it would measure a cached page of zeros.
        SimultaneousRun.MedianSeconds(threads, 1, worker => new Span<byte>(memory + (worker * slice), checked((int)slice)).Fill(1));

        double memorySeconds = SimultaneousRun.MedianSeconds(
            threads,
            Repetitions,
            worker => Keep(ReadLoop.Run(memory + (worker * slice), slice))
        );
        double memoryRate = (double)slice * threads / memorySeconds / 1e9;

        // All threads read the same bytes, more than fit the L2 cache, and each thread starts at a different position.
        long l3Bytes = CacheSizes.ReadFromThirdLevel,
            l3Passes = PassesFor(l3Bytes, bytesPerSecond: 25e9);
        double l3Seconds = SimultaneousRun.MedianSeconds(
            threads,
            Repetitions,
            worker =>
            {
                long first = l3Bytes / threads * worker / ReadLoop.Step * ReadLoop.Step;
                for (long pass = 0; pass < l3Passes; pass++)
                {
                    Keep(ReadLoop.Run(memory + first, l3Bytes - first) + ReadLoop.Run(memory, first));
                }
            }
        );
        double l3Rate = (double)l3Bytes * l3Passes * threads / l3Seconds / 1e9;

        long l2Bytes = Math.Min(slice, CacheSizes.ReadFromSecondLevel),
            l2Passes = PassesFor(l2Bytes, bytesPerSecond: 100e9);
        double l2Seconds = SimultaneousRun.MedianSeconds(
            threads,
            Repetitions,
            worker =>
            {
                byte* own = memory + (worker * l2Bytes);
                for (long pass = 0; pass < l2Passes; pass++)
                {
                    Keep(ReadLoop.Run(own, l2Bytes));
                }
            }
        );
        double l2Rate = (double)l2Bytes * l2Passes * threads / l2Seconds / 1e9;
        return (memoryRate, l3Rate, l2Rate);
    }

    private static long PassesFor(long byteLength, double bytesPerSecond) =>
        Math.Max(1, (long)(SecondsPerRepetition * bytesPerSecond / byteLength));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(float value) => Volatile.Write(ref s_sink, value);
}
