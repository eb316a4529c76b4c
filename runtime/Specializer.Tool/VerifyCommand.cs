using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Planning;
using Specializer.GenericEngine;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary>
/// <c>specializer verify DIR</c>: compiles the generated code of a model and runs it on its checkpoint. It compares the results
/// with those of the generic engine, of every other instruction set, of token-by-token decoding, and of another program.
/// </summary>
internal static class VerifyCommand
{
    /// <summary>The programs whose versions a reference contains.</summary>
    private static readonly string[] s_programs = ["transformers", "torch"];

    /// <summary>Prints the Python program that creates a reference.</summary>
    public static int Script(string directory, int contextLength, int length, int seed, IAnsiConsole console)
    {
        var folder = new ModelFolder(directory);
        console.Profile.Out.Writer.Write(ReferenceScript.Of(folder.Path, folder.Plan(contextLength), folder.Text, length, seed));
        return 0;
    }

    /// <param name="directory">The model's folder.</param>
    /// <param name="contextLength">The context length; 0 for that of the file.</param>
    /// <param name="length">The positions of random input.</param>
    /// <param name="seed">The seed of its random numbers.</param>
    /// <param name="against">A file with the results of another program; null for none.</param>
    /// <param name="console">Receives the results.</param>
    /// <returns>0 if everything agrees to within rounding.</returns>
    public static int Run(string directory, int contextLength, int length, int seed, string? against, IAnsiConsole console)
    {
        var folder = new ModelFolder(directory);
        FolderModel declared = FolderModel.Of(folder, contextLength);
        ExecutionPlan plan = declared.Plan;
        if (!folder.HasCheckpoint)
        {
            throw new ToolException(
                folder.OtherFormat ?? $"'{folder.Path}' contains no safetensors file to run. Add the model.safetensors of the model."
            );
        }

        // The checkpoint is checked first, because that is fast.
        using WeightsSource weights = folder.OpenCheckpoint(plan);
        using CompiledModel compiled = Spinning(console, "Generating and compiling", () => new CompiledModel(plan));

        InstructionSet best = InstructionSets.Best;
        using TransformerModel model = compiled.Load(weights, new ModelOptions { InstructionSet = best });
        var run = new VerificationRun(
            model,
            length,
            seed,
            plan.Architecture.Embeddings.Patches is { } patches ? patches.Count * patches.Floats : 0
        );
        float[] expected = run.Whole(model);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{folder.Name}: {compiled.Characters:N0} characters of generated code; {(run.Length > 1 ? run.Length + " positions" : "1 position")} of random input on {best}; largest value {Difference.Between(expected, expected).Scale:G4}."
            )
        );

        if (declared.Assumption is { } assumption)
        {
            console.WriteLine(assumption);
        }

        List<(string What, Difference? Difference, string Remark)> rows = [.. Others(plan, compiled, weights, best, run, expected)];
        if (run.TokenByToken(model) is { } steps)
        {
            rows.Add(
                (
                    "token by token",
                    Difference.Between(expected, steps),
                    steps.AsSpan().SequenceEqual(expected) ? "the same bits" : "not the same bits"
                )
            );
        }

        bool good = Write(rows, console);
        console.MarkupLine(good ? "[green]All agree.[/]" : "[red]They do not agree: report this with the config.json.[/]");
        if (against is null)
        {
            console.WriteLine(
                "This checks consistency only, because all implementations belong to Specializer. To compare with transformers, run the program that "
                    + $"'specializer verify {directory} --script' prints, then 'specializer verify {directory} --against {ReferenceScript.FileName}'."
            );
            return good ? 0 : 1;
        }

        return CompareWith(against, model, plan, console) && good ? 0 : 1;
    }

    private static bool CompareWith(string path, TransformerModel model, ExecutionPlan plan, IAnsiConsole console)
    {
        using SafetensorsFile reference = SafetensorsFile.Open(path);
        IReadOnlyList<(string What, Difference? Difference, string Remark)> rows = ReferenceRun.Compare(model, plan, reference);
        string[] versions = [.. s_programs.Where(reference.Metadata.ContainsKey).Select(name => $"{name} {reference.Metadata[name]}")];
        console.WriteLine();
        console.WriteLine($"{path}{(versions.Length > 0 ? $", made by {string.Join(" and ", versions)}" : "")}:");
        bool good = Write(rows, console);
        if (good)
        {
            console.MarkupLine("[green]The results match the reference.[/]");
        }
        else
        {
            string first = rows.First(static row => row.Difference is { IsRounding: false }).What;
            console.MarkupLineInterpolated(
                $"[red]The results do not match the reference; the first that differ are the {first}.[/] Check that the reference belongs to this checkpoint, and report the difference with the config.json."
            );
        }

        return good;
    }

    private static IEnumerable<(string What, Difference? Difference, string Remark)> Others(
        ExecutionPlan plan,
        CompiledModel compiled,
        WeightsSource weights,
        InstructionSet best,
        VerificationRun run,
        float[] expected
    )
    {
        (GenericDecoderConfiguration? configuration, string missing) = GenericEngineModel.Describe(plan);
        if (configuration is not null)
        {
            using var named = new NamedTensors(weights, CheckpointReport.Table(plan));
            using GenericDecoder generic = GenericDecoder.Load(named, configuration);
            yield return ("generic engine", Difference.Between(expected, run.Whole(generic)), "");
        }
        else
        {
            yield return ("generic engine", null, "it does not support " + missing);
        }

        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(set => set != best && InstructionSets.IsSupported(set)))
        {
            using TransformerModel other = compiled.Load(weights, new ModelOptions { InstructionSet = set });
            yield return ("kernels for " + set, Difference.Between(expected, run.Whole(other)), "");
        }
    }

    private static bool Write(IEnumerable<(string What, Difference? Difference, string Remark)> rows, IAnsiConsole console)
    {
        var table = new Table().AddColumn("compared with").AddColumn(new TableColumn("largest difference").RightAligned()).AddColumn("");
        bool good = true;
        foreach ((string what, Difference? difference, string remark) in rows)
        {
            bool agrees = (difference?.IsRounding ?? true) && remark != "not the same bits";
            good &= agrees;
            string text = difference is { } value ? value.Largest.ToString("G3", CultureInfo.InvariantCulture) : "-";
            table.AddRow(
                new Spectre.Console.Text(what),
                new Spectre.Console.Text(text, new Style(agrees ? Color.Default : Color.Red)),
                new Spectre.Console.Text(remark)
            );
        }

        console.Write(table);
        return good;
    }

    private static T Spinning<T>(IAnsiConsole console, string what, Func<T> work) =>
        console.Profile.Capabilities.Interactive ? console.Status().Start(what, _ => work()) : work();
}
