using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// <c>start</c>: measures the time from the start of a process to the first token of the 15 M model. It also measures the share
/// of the JIT compiler.
/// </summary>
internal static class StartCommand
{
    private const int TurnCount = 7;

    public static Command Create()
    {
        var command = new Command(
            "start",
            "Measures the time from the start of a process to its first token, and that of the JIT compiler for a model's kernels."
        );
        command.SetAction(static _ => Run());
        return command;
    }

    private static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("specializer-start-").FullName;
        try
        {
            (string checkpoint, string packed) = Save<Llama15M>(folder);
            Console.WriteLine(
                "| from | start to first token, ms | JIT before loading, ms | JIT up to the first token, ms | JIT of the rest of the kernels, ms | methods of the kernels |"
            );
            Console.WriteLine("|---|---:|---:|---:|---:|---:|");
            Report("safetensors", checkpoint);
            Report("packed file", packed);
            if (OperatingSystem.IsLinux())
            {
                (checkpoint, packed) = Save<Llama110M>(folder);
                Console.WriteLine();
                Console.WriteLine(
                    "| from | packed weights, MB | memory of its own for the model, MB | of the packed weights | at most resident besides what was before, with mapped files, MB | of the packed weights |"
                );
                Console.WriteLine("|---|---:|---:|---:|---:|---:|");
                Console.WriteLine(LoadedMemory.Row("safetensors", Start(LoadedMemory.Command, checkpoint).Said));
                Console.WriteLine(LoadedMemory.Row("packed file", Start(LoadedMemory.Command, packed).Said));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Saves random weights of a model as a checkpoint and as a packed file.</summary>
    private static (string Checkpoint, string Packed) Save<TModel>(string folder)
        where TModel : TransformerModel, IModel<TModel>
    {
        string checkpoint = Path.Combine(folder, "model.safetensors"),
            packed = Path.Combine(folder, "model.packed");
        using var weights = new RandomWeights(TModel.Tensors, seed: 1);
        SafetensorsCopy.Write(checkpoint, weights);
        using TModel model = TModel.Load(weights);
        model.SavePacked(packed);
        return (checkpoint, packed);
    }

    private static void Report(string from, string path)
    {
        (double Total, double[] Said)[] turns =
        [
            .. Enumerable.Range(0, TurnCount + 1).Select(_ => Start(FirstToken.Command, path)).Skip(1),
        ];
        Spread Column(int column) => Spread.Of([.. turns.Select(turn => turn.Said[column])]);
        Spread total = Spread.Of([.. turns.Select(static turn => turn.Total)]);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {from} | {total.Median:F0} ({total.Low:F0} to {total.High:F0}) | {Column(0).Median:F0} | {Column(1).Median:F0} | {Column(2).Median:F0} | {Column(3).Median:F0} |"
            )
        );
    }

    /// <summary>Returns the milliseconds up to the first line of a child process, and the numbers in its last line.</summary>
    private static (double Total, double[] Said) Start(string command, string path)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, typeof(StartCommand).Assembly.GetName().Name + ".dll");
        long start = Stopwatch.GetTimestamp();
        using Process child = Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!,
                Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [assembly, command, path] : [command, path]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        string? first = child.StandardOutput.ReadLine();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string rest = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0
            ? (
                milliseconds,
                [
                    .. (rest.Length == 0 ? first! : rest)
                        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                        .Select(static number => double.Parse(number, CultureInfo.InvariantCulture)),
                ]
            )
            : throw new InvalidOperationException($"The process that was started returned {child.ExitCode}.");
    }
}
