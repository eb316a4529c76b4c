using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;

namespace Specializer.Fuzzing;

/// <summary>A number of random cases, compiled in batches.</summary>
internal static class FuzzRun
{
    /// <summary>Cases per compilation.</summary>
    private const int BatchSize = 50;

    /// <summary>Shrinking takes its time: after so many failures there is enough to mend.</summary>
    private const int MostFailures = 5;

    /// <summary>Runs the cases of <paramref name="count"/> seeds from <paramref name="seed"/> on.</summary>
    /// <returns>What happened, in lines; and whether every case agreed.</returns>
    public static (string Report, bool Agreed) Run(int seed, int count, Action<string> progress)
    {
        List<string> failures = [];
        int agreed = 0, illConditioned = 0;
        TimeSpan compiling = TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        for (int first = 0; first < count && failures.Count < MostFailures; first += BatchSize)
        {
            FuzzCase[] cases = [.. Enumerable.Range(seed + first, Math.Min(BatchSize, count - first)).Select(RandomCase.Draw)];
            long compileStart = Stopwatch.GetTimestamp();
            using FuzzAssembly? assembly = TryCompile(cases);
            compiling += Stopwatch.GetElapsedTime(compileStart);

            // Most of a case's time goes by compiling its methods at run time, which processors do side by side.
            var outcomes = new Outcome[cases.Length];
            Parallel.For(0, cases.Length, number => outcomes[number] = assembly is null ? RunAlone(cases[number]) : Comparison.Run(cases[number], assembly, number));
            for (int number = 0; number < cases.Length && failures.Count < MostFailures; number++)
            {
                Outcome outcome = outcomes[number];
                agreed += outcome.Verdict == Verdict.Agrees ? 1 : 0;
                illConditioned += outcome.Verdict == Verdict.IllConditioned ? 1 : 0;
                if (outcome.Verdict == Verdict.Disagrees)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"Seed {cases[number].Seed} disagrees. {outcome.Message}\n{Shrunk(cases[number])}"));
                    progress(failures[^1]);
                }
                else if (outcome.Verdict == Verdict.IllConditioned)
                {
                    progress(string.Create(CultureInfo.InvariantCulture, $"Seed {cases[number].Seed} is ill-conditioned: {outcome.Message.ReplaceLineEndings(" ")}"));
                }
            }
        }

        string report = string.Create(
            CultureInfo.InvariantCulture,
            $"Seeds {seed} to {seed + count - 1} on {string.Join(", ", Comparison.InstructionSetsHere)}: {agreed} agree, {illConditioned} are too ill-conditioned to tell, {failures.Count} disagree; {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s, {compiling.TotalSeconds:f1} s of them compiling, of these {FuzzAssembly.Writing.TotalSeconds:f1} s planning, writing and parsing.");
        progress(report);
        return (string.Join("\n\n", failures.Append(report)), failures.Count == 0);
    }

    /// <summary>One case by itself.</summary>
    public static Outcome RunAlone(FuzzCase @case)
    {
        try
        {
            using FuzzAssembly assembly = new([@case]);
            return Comparison.Run(@case, assembly, 0);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new Outcome(Verdict.Disagrees, exception.GetType().Name + ": " + exception.Message);
        }
    }

    /// <summary>Null if one of them cannot be planned, written or compiled; each by itself then says which.</summary>
    public static FuzzAssembly? TryCompile(FuzzCase[] cases)
    {
        try
        {
            return new FuzzAssembly(cases);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static string Shrunk(FuzzCase failing)
    {
        FuzzCase shrunk = Shrinker.Shrink(failing, static candidate => RunAlone(candidate).Verdict == Verdict.Disagrees);
        return "As a named test: [\"...\"] = " + shrunk + ",\n" + RunAlone(shrunk).Message;
    }
}
