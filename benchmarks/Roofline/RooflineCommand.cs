using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary><c>roofline</c>: compares each kernel and each whole model with the limits of the machine.</summary>
internal static class RooflineCommand
{
    public static Command Create()
    {
        var threads = new Option<int>("--threads") { Description = "The number of threads.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var instructionSet = new Option<InstructionSet>("--instruction-set")
        {
            Description = "The kernels to measure.",
            DefaultValueFactory = _ => InstructionSets.Best,
        };
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        var rows = new Option<int[]>("--rows")
        {
            Description = "The numbers of rows for the kernels.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 8, 32, 64, 128],
        };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--threads must be 1 or more.");
            }
        });
        models.AcceptOnlyFromAmong([.. MeasuredModel.All.Concat(MeasuredModel.Attentions).Select(model => model.Name)]);

        var command = new Command(
            "roofline",
            "Measures the kernels and whole models against this machine's multiply-add peak and read bandwidth."
        )
        {
            threads,
            json,
            instructionSet,
            models,
            rows,
        };
        command.SetAction(result =>
        {
            string[] chosen = result.GetValue(models) ?? [];
            MachineLimits limits = MachineLimits.Measure(result.GetValue(threads), result.GetValue(instructionSet));
            using var measurement = new RooflineMeasurement(result.GetValue(instructionSet), limits);
            int[] rowCounts = result.GetValue(rows)!;
            IEnumerable<RooflineRow> measured = MeasuredModel
                .All.Where(Asked)
                .SelectMany(model => measurement.Measure(model, rowCounts))
                .Concat(MeasuredModel.Attentions.Where(Asked).SelectMany(model => measurement.MeasureAttention(model, rowCounts)));
            if (result.GetValue(json))
            {
                using var output = Console.OpenStandardOutput();
                RooflineReport.WriteJson(output, limits, [.. measured]);
                return;
            }

            RooflineReport.WriteLimits(Console.Out, limits);
            RooflineReport.WriteHeader(Console.Out);
            var written = new List<RooflineRow>();
            foreach (RooflineRow row in measured)
            {
                written.Add(row);
                RooflineReport.WriteRow(Console.Out, row);
            }

            RooflineReport.WriteFurthest(Console.Out, written);

            bool Asked(MeasuredModel model) => chosen.Length == 0 || chosen.Contains(model.Name);
        });
        return command;
    }
}
