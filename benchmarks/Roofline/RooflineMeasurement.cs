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
    private const int Turns = 9;
    private const double SecondsPerTurn = 0.008;
    private const int PromptLength = 128;

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

    /// <summary>The rows of one model: its kernels at several numbers of rows, a prefill, and decoding.</summary>
    public IEnumerable<RooflineRow> Measure(MeasuredModel model, IReadOnlyList<int> rowCounts)
    {
        foreach (MeasuredKernel kernel in model.MeasuredKernels(_instructionSet, _memory))
        {
            foreach (int rows in rowCounts.Where(rows => kernel.Name != "attention" || rows <= PromptLength))
            {
                yield return MeasureKernel(model, kernel, rows);
            }
        }

        foreach (RooflineRow row in MeasureModel(model))
        {
            yield return row;
        }
    }

    private RooflineRow MeasureKernel(MeasuredModel model, MeasuredKernel kernel, int rows)
    {
        double estimate = Seconds(new KernelRun(kernel.Run, rows, 1));
        for (int warmUp = 0; warmUp < 3; warmUp++)
        {
            estimate = Math.Min(estimate, Seconds(new KernelRun(kernel.Run, rows, 1)));
        }

        int calls = (int)Math.Clamp(SecondsPerTurn / estimate, 1, 100_000);
        (double seconds, double peak) = TakeTurns(new KernelRun(kernel.Run, rows, calls));
        seconds /= calls;

        // What has to be read for one call lies where all of it, called again and again, fits.
        long bytes = kernel.Bytes(rows);
        (string level, double rate) = Level(bytes / _limits.Threads);
        double arithmetic = kernel.Operations(rows) / peak;
        double reading = bytes / rate;
        bool readingBound = reading > arithmetic || kernel.Name == "norm";
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

    private IEnumerable<RooflineRow> MeasureModel(MeasuredModel measured)
    {
        DecoderModel model;
        using (var source = new RandomWeights(measured.Tensors, seed: 1))
        {
            model = measured.Load(source, new ModelOptions { InstructionSet = _instructionSet, Threads = _limits.Threads });
        }

        using (model)
        using (DecoderSession session = model.CreateSession())
        {
            ModelDescription description = model.Description;
            int[] prompt = [.. Enumerable.Range(0, PromptLength).Select(position => (position * 97) % description.VocabularySize)];
            (double prefill, double peak) = TakeTurns(() =>
            {
                session.Reset();
                session.Prefill(prompt);
            });
            double operations = PrefillOperations(measured, description);
            yield return new RooflineRow(
                "prefill", measured.Name, null, PromptLength, operations / prefill / 1e9, null, 100 * operations / peak / prefill, "fma", PromptLength / prefill);

            const int Tokens = 16;
            (double decode, _) = TakeTurns(() =>
            {
                session.Truncate(PromptLength);
                for (int i = 0; i < Tokens; i++)
                {
                    session.Decode(prompt[i]);
                }
            });
            decode /= Tokens;
            long bytes = description.MultiplyAddsPerToken * sizeof(float);
            (string level, double rate) = Level(bytes / _limits.Threads);
            yield return new RooflineRow(
                "decode", measured.Name, null, 1, 2.0 * description.MultiplyAddsPerToken / decode / 1e9, bytes / decode / 1e9, 100 * bytes / rate / decode, level, 1 / decode);
        }
    }

    /// <summary>The operations of a prefill whose last logits alone are computed; attention to half of all pairs.</summary>
    private static double PrefillOperations(MeasuredModel measured, ModelDescription model)
    {
        double logits = 2.0 * model.VocabularySize * model.DModel;
        double linear = (2.0 * model.MultiplyAddsPerToken) - logits;
        using var memory = new KernelMemory();
        MeasuredKernel attention = measured.MeasuredKernels(InstructionSet.Portable, memory).Single(kernel => kernel.Name == "attention");
        int heads = int.Parse(attention.Shape.Split('x')[0], System.Globalization.CultureInfo.InvariantCulture);
        int headDimension = int.Parse(attention.Shape.Split('x')[1].Split('/')[0], System.Globalization.CultureInfo.InvariantCulture);
        return (linear * PromptLength) + logits + (4.0 * model.Layers * heads * headDimension * PromptLength * (PromptLength + 1) / 2);
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
        if (!_team.TryRun(work))
        {
            throw new InvalidOperationException("The team is in use.");
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private (double Seconds, double Peak) TakeTurns(ParallelWork work) => TakeTurns(() => Seconds(work));

    /// <summary>Medians of the time of the work, and of the multiply-adds per second measured between.</summary>
    private (double Seconds, double Peak) TakeTurns(Action work)
    {
        double[] seconds = new double[Turns];
        double[] peaks = new double[Turns];
        work();
        for (int turn = 0; turn < Turns; turn++)
        {
            peaks[turn] = _operationsPerTurn / Seconds(_multiplyAdds);
            long start = Stopwatch.GetTimestamp();
            work();
            seconds[turn] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        Array.Sort(peaks);
        return (seconds[Turns / 2], peaks[Turns / 2]);
    }
}
