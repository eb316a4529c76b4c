using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Emission;
using Specializer.Generator.Parsing;
using Specializer.Generator.Planning;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary><c>specializer new DIR</c>: writes the class that declares a model, and prints the required project settings.</summary>
internal static class NewCommand
{
    public static int Run(NewSettings settings, IAnsiConsole console)
    {
        var folder = new ModelFolder(settings.Directory);
        FolderModel model = FolderModel.Of(folder, settings.ContextLength);
        ExecutionPlan plan = model.Plan;
        CheckLoads(folder, plan);
        string name = settings.Name ?? ClassNames.Of(folder.Name);
        if (!ClassNames.IsValid(name, dotted: false) || (settings.Namespace is { } given && !ClassNames.IsValid(given, dotted: true)))
        {
            throw new ToolException($"'{settings.Namespace ?? name}' is not a valid C# name. Set --name and --namespace.");
        }

        string output = settings.Output ?? name + ".cs";
        if (File.Exists(output) && !settings.Force)
        {
            throw new ToolException($"'{output}' already exists. Set another file with --output, or use --force to overwrite it.");
        }

        // Paths in a project are relative to its folder and have slashes.
        string relative = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(output))!, folder.Path).Replace('\\', '/');
        if (folder.Gguf is { } gguf)
        {
            WriteHeader(folder.ConfigurationPath, gguf.Text, settings.Force);
            console.MarkupLineInterpolated($"[green]Written:[/] {folder.ConfigurationPath}");
        }

        File.WriteAllText(output, Declaration(settings, name, relative, model));
        console.MarkupLineInterpolated($"[green]Written:[/] {output}");
        if (model.Assumption is { } assumption)
        {
            console.WriteLine(assumption);
        }

        if (folder.Adapter is { } adapter)
        {
            console.MarkupLineInterpolated($"[yellow]{adapter}[/]");
        }

        console.WriteLine("Add to the project file:");
        console.WriteLine(
            $"""  <PackageReference Include="Specializer" Version="{typeof(NewCommand).Assembly.GetName().Version!.ToString(3)}" />"""
        );
        console.WriteLine("""  <PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup>""");
        console.WriteLine(
            folder.Gguf is null
                ? $"""  <TransformerModel Include="{ProjectItem.Include(relative)}" />"""
                : $"""  <AdditionalFiles Include="{ProjectItem.Include(relative)}.json" />"""
        );
        return 0;
    }

    /// <summary>Writes the header of a GGUF file, which the generator reads, beside it.</summary>
    private static void WriteHeader(string path, string text, bool force)
    {
        if (File.Exists(path) && !force && File.ReadAllText(path) != text)
        {
            throw new ToolException($"'{path}' already exists with other contents. Use --force to overwrite it.");
        }

        File.WriteAllText(path, text);
    }

    /// <summary>Ensures that the class can load its own folder; otherwise it is not written.</summary>
    private static void CheckLoads(ModelFolder folder, ExecutionPlan plan)
    {
        if (folder.OtherFormat is { } message)
        {
            throw new ToolException(message);
        }

        if (!folder.HasCheckpoint)
        {
            return;
        }

        using WeightsSource checkpoint = folder.OpenCheckpoint(plan);
        CheckpointReport report = CheckpointReport.Of(checkpoint, plan);
        if (report.Problems.Count > 0)
        {
            throw new ToolException(
                $"The checkpoint '{checkpoint.Description}' does not match the model that the folder declares, so no class is written:\n"
                    + report.Explanation
            );
        }
    }

    /// <summary>The text of the file.</summary>
    internal static string Declaration(NewSettings settings, string name, string relative, FolderModel model)
    {
        ExecutionPlan plan = model.Plan;
        var text = new StringBuilder();
        text.Append("using Specializer;\n\n");
        if (settings.Namespace is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"namespace {settings.Namespace};\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"/// <summary>{SecurityElement.Escape(Documentation.Sentence(plan))}</summary>\n");
        text.Append("/// <remarks>\n/// <list type=\"table\">\n");
        foreach (
            (string term, string description) in Documentation
                .Facts(plan)
                .Where(static fact => fact.Term is not ("Packed weights" or "One session" or "One token"))
        )
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"/// <item><term>{SecurityElement.Escape(term)}</term><description>{SecurityElement.Escape(description)}</description></item>\n"
            );
        }

        text.Append("/// </list>\n");
        foreach (string line in Usage(name, relative, plan))
        {
            text.Append("/// ").Append(line).Append('\n');
        }

        text.Append("/// </remarks>\n");
        string context =
            settings.ContextLength == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", ContextLength = {settings.ContextLength}");
        string storage = settings.Storage is null ? "" : $", WeightStorage = WeightStorage.{settings.Storage}";
        string configuration = relative + (relative.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? ".json" : "/config.json");
        text.Append(
            CultureInfo.InvariantCulture,
            $"[Transformer({SymbolDisplay.FormatLiteral(configuration, quote: true)}{context}{storage})]\n"
        );
        if (model.Assumed is { } pooling)
        {
            text.Append(CultureInfo.InvariantCulture, $"[Pooling(PoolingKind.{pooling})]\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"public sealed partial class {name};\n");
        return text.ToString();
    }

    private static string[] Usage(string name, string relative, ExecutionPlan plan)
    {
        string use = plan switch
        {
            { IsEncoderDecoder: true, Encoder.Architecture.Embeddings.Speech: not null } =>
                "session.Encode(spectrogram); session.Prefill([startToken]);",
            { IsEncoderDecoder: true } => "session.Encode(source); session.Prefill([startToken]);",
            { Head: null } => "ReadOnlySpan&lt;float&gt; logits = session.Prefill(prompt);",
            { Architecture.Embeddings.Patches: not null } => "session.Encode(pixels, output);",
            _ => "session.Encode(tokens, output);",
        };
        return
        [
            "<code>",
            $"using var model = {name}.Load(\"{relative}\");",
            $"using var session = model.CreateSession({(plan.IsEncoderDecoder ? "sequences: 1" : "")});",
            use,
            "</code>",
        ];
    }
}
