using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary><c>start</c>: from the start of a process to the first token of the 15 M model, and what of it is the JIT compiler's.</summary>
internal static class StartCommand
{
    private const int TurnCount = 7;

    public static Command Create()
    {
        var command = new Command("start", "Measures the time from the start of a process to its first token, and that of the JIT compiler for a model's kernels.");
        command.SetAction(static _ => Run());
        return command;
    }

    private static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("specializer-start-").FullName;
        try
        {
            string checkpoint = Path.Combine(folder, "model.safetensors"), packed = Path.Combine(folder, "model.packed");
            using (var weights = new RandomWeights(Llama15M.Tensors, seed: 1))
            {
                SafetensorsCopy.Write(checkpoint, weights);
                using var model = Llama15M.Load(weights);
                model.SavePacked(packed);
            }

            Console.WriteLine("| from | start to first token, ms | JIT before loading, ms | JIT up to the first token, ms | JIT of the rest of the kernels, ms | methods of the kernels |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|");
            Report("safetensors", checkpoint);
            Report("packed file", packed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(string from, string path)
    {
        double[][] turns = [.. Enumerable.Range(0, TurnCount + 1).Select(_ => Start(path)).Skip(1)];
        Spread Column(int column) => Spread.Of([.. turns.Select(turn => turn[column])]);
        Spread total = Column(0);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {from} | {total.Median:F0} ({total.Low:F0} to {total.High:F0}) | {Column(1).Median:F0} | {Column(2).Median:F0} | {Column(3).Median:F0} | {Column(4).Median:F0} |"));
    }

    /// <summary>The milliseconds up to the first token, and what the child says of itself.</summary>
    private static double[] Start(string path)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, typeof(StartCommand).Assembly.GetName().Name + ".dll");
        long start = Stopwatch.GetTimestamp();
        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [assembly, FirstToken.Command, path] : [FirstToken.Command, path])
        {
            RedirectStandardOutput = true,
        })!;
        child.StandardOutput.ReadLine();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string rest = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0
            ? [milliseconds, .. rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The process that was started returned {child.ExitCode}.");
    }
}
