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
/// <c>generator</c>: measures the cost of the generator for a build and an edit, in time and bytes. The first part uses the SDK's
/// compiler in new processes and compares with no generator and with an empty one. The second part runs in this process for 1 and
/// for 50 models: cold (only the compiler's code is JIT-compiled), warm, and after an unrelated keystroke. The compile time of
/// the generated code is measured separately.
/// </summary>
internal static class GeneratorCommand
{
    private const int FreshRounds = 9;
    private const int Keystrokes = 300;

    public static Command Create()
    {
        var assembly = new Option<FileInfo?>("--assembly")
        {
            Description = "Another build of the generator to compare in the fresh compiler.",
        };
        var command = new Command("generator", "Measures what the generator adds to a build and to a keystroke.") { assembly };
        command.SetAction(result =>
        {
            ReportFresh(result.GetValue(assembly)?.FullName);
            ReportInProcess();
        });
        return command;
    }

    /// <summary>
    /// Measures one model in the SDK's compiler. The candidates alternate, so that all run under the same conditions.
    /// </summary>
    private static void ReportFresh(string? other)
    {
        var candidates = new List<(string Name, string? Assembly)>
        {
            ("no generator", null),
            ("an empty generator", typeof(EmptyGenerator).Assembly.Location),
            ("the generator", LoadedGenerator.AssemblyPath),
        };
        if (other is not null)
        {
            candidates.Add(("the other build", other));
        }

        using var compiler = new FreshCompiler(models: 1);
        Console.WriteLine(
            "| one model, the SDK's compiler in a new process | declarations only, ms | in the generator, by its account, ms | more than one that does nothing | with all bodies, ms | its methods compiled by the JIT | in ms, traced |"
        );
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        FreshCompilation[][] turns =
        [
            .. Enumerable
                .Range(0, FreshRounds + 1)
                .Select(_ => candidates.Select(candidate => compiler.Compile(candidate.Assembly, bodies: false)).ToArray())
                .Skip(1),
        ];
        for (int i = 0; i < candidates.Count; i++)
        {
            int candidate = i;
            double Median(Func<FreshCompilation[], double> value) => Spread.Of([.. turns.Select(value)]).Median;
            double whole = Spread
                .Of([.. Enumerable.Range(0, 3).Select(_ => compiler.Compile(candidates[candidate].Assembly, bodies: true).Elapsed)])
                .Median;
            JitShare share = candidate < 2 ? default : compiler.Trace(candidates[candidate].Assembly!);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {candidates[candidate].Name} | {Median(turn => turn[candidate].Elapsed):F0} | {Median(turn => turn[candidate].InGenerator):F0} | {(candidate < 2 ? "" : Median(turn => turn[candidate].InGenerator - turn[1].InGenerator).ToString("F0", CultureInfo.InvariantCulture))} | {whole:F0} | {share.Methods} | {share.Milliseconds:F0} |"
                )
            );
        }

        Console.WriteLine();
    }

    private static void ReportInProcess()
    {
        // The warm-up excludes code of the compiler that is compiled on first use.
        Measured(GeneratedProject.Of(2), LoadedGenerator.Load());
        Console.WriteLine(
            "| in a process that has compiled before | models | ms, best | ms, median | in the generator, by the compiler's account, median | of that the JIT | of all processors | allocated, MB |"
        );
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
            ReportKeystrokes(models, warm);
        }

        CSharpCompilation one = GeneratedProject.Of(1);
        GeneratedProject.Driver(LoadedGenerator.Load()).RunGeneratorsAndUpdateCompilation(one, out Compilation output, out _);
        long characters = output.SyntaxTrees.Skip(one.SyntaxTrees.Length).Sum(static tree => (long)tree.Length);
        Report(
            string.Create(CultureInfo.InvariantCulture, $"compiling its {characters:N0} characters"),
            1,
            [.. Enumerable.Range(0, 9).Select(_ => Measured(() => ((CSharpCompilation)output).Clone().Emit(Stream.Null)))]
        );
    }

    /// <summary>Measures the same keystrokes for the generator and for an empty one, alternately.</summary>
    private static void ReportKeystrokes(int models, ISourceGenerator generator)
    {
        CSharpCompilation project = GeneratedProject.Of(models);
        GeneratorDriver[] drivers =
        [
            .. new[] { generator, new EmptyGenerator().AsSourceGenerator() }.Select(each =>
                GeneratedProject.Driver(each).RunGenerators(project)
            ),
        ];
        var samples = new Sample[2][] { new Sample[Keystrokes], new Sample[Keystrokes] };
        for (int number = -Keystrokes; number < Keystrokes; number++)
        {
            for (int turn = 0; turn < 2; turn++)
            {
                // The second candidate finds more data in the processor's caches, so the order alternates.
                int which = (turn + number) & 1;
                CSharpCompilation edited = GeneratedProject.AfterKeystroke(project, (2 * number) + turn);
                Sample sample = Measured(() => drivers[which] = drivers[which].RunGenerators(edited)) with
                {
                    InGenerator = Account(drivers[which]),
                };
                if (number >= 0)
                {
                    samples[which][number] = sample;
                }
            }
        }

        Report("keystroke elsewhere", models, samples[0]);
        Report("the same with an empty generator", models, samples[1]);
        Report(
            "the difference of the two, keystroke by keystroke",
            models,
            [.. samples[0].Zip(samples[1], static (ours, empty) => ours - empty)]
        );
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
        TimeSpan processor = Environment.CpuUsage.TotalTime,
            jit = JitInfo.GetCompilationTime();
        long start = Stopwatch.GetTimestamp();
        work();
        return new Sample(
            Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
            (JitInfo.GetCompilationTime() - jit).TotalMilliseconds,
            GC.GetTotalAllocatedBytes(precise: true) - bytes
        );
    }

    private static void Report(string what, int models, IReadOnlyList<Sample> samples)
    {
        double Median(Func<Sample, double> value) => Spread.Of([.. samples.Select(value)]).Median;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {models} | {samples.Min(static sample => sample.Elapsed):F2} | {Median(static sample => sample.Elapsed):F2} | {Median(static sample => sample.InGenerator):F2} | {Median(static sample => sample.Jit):F1} | {Median(static sample => sample.Processor):F1} | {Median(static sample => sample.Bytes) / 1e6:F2} |"
            )
        );
    }

    /// <param name="Elapsed">The elapsed milliseconds.</param>
    /// <param name="Processor">The processor time in milliseconds.</param>
    /// <param name="Jit">The milliseconds of JIT compilation.</param>
    /// <param name="Bytes">The allocated bytes.</param>
    private readonly record struct Sample(double Elapsed, double Processor, double Jit, long Bytes)
    {
        /// <summary>The milliseconds that the compiler attributes to the generator.</summary>
        public double InGenerator { get; init; }

        public static Sample operator -(Sample left, Sample right) =>
            new(left.Elapsed - right.Elapsed, left.Processor - right.Processor, left.Jit - right.Jit, left.Bytes - right.Bytes)
            {
                InGenerator = left.InGenerator - right.InGenerator,
            };
    }
}
