using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.Generator.Planning;
using Specializer.Tool.Importing;
using Spectre.Console;

namespace Specializer.Tool;

/// <summary>
/// <c>specializer import FILE --to DIR</c>: writes the parameters of an ONNX file as a folder of Hugging Face that the generator and
/// the other commands read.
/// </summary>
internal static class ImportCommand
{
    private const string Configuration = "config.json";
    private const string Weights = "model.safetensors";

    /// <param name="file">An ONNX file, or an assembly with one as a resource.</param>
    /// <param name="to">The folder to write.</param>
    /// <param name="with">A folder with more files of the model, or null.</param>
    /// <param name="force">Whether files are overwritten.</param>
    /// <param name="console">The output.</param>
    public static int Run(string file, string to, string? with, bool force, IAnsiConsole console)
    {
        if (!force && File.Exists(Path.Combine(to, Weights)))
        {
            throw new ToolException($"'{Path.Combine(to, Weights)}' already exists. Use --force to overwrite it.");
        }

        using ImportSource source = ImportSource.Open(file);
        if (with is not null)
        {
            source.Add(with);
        }

        OnnxGraph graph = OnnxReader.Read(source.Contents, file, source.External);
        IReadOnlyCollection<Parameter> parameters = ParameterNames.Of(graph, file);
        List<string> notes = Complete(source, graph, parameters, file);
        string partial = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to)) + ".importing";
        try
        {
            long bytes = Write(partial, source, parameters);
            Check(partial, file);
            Move(partial, to);
            console.MarkupLineInterpolated($"[green]Written:[/] {to}");
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Weights}: {parameters.Count} tensors, {parameters.Count(static parameter => parameter.IsTransposed)} of them transposed, {bytes:N0} bytes."
                )
            );
            notes.ForEach(console.WriteLine);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }

        return 0;
    }

    /// <summary>Derives files that are absent and follow from the graph and the vocabulary.</summary>
    /// <returns>A note about each.</returns>
    private static List<string> Complete(ImportSource source, OnnxGraph graph, IReadOnlyCollection<Parameter> parameters, string file)
    {
        List<string> notes = [];
        if (source.Files.ContainsKey(Configuration))
        {
            return notes;
        }

        string configuration = BertConfiguration.Of(graph, parameters, file);
        source.Files[Configuration] = Encoding.UTF8.GetBytes(configuration);
        notes.Add($"{Configuration}: derived from the graph.");
        if (
            source.Files.TryGetValue("vocab.txt", out ReadOnlyMemory<byte> vocabulary)
            && !source.Files.ContainsKey("tokenizer.json")
            && !source.Files.ContainsKey("tokenizer_config.json")
        )
        {
            using JsonDocument json = JsonDocument.Parse(configuration);
            (string settings, bool isLowercase) = TokenizerSettings.Of(
                vocabulary,
                json.RootElement.GetProperty("max_position_embeddings").GetInt64()
            );
            source.Files["tokenizer_config.json"] = Encoding.UTF8.GetBytes(settings);
            notes.Add(
                $"tokenizer_config.json: the vocabulary contains {(isLowercase ? "no capital letters, so text is converted to lowercase" : "capital letters, so text keeps its case")}."
            );
        }

        return notes;
    }

    private static long Write(string folder, ImportSource source, IEnumerable<Parameter> parameters)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach ((string name, ReadOnlyMemory<byte> contents) in source.Files)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, contents.Span);
        }

        return SafetensorsWriter.Write(Path.Combine(folder, Weights), parameters);
    }

    /// <summary>Ensures that the generator reads the folder, and that its checkpoint contains exactly the tensors of the model.</summary>
    private static void Check(string folder, string file)
    {
        var model = new ModelFolder(folder);
        ExecutionPlan plan = FolderModel.Of(model, contextLength: 0).Plan;
        using WeightsSource checkpoint = model.OpenCheckpoint(plan);
        if (CheckpointReport.Of(checkpoint, plan) is { Problems.Count: > 0 } report)
        {
            throw new ToolException($"The parameters of '{file}' do not match its {Configuration}.\n{report.Explanation}");
        }
    }

    private static void Move(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target, overwrite: true);
        }
    }
}
