using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>The kernels of a small model by themselves, over one row and over a few: what a token consists of.</summary>
internal static class MicroKernels
{
    private const string Attention = "attention";

    /// <summary>Writes the nanoseconds of every kernel, and its bytes against a plain read loop.</summary>
    public static void Write(MeasuredModel model, IReadOnlyList<int> rowCounts, int turns, double seconds)
    {
        using var memory = new KernelMemory();
        using var team = new WorkerTeam(1);
        foreach (MeasuredKernel kernel in Of(model, memory))
        {
            foreach (int rows in rowCounts.Where(rows => rows <= kernel.MostRows))
            {
                const int Calls = 64;
                var run = new KernelRun(kernel.Run, rows, Calls);
                double[][] times = Turns.Take(turns, seconds, () => team.TryRun(run));
                double nanoseconds = Spread.Of(times[0]).Median / Calls * 1e9;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {model.Name} | {kernel.Name} {kernel.Shape} | {rows} | {nanoseconds:F0} | {kernel.Bytes(rows) / nanoseconds:F1} |"
                    )
                );
            }
        }
    }

    /// <summary>
    /// Attention has the positions of a short sequence, because decoding a few tokens is what small models are for. A model with
    /// several kinds of attention keeps the positions of all its kinds.
    /// </summary>
    private static IEnumerable<MeasuredKernel> Of(MeasuredModel model, KernelMemory memory)
    {
        IEnumerable<MeasuredKernel> all = model.Kernels(InstructionSets.Best, memory);
        return all.Count(static kernel => kernel.Name == Attention) == 1
            ? all.Where(static kernel => kernel.Name != Attention)
                .Concat(new KernelCatalog(model, InstructionSets.Best, memory).Attentions().Take(1))
            : all;
    }
}
