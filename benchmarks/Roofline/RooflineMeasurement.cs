using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>
/// Measures kernels and whole models against the machine's limits. What is measured and the multiply-add loop take
/// turns, so that both see the same clock: on a shared host that differs from minute to minute.
/// </summary>
internal sealed class RooflineMeasurement : IDisposable
{
    private const int TurnCount = 9;
    private const double SecondsPerTurn = 0.008;

    private static float s_sink;

    private readonly InstructionSet _instructionSet;
    private readonly MachineLimits _limits;
    private readonly WorkerTeam _team;
    private readonly KernelMemory _memory = new();
    private readonly LimitRun _multiplyAdds;
    private readonly double _operationsPerTurn;

    public RooflineMeasurement(InstructionSet instructionSet, MachineLimits limits)
    {
        _instructionSet = instructionSet;
        _limits = limits;
        _team = new WorkerTeam(limits.Threads);
        double perIteration = MultiplyAddLoop.OperationsPerIteration(instructionSet);
        int iterations = (int)(SecondsPerTurn / 2 * limits.FmaGigaflops * 1e9 / limits.Threads / perIteration);
        _operationsPerTurn = perIteration * iterations * limits.Threads;
        _multiplyAdds = new LimitRun(_ => Volatile.Write(ref s_sink, MultiplyAddLoop.Run(instructionSet, iterations)));
    }

    public void Dispose()
    {
        _team.Dispose();
        _memory.Dispose();
    }

    /// <summary>The rows of one model: its kernels at several numbers of rows, and what is run of it as a whole.</summary>
    public IEnumerable<RooflineRow> Measure(MeasuredModel model, IReadOnlyList<int> rowCounts)
    {
        foreach (MeasuredKernel kernel in model.Kernels(_instructionSet, _memory))
        {
            foreach (int rows in rowCounts.Where(rows => rows <= kernel.MostRows))
            {
                yield return MeasureKernel(model, kernel, rows);
            }
        }

        using var whole = new WholeModel(model, new ModelOptions { InstructionSet = _instructionSet, Threads = _limits.Threads });
        foreach (ModelRun run in whole.Runs)
        {
            (double seconds, double peak) = TakeTurns(run.Run);
            seconds /= run.Repetitions;
            (string level, double rate) = Level(run.Bytes / _limits.Threads);
            bool readingBound = run.Bytes > 0;
            yield return new RooflineRow(
                run.Name,
                model.Name,
                null,
                run.Length,
                run.Operations / seconds / 1e9,
                readingBound ? run.Bytes / seconds / 1e9 : null,
                100 * (readingBound ? run.Bytes / rate : run.Operations / peak) / seconds,
                readingBound ? level : "fma",
                run.Length / seconds);
        }
    }

    private RooflineRow MeasureKernel(MeasuredModel model, MeasuredKernel kernel, int rows)
    {
        double estimate = Enumerable.Range(0, 4).Min(_ => Seconds(new KernelRun(kernel.Run, rows, 1)));
        int calls = (int)Math.Clamp(SecondsPerTurn / estimate, 1, 100_000);
        (double seconds, double peak) = TakeTurns(new KernelRun(kernel.Run, rows, calls));
        seconds /= calls;

        // What has to be read for one call lies where all of it, called again and again, fits.
        long bytes = kernel.Bytes(rows);
        (string level, double rate) = Level(bytes / _limits.Threads);
        double arithmetic = kernel.Operations(rows) / peak;
        double reading = bytes / rate;
        bool readingBound = reading > arithmetic || kernel.Moves;
        return new RooflineRow(
            kernel.Name,
            model.Name,
            kernel.Shape,
            rows,
            kernel.Operations(rows) / seconds / 1e9,
            readingBound ? bytes / seconds / 1e9 : null,
            100 * (readingBound ? reading : arithmetic) / seconds,
            readingBound ? level : "fma",
            null);
    }

    /// <summary>Where data of a size lies when it is read again and again by one core, and how fast that is read.</summary>
    private (string Level, double BytesPerSecond) Level(long bytesPerThread) => bytesPerThread switch
    {
        <= 1_600_000 => ("l2", _limits.ReadL2 * 1e9),
        <= 64_000_000 => ("l3", _limits.ReadL3 * 1e9),
        _ => ("memory", _limits.ReadMemory * 1e9),
    };

    private double Seconds(ParallelWork work)
    {
        long start = Stopwatch.GetTimestamp();
        Run(work);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Run(ParallelWork work)
    {
        if (!_team.TryRun(work))
        {
            throw new InvalidOperationException("The team is in use.");
        }
    }

    private (double Seconds, double Peak) TakeTurns(ParallelWork work) => TakeTurns(() => Run(work));

    /// <summary>Medians of the time of the work, and of the multiply-adds per second measured between.</summary>
    private (double Seconds, double Peak) TakeTurns(Action work)
    {
        double[][] seconds = Turns.Take(TurnCount, 0, () => Run(_multiplyAdds), work);
        return (Spread.Of(seconds[1]).Median, _operationsPerTurn / Spread.Of(seconds[0]).Median);
    }
}
