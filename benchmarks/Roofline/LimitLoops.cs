using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>Loops that only reach a limit of the machine; they alternate with the measurements.</summary>
internal sealed unsafe class LimitLoops : IDisposable
{
    private const long Memory = 1L << 30,
        MemoryPart = 1L << 28;

    // The L2 cache also contains other data of the core; the L3 cache may be shared with other processes.
    private static readonly long s_secondLevelHolds = CacheSizes.SecondLevel * 9 / 10,
        s_thirdLevelHolds = Math.Min(64_000_000, CacheSizes.ThirdLevel * 9 / 10);

    private static float s_sink;

    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Memory, 64);
    private readonly MachineLimits _limits;
    private readonly double _seconds;
    private readonly LimitLoop _secondLevel;
    private readonly LimitLoop _memory;

    /// <summary>Creates the loops.</summary>
    /// <param name="limits">The limits of the machine, which determine the lengths of the loops.</param>
    /// <param name="seconds">The time of a loop; reading from memory takes longer.</param>
    public LimitLoops(MachineLimits limits, double seconds)
    {
        _limits = limits;
        _seconds = seconds;

        // A page that was never written is not backed by memory.
        NativeMemory.Fill(_bytes, (nuint)Memory, 1);
        InstructionSet instructionSet = limits.InstructionSet;
        double perIteration = MultiplyAddLoop.OperationsPerIteration(instructionSet);
        int iterations = (int)(seconds * limits.FmaGigaflops * 1e9 / limits.Threads / perIteration);
        MultiplyAdds = new LimitLoop(
            "fma",
            perIteration * iterations * limits.Threads,
            limits.FmaGigaflops * 1e9,
            (_, _) => Keep(MultiplyAddLoop.Run(instructionSet, iterations))
        );
        _secondLevel = Read("l2", CacheSizes.ReadFromSecondLevel, limits.ReadL2);

        // Each run reads another quarter, so that it is not cached.
        int part = 0;
        _memory = new LimitLoop(
            "memory",
            MemoryPart,
            limits.ReadMemory * 1e9,
            (worker, workers) =>
            {
                byte* first = _bytes + (MemoryPart * (Volatile.Read(ref part) % (Memory / MemoryPart)));
                long slice = MemoryPart / workers / ReadLoop.Step * ReadLoop.Step;
                Keep(ReadLoop.Run(first + (worker * slice), slice));
                if (worker == 0)
                {
                    Volatile.Write(ref part, part + 1);
                }
            }
        );
    }

    /// <summary>Multiply-adds between registers.</summary>
    public LimitLoop MultiplyAdds { get; }

    /// <summary>Returns the loop that reads from the cache level of data with a given size that one core reads repeatedly.</summary>
    /// <remarks>
    /// The capacity of a shared L3 cache depends on the other processes, so the loop reads as many bytes as the measured work.
    /// </remarks>
    public LimitLoop Reading(long bytesPerThread) =>
        bytesPerThread <= s_secondLevelHolds ? _secondLevel
        : bytesPerThread <= s_thirdLevelHolds ? Read("l3", bytesPerThread / ReadLoop.Step * ReadLoop.Step, _limits.ReadL3)
        : _memory;

    public void Dispose() => NativeMemory.AlignedFree(_bytes);

    private static void Keep(float value) => Volatile.Write(ref s_sink, value);

    /// <summary>Creates a loop in which each worker repeatedly reads its own bytes.</summary>
    private LimitLoop Read(string name, long bytes, double gigabytesPerSecond)
    {
        long passes = Math.Max(1, (long)(_seconds * gigabytesPerSecond * 1e9 / _limits.Threads / bytes));
        return new LimitLoop(
            name,
            (double)bytes * passes * _limits.Threads,
            gigabytesPerSecond * 1e9,
            (worker, _) =>
            {
                for (long pass = 0; pass < passes; pass++)
                {
                    Keep(ReadLoop.Run(_bytes + (worker * bytes), bytes));
                }
            }
        );
    }
}

/// <summary>A loop that reaches a limit, run by all workers of a team at once.</summary>
/// <param name="name">"fma", "memory", "l3" or "l2".</param>
/// <param name="amount">Operations or bytes of one run.</param>
/// <param name="rate">The rate per second in the measurement of the limits.</param>
/// <param name="loop">The share of a worker.</param>
internal sealed class LimitLoop(string name, double amount, double rate, Action<int, int> loop) : ParallelWork
{
    public string Name { get; } = name;

    public double Amount { get; } = amount;

    public double Rate { get; } = rate;

    /// <inheritdoc/>
    protected internal override void Execute(int worker, int workers) => loop(worker, workers);
}
