using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

/// <summary>A number of random cases, compiled in batches.</summary>
internal static class FuzzRun
{
    /// <summary>Cases per compilation.</summary>
    private const int BatchSize = 50;

    /// <summary>
    /// The number of failures that are shrunk, which takes time. Further ones are printed with the case and the disagreement
    /// only.
    /// </summary>
    private const int MostShrunk = 3;

    /// <summary>
    /// Runs the cases of <paramref name="count"/> seeds from <paramref name="seed"/> on, independently of their results.
    /// </summary>
    /// <returns>The results, in lines, and whether every case agreed.</returns>
    public static (string Report, bool Agreed) Run(int seed, int count, Action<string> progress)
    {
        List<string> failures = [];
        int agreed = 0,
            illConditioned = 0;
        TimeSpan compiling = TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        foreach ((string name, FuzzCase[] cases) in Batches(seed, count))
        {
            long compileStart = Stopwatch.GetTimestamp();
            using FuzzAssembly? assembly = TryCompile(name, cases);
            compiling += Stopwatch.GetElapsedTime(compileStart);

            // Most of a case's time goes by compiling its methods at run time, which processors do side by side.
            var outcomes = new Outcome[cases.Length];
            Parallel.For(
                0,
                cases.Length,
                number => outcomes[number] = assembly is null ? RunAlone(cases[number]) : RunIn(assembly, cases[number], number)
            );
            for (int number = 0; number < cases.Length; number++)
            {
                Outcome outcome = outcomes[number];
                agreed += outcome.Verdict == Verdict.Agrees ? 1 : 0;
                illConditioned += outcome.Verdict == Verdict.IllConditioned ? 1 : 0;
                if (outcome.Verdict == Verdict.Disagrees)
                {
                    failures.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Seed {cases[number].Seed} disagrees. {outcome.Message}\n{(failures.Count < MostShrunk ? Shrunk(cases[number]) : cases[number])}"
                        )
                    );
                    progress(failures[^1]);
                }
                else if (outcome.Verdict == Verdict.IllConditioned)
                {
                    progress(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Seed {cases[number].Seed} is ill-conditioned: {outcome.Message.ReplaceLineEndings(" ")}"
                        )
                    );
                }
            }

            progress(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{agreed + illConditioned + failures.Count} of {count}: {failures.Count} disagree; {Stopwatch.GetElapsedTime(start).TotalSeconds:f0} s"
                )
            );
        }

        // All disagreements again, because they can be scattered above.
        failures.ForEach(progress);
        string report = string.Create(
            CultureInfo.InvariantCulture,
            $"Seeds {seed} to {seed + count - 1} on {string.Join(", ", Comparison.InstructionSetsHere)}: {agreed} agree, {illConditioned} are too ill-conditioned to tell, {failures.Count} disagree; {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s, {compiling.TotalSeconds:f1} s of them compiling, of these {Writing.TotalSeconds:f1} s planning, writing and parsing."
        );
        progress(report);
        return (string.Join("\n\n", failures.Append(report)), failures.Count == 0);
    }

    /// <summary>One case by itself.</summary>
    public static Outcome RunAlone(FuzzCase @case)
    {
        try
        {
            using FuzzAssembly assembly = new("alone", Architectures([@case]));
            return RunIn(assembly, @case, 0);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Broken(exception);
        }
    }

    /// <summary>Null if one of them cannot be planned, emitted or compiled. Each of them then reports its own result.</summary>
    public static FuzzAssembly? TryCompile(string name, IReadOnlyList<FuzzCase> cases)
    {
        try
        {
            return new FuzzAssembly(name, Architectures(cases));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>The cases of <paramref name="count"/> seeds from <paramref name="seed"/> on, in the batches in which they are compiled.</summary>
    public static IEnumerable<(string Name, FuzzCase[] Cases)> Batches(int seed, int count)
    {
        for (int first = 0; first < count; first += BatchSize)
        {
            int size = Math.Min(BatchSize, count - first);
            yield return (
                FormattableString.Invariant($"random-{seed + first}-{size}"),
                [.. Enumerable.Range(seed + first, size).Select(RandomCase.Draw)]
            );
        }
    }

    public static IReadOnlyList<TransformerArchitecture> Architectures(IEnumerable<FuzzCase> cases) =>
        [.. cases.Select(static @case => @case.ToArchitecture())];

    /// <summary>The phases of compilation, if it ran at all.</summary>
    private static TimeSpan Writing => CompiledElsewhere.IsSet ? TimeSpan.Zero : FuzzCompiler.Writing;

    private static Outcome RunIn(FuzzAssembly assembly, FuzzCase @case, int number)
    {
        try
        {
            return Comparison.Run(@case, assembly, number);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Broken(exception);
        }
    }

    private static Outcome Broken(Exception exception) => new(Verdict.Disagrees, exception.GetType().Name + ": " + exception.Message);

    private static string Shrunk(FuzzCase failing)
    {
        if (CompiledElsewhere.IsSet)
        {
            return failing.ToString();
        }

        FuzzCase shrunk = Shrinker.Shrink(failing, static candidate => RunAlone(candidate).Verdict == Verdict.Disagrees);
        return "As a named test: [\"...\"] = " + shrunk + ",\n" + RunAlone(shrunk).Message;
    }
}
