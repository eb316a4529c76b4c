using System.Globalization;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Planning;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary>
/// <c>specializer inspect DIR</c>: prints the architecture that the generator reads, and whether the checkpoint matches.
/// </summary>
internal static class InspectCommand
{
    /// <returns>0 if the model is supported and its checkpoint, if there is one, matches.</returns>
    public static int Run(string directory, int contextLength, IAnsiConsole console)
    {
        var folder = new ModelFolder(directory);
        FolderModel model = FolderModel.Of(folder, contextLength);
        ExecutionPlan plan = model.Plan;
        console.MarkupLineInterpolated($"[bold]{folder.Name}[/]");
        console.WriteLine(Documentation.Sentence(plan));
        var facts = new Table()
            .Border(TableBorder.None)
            .HideHeaders()
            .AddColumn(new TableColumn("term").NoWrap().PadRight(2))
            .AddColumn("description");
        foreach ((string term, string description) in Assumptions.Of(plan).Concat(Documentation.Costs(plan)).Concat(folder.Sources()))
        {
            facts.AddRow(Markup.Escape(term), Markup.Escape(description));
        }

        if (model.Head(folder) is { } head)
        {
            facts.AddRow("Head", Markup.Escape(head));
        }

        TokenizerReport? tokenizer = TokenizerReport.Of(folder.Path, plan);
        if (tokenizer?.Description is { } tokens)
        {
            facts.AddRow("Tokenizer", Markup.Escape(tokens));
        }

        console.Write(new TrimmedLines(facts));
        if (tokenizer?.Problem is { } problem)
        {
            console.MarkupLineInterpolated($"[yellow]Tokenizer:[/] {problem}");
        }

        if (model.Assumption is { } assumption)
        {
            console.MarkupLineInterpolated($"[yellow]{assumption}[/]");
        }

        if (folder.Adapter is { } adapter)
        {
            console.MarkupLineInterpolated($"[yellow]{adapter}[/]");
        }

        int code = WriteWeights(folder, plan, console);
        return tokenizer is { Description: not null, Problem: not null } ? 1 : code;
    }

    private static int WriteWeights(ModelFolder folder, ExecutionPlan plan, IAnsiConsole console)
    {
        if (!folder.HasCheckpoint)
        {
            return WriteNoCheckpoint(folder, console);
        }

        using WeightsSource checkpoint = folder.OpenCheckpoint(plan);
        CheckpointReport report = CheckpointReport.Of(checkpoint, plan);
        if (folder.Gguf is { } gguf)
        {
            report = report with { ElementTypes = gguf.ElementTypes, Bytes = gguf.Bytes };
        }

        return WriteCheckpoint(report, checkpoint.Description, console);
    }

    private static int WriteNoCheckpoint(ModelFolder folder, IAnsiConsole console)
    {
        if (folder.OtherFormat is { } message)
        {
            console.MarkupLineInterpolated($"[yellow]No checkpoint:[/] {message}");
            return 1;
        }

        console.MarkupLineInterpolated(
            $"[yellow]No checkpoint:[/] '{folder.Path}' contains no safetensors file. The class can be generated; to run it, add model.safetensors, or the index of a sharded checkpoint and its shards."
        );
        return 0;
    }

    private static int WriteCheckpoint(CheckpointReport report, string path, IAnsiConsole console)
    {
        string size = report.Bytes.ToString("N0", CultureInfo.InvariantCulture);
        console.WriteLine($"Checkpoint: {path}, {report.Tensors} tensors of {string.Join(", ", report.ElementTypes)}, {size} bytes.");
        if (report.Problems.Count == 0)
        {
            console.MarkupLine("[green]It contains exactly the tensors of the model.[/]");
            return 0;
        }

        console.MarkupLineInterpolated($"[red]It does not match the model:[/]");
        console.WriteLine(report.Explanation);
        return 1;
    }
}
