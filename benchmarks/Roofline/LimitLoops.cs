using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>The loops that do nothing but reach a limit of the machine, to be run in turn with what is measured.</summary>
internal sealed unsafe class LimitLoops : IDisposable
{
    private const long Memory = 1L << 30,
        MemoryPart = 1L << 28;

    // With room for what else lies in a core's own second level; of a third level that is shared with strangers, no more than they leave.
    private static readonly long s_secondLevelHolds = CacheSizes.SecondLevel * 9 / 10,
        s_thirdLevelHolds = Math.Min(64_000_000, CacheSizes.ThirdLevel * 9 / 10);

    private static float s_sink;

    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Memory, 64);
    private readonly MachineLimits _limits;
    private readonly double _seconds;
    private readonly LimitLoop _secondLevel;
    private readonly LimitLoop _memory;

    /// <summary>Prepares loops.</summary>
    /// <param name="limits">What the machine can do, by which their length is chosen.</param>
    /// <param name="seconds">How long a loop is to take; reading from memory takes longer.</param>
    public LimitLoops(MachineLimits limits, double seconds)
    {
        _limits = limits;
        _seconds = seconds;

        // A page that was never written has no memory behind it.
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

        // Another quarter each time, so that nothing of it is in a cache.
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

    /// <summary>Multiply-adds from registers to registers.</summary>
    public LimitLoop MultiplyAdds { get; }

    /// <summary>Reading from where data of a size lies that is read again and again by one core.</summary>
    /// <remarks>Of a third level that others share, the more it is to hold, the less it holds: as many bytes are read as what is measured reads.</remarks>
    public LimitLoop Reading(long bytesPerThread) =>
        bytesPerThread <= s_secondLevelHolds ? _secondLevel
        : bytesPerThread <= s_thirdLevelHolds ? Read("l3", bytesPerThread / ReadLoop.Step * ReadLoop.Step, _limits.ReadL3)
        : _memory;

    public void Dispose() => NativeMemory.AlignedFree(_bytes);

    private static void Keep(float value) => Volatile.Write(ref s_sink, value);

    /// <summary>Each worker reads its own bytes, again and again.</summary>
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
/// <param name="rate">What it reached per second when the limits were measured.</param>
/// <param name="loop">The share of a worker.</param>
internal sealed class LimitLoop(string name, double amount, double rate, Action<int, int> loop) : ParallelWork
{
    public string Name { get; } = name;

    public double Amount { get; } = amount;

    public double Rate { get; } = rate;

    /// <inheritdoc/>
    protected internal override void Execute(int worker, int workers) => loop(worker, workers);
}
