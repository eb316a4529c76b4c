using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// Measures kernels and whole models relative to the limits of the machine. The measured work alternates with the multiply-add
/// loop, so that both run at the same clock, which varies on a shared host.
/// </summary>
internal sealed class RooflineMeasurement : IDisposable
{
    private const int TurnCount = 9;
    private const double SecondsPerTurn = 0.008;

    private readonly InstructionSet _instructionSet;
    private readonly MachineLimits _limits;
    private readonly WorkerTeam _team;
    private readonly KernelMemory _memory = new();
    private readonly LimitLoops _loops;

    public RooflineMeasurement(InstructionSet instructionSet, MachineLimits limits)
    {
        _instructionSet = instructionSet;
        _limits = limits;
        _team = new WorkerTeam(limits.Threads);
        _loops = new LimitLoops(limits, SecondsPerTurn / 2);
    }

    public void Dispose()
    {
        _team.Dispose();
        _loops.Dispose();
        _memory.Dispose();
    }

    /// <summary>
    /// Returns the rows of one model: its kernels with several numbers of rows, and the measurements of the whole model.
    /// </summary>
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
            bool readingBound = run.Bytes > 0;
            LimitLoop limit = readingBound ? _loops.Reading(run.Bytes / _limits.Threads) : _loops.MultiplyAdds;
            (double seconds, double rate) = TakeTurns(limit, run.Run);
            seconds /= run.Repetitions;
            yield return new RooflineRow(
                run.Name,
                model.Name,
                null,
                run.Length,
                run.Operations / seconds / 1e9,
                readingBound ? run.Bytes / seconds / 1e9 : null,
                100 * (readingBound ? run.Bytes : run.Operations) / rate / seconds,
                limit.Name,
                run.Length / seconds
            );
        }
    }

    /// <summary>Measures attention alone, over caches of increasing length.</summary>
    public IEnumerable<RooflineRow> MeasureAttention(MeasuredModel model, IReadOnlyList<int> rowCounts) =>
        new KernelCatalog(model, _instructionSet, _memory)
            .Attentions()
            .SelectMany(kernel => rowCounts.Where(rows => rows <= kernel.MostRows).Select(rows => MeasureKernel(model, kernel, rows)));

    private RooflineRow MeasureKernel(MeasuredModel model, MeasuredKernel kernel, int rows)
    {
        double estimate = Enumerable.Range(0, 4).Min(_ => Seconds(new KernelRun(kernel.Run, rows, 1)));
        int calls = (int)Math.Clamp(SecondsPerTurn / estimate, 1, 100_000);
        // The data of one call is at the cache level that contains all of it when it is called repeatedly.
        long bytes = kernel.Bytes(rows);
        LimitLoop reading = _loops.Reading(bytes / _limits.Threads);
        bool readingBound = kernel.Moves || bytes / reading.Rate > kernel.Operations(rows) / _loops.MultiplyAdds.Rate;
        LimitLoop limit = readingBound ? reading : _loops.MultiplyAdds;
        var run = new KernelRun(kernel.Run, rows, calls);
        (double seconds, double rate) = TakeTurns(limit, () => Run(run));
        seconds /= calls;
        return new RooflineRow(
            kernel.Name,
            model.Name,
            kernel.Shape,
            rows,
            kernel.Operations(rows) / seconds / 1e9,
            readingBound ? bytes / seconds / 1e9 : null,
            100 * (readingBound ? bytes : kernel.Operations(rows)) / rate / seconds,
            limit.Name,
            null
        );
    }

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

    /// <summary>Returns the medians of the seconds of the work and of the rate that the limit reached in between.</summary>
    private (double Seconds, double Rate) TakeTurns(LimitLoop limit, Action work)
    {
        double[][] seconds = Turns.Take(TurnCount, 0, () => Run(limit), work);
        return (Spread.Of(seconds[1]).Median, limit.Amount / Spread.Of(seconds[0]).Median);
    }
}
