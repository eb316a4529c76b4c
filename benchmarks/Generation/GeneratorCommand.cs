using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Benchmarks;

/// <summary>
/// <c>generator</c>: what the generator costs a build and an edit, in time and in bytes: cold (its code not compiled by the
/// JIT, the compiler's is), warm, and at a keystroke elsewhere; for 1 and for 50 models. What the compiler needs for the
/// code that it writes comes on top and is measured too.
/// </summary>
internal static class GeneratorCommand
{
    public static Command Create()
    {
        var command = new Command("generator", "Measures what the generator adds to a build and to a keystroke.");
        command.SetAction(static _ => Run());
        return command;
    }

    private static void Run()
    {
        // Whatever the compiler compiles at its first use is not the generator's.
        Measured(GeneratedProject.Of(2), LoadedGenerator.Load());
        Console.WriteLine("| what | models | ms, best | ms, median | in the generator, by the compiler's account, median | of that the JIT | of all processors | allocated, MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (int models in new[] { 1, 50 })
        {
            Report("cold", models, [.. Enumerable.Range(0, 7).Select(_ => Measured(GeneratedProject.Of(models), LoadedGenerator.Load()))]);
            ISourceGenerator warm = LoadedGenerator.Load();
            for (int i = 0; i < 30; i++)
            {
                Measured(GeneratedProject.Of(1), warm);
            }

            Report("warm", models, [.. Enumerable.Range(0, 9).Select(_ => Measured(GeneratedProject.Of(models), warm))]);
            ReportKeystrokes("keystroke elsewhere", models, warm);
            ReportKeystrokes("the same with a generator that does nothing", models, new EmptyGenerator().AsSourceGenerator());
        }

        CSharpCompilation one = GeneratedProject.Of(1);
        GeneratedProject.Driver(LoadedGenerator.Load()).RunGeneratorsAndUpdateCompilation(one, out Compilation output, out _);
        long characters = output.SyntaxTrees.Skip(one.SyntaxTrees.Length).Sum(static tree => (long)tree.Length);
        Report(
            string.Create(CultureInfo.InvariantCulture, $"compiling its {characters:N0} characters"),
            1,
            [.. Enumerable.Range(0, 9).Select(_ => Measured(() => ((CSharpCompilation)output).Clone().Emit(Stream.Null)))]);
    }

    private static void ReportKeystrokes(string what, int models, ISourceGenerator generator)
    {
        CSharpCompilation project = GeneratedProject.Of(models);
        GeneratorDriver driver = GeneratedProject.Driver(generator).RunGenerators(project);
        Sample Keystroke(int number)
        {
            CSharpCompilation edited = GeneratedProject.AfterKeystroke(project, number);
            return Measured(() => driver = driver.RunGenerators(edited)) with { InGenerator = Account(driver) };
        }

        for (int i = 0; i < 200; i++)
        {
            Keystroke(-i);
        }

        Report(what, models, [.. Enumerable.Range(1, 200).Select(Keystroke)]);
    }

    private static double Account(GeneratorDriver driver) => driver.GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds;

    private static Sample Measured(CSharpCompilation project, ISourceGenerator generator)
    {
        GeneratorDriver driver = GeneratedProject.Driver(generator);
        return Measured(() => driver = driver.RunGenerators(project)) with { InGenerator = Account(driver) };
    }

    private static Sample Measured(Action work)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime, jit = JitInfo.GetCompilationTime();
        long start = Stopwatch.GetTimestamp();
        work();
        return new Sample(
            Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
            (JitInfo.GetCompilationTime() - jit).TotalMilliseconds,
            GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static void Report(string what, int models, IReadOnlyList<Sample> samples)
    {
        double Median(Func<Sample, double> value) => Spread.Of([.. samples.Select(value)]).Median;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {models} | {samples.Min(static sample => sample.Elapsed):F2} | {Median(static sample => sample.Elapsed):F2} | {Median(static sample => sample.InGenerator):F2} | {Median(static sample => sample.Jit):F1} | {Median(static sample => sample.Processor):F1} | {Median(static sample => sample.Bytes) / 1e6:F2} |"));
    }

    /// <param name="Elapsed">Milliseconds by the clock.</param>
    /// <param name="Processor">Milliseconds of all processors.</param>
    /// <param name="Jit">Milliseconds of the JIT.</param>
    /// <param name="Bytes">Bytes allocated.</param>
    private readonly record struct Sample(double Elapsed, double Processor, double Jit, long Bytes)
    {
        /// <summary>Milliseconds that the compiler charges the generator with.</summary>
        public double InGenerator { get; init; }
    }
}
