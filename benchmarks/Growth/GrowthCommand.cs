using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;

namespace Specializer.Benchmarks;

/// <summary><c>growth</c>: prints time and bytes by length as a table and as a plot.</summary>
internal static class GrowthCommand
{
    public static Command Create()
    {
        var threads = new Option<int>("--threads") { Description = "The number of threads.", DefaultValueFactory = _ => 1 };
        var plot = new Option<FileInfo?>("--svg") { Description = "Write the plot to this file." };
        var lengths = new Option<int[]>("--lengths")
        {
            Description = $"The lengths to measure, at most {Llama15MLong.ContextLength}.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [128, 256, 512, 1024, 2048, 4096, 8192],
        };
        lengths.Validators.Add(result =>
        {
            if (Array.Exists(result.GetValueOrDefault<int[]>(), length => length is < 1 or > Llama15MLong.ContextLength))
            {
                result.AddError($"--lengths must be from 1 to {Llama15MLong.ContextLength}, the context of the model.");
            }
        });
        var command = new Command(
            "growth",
            "Measures the 15 M LLaMA shape at growing lengths: prefill, decoding of one token, attention alone."
        )
        {
            threads,
            plot,
            lengths,
        };
        command.SetAction(result =>
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A session of {Llama15MLong.ContextLength} positions has {Llama15MLong.SessionBytes} bytes, independent of its contents; {InstructionSets.Best}, {result.GetValue(threads)} thread(s)."
                )
            );
            Console.WriteLine(
                "| length | prefill, ms | us per token | decode, ms | attention of one query and layer, us | GB/s | keys and values, MB |"
            );
            Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
            var rows = new List<GrowthRow>();
            foreach (GrowthRow row in new GrowthMeasurement(result.GetValue(threads)).Measure(result.GetValue(lengths)!))
            {
                rows.Add(row);
                double bytes = (double)row.CacheBytes / Llama15MLong.Layers;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {row.Length} | {row.PrefillSeconds * 1e3:F1} | {row.PrefillSeconds / row.Length * 1e6:F0} | {row.DecodeSeconds * 1e3:F2} | {row.AttentionSeconds * 1e6:F1} | {bytes / row.AttentionSeconds / 1e9:F1} | {row.CacheBytes / 1e6:F1} |"
                    )
                );
            }

            if (result.GetValue(plot) is { } file)
            {
                File.WriteAllText(file.FullName, GrowthPlot.Draw(rows));
            }
        });
        return command;
    }
}
