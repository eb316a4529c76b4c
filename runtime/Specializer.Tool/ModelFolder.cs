using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>A folder with the config.json of a model and, if present, its checkpoint; or a GGUF file, which contains both.</summary>
internal sealed class ModelFolder
{
    private const string Configuration = "config.json";
    private const string Modules = "modules.json";

    private ConfigurationReading? _reading;

    /// <exception cref="ToolException">The folder does not exist or has no config.json.</exception>
    /// <exception cref="WeightsException">The GGUF file cannot be read, or its model is not supported.</exception>
    public ModelFolder(string path)
    {
        if (path.EndsWith(".gguf", System.StringComparison.OrdinalIgnoreCase))
        {
            Path = path;
            ConfigurationPath = path + ".json";
            using GgufParts parts = GgufParts.Open(path);
            Gguf = GgufConfiguration.Of(parts);
            Text = Gguf.Text;
            return;
        }

        // The path of the file itself means its folder.
        Path =
            File.Exists(path) && System.IO.Path.GetFileName(path) == Configuration
                ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!
                : path;
        ConfigurationPath = System.IO.Path.Combine(Path, Configuration);
        if (!File.Exists(ConfigurationPath))
        {
            if (Directory.Exists(Path) && OtherFormats.InFolder(Path) is { } advice)
            {
                throw new ToolException($"'{Path}' contains no {Configuration}, and {advice}");
            }

            throw new ToolException(
                Directory.Exists(Path)
                    ? $"'{Path}' contains no {Configuration}. Pass the folder of a downloaded model with its {Configuration}."
                    : $"The folder '{Path}' does not exist. Pass the folder that contains the {Configuration} of the model."
            );
        }

        Text = File.ReadAllText(ConfigurationPath);
    }

    /// <summary>The folder, or the GGUF file.</summary>
    public string Path { get; }

    /// <summary>The path of the config.json. That of a GGUF file is written beside it by <c>specializer new</c>.</summary>
    public string ConfigurationPath { get; }

    /// <summary>The translated metadata of a GGUF file; null for folders.</summary>
    public GgufConfiguration? Gguf { get; }

    /// <summary>The last part of the folder's path, or the name of the GGUF file without its extension.</summary>
    public string Name =>
        Gguf is null
            ? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)))
            : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The text of the config.json.</summary>
    public string Text { get; }

    /// <summary>Plans the model of the config.json and of the sentence-transformers files beside it.</summary>
    /// <param name="contextLength">The context length; 0 for that of the file.</param>
    /// <param name="pooling">The pooling; none for that of the folder.</param>
    /// <exception cref="ToolException">The folder declares no supported model.</exception>
    public ExecutionPlan Plan(int contextLength = 0, PoolingDeclaration? pooling = null)
    {
        ConfigurationReading reading = Read(contextLength, pooling);
        _reading = reading;
        return reading.IsUsable(acceptsUnread: false)
            ? Planner.Plan(reading.Architecture!)
            : throw new ToolException(string.Join("\n", Lines(reading)));
    }

    /// <summary>
    /// Lists the fields of the config.json that the values of a model come from: absent fields, fields that are read, and unused
    /// ones.
    /// </summary>
    public IEnumerable<(string Term, string Description)> Sources()
    {
        ConfigurationReading reading = _reading ??= Read(contextLength: 0, pooling: null);
        string List(bool isGiven) =>
            string.Join(
                ", ",
                reading
                    .Fields.Where(field => field.IsGiven == isGiven && (isGiven || field.Value != "null"))
                    .Select(static field => $"{field.Field} = {field.Value}")
            );
        yield return ("absent fields with defaults", List(isGiven: false) is { Length: > 0 } absent ? absent : "none");
        yield return ("read from the config.json", List(isGiven: true));
        foreach (ConfigurationProblem unused in reading.Problems.Where(static problem => problem.Kind == ConfigurationProblemKind.Unused))
        {
            yield return ("not used", unused.Message);
        }
    }

    private ConfigurationReading Read(int contextLength, PoolingDeclaration? pooling)
    {
        var configuration = new ConfigurationFile(ConfigurationFile.Normalize(ConfigurationPath), Text);
        var reference = new ConfigurationReference(ConfigurationFile.Normalize(ConfigurationPath), contextLength, ChunkLength: 0)
        {
            Pooling = pooling,
        };
        return configuration.Parse(reference, [configuration, .. FilesBeside()]);
    }

    /// <summary>Whether the folder was saved by sentence-transformers and defines a head.</summary>
    public bool HasModules => Gguf is null && File.Exists(System.IO.Path.Combine(Path, Modules));

    /// <summary>The files that a TransformerModel item passes to the generator in addition to the config.json.</summary>
    private IEnumerable<ConfigurationFile> FilesBeside() =>
        !HasModules
            ? []
            : new[] { Modules, "sentence_bert_config.json", "config_sentence_transformers.json" }
                .Select(name => System.IO.Path.Combine(Path, name))
                .Concat(Directory.EnumerateDirectories(Path, "*_*").Select(static folder => System.IO.Path.Combine(folder, Configuration)))
                .Where(File.Exists)
                .Select(static path => new ConfigurationFile(ConfigurationFile.Normalize(path), File.ReadAllText(path)));

    private IEnumerable<string> Lines(ConfigurationReading reading) =>
        reading
            .Problems.Select(problem => (Path: ConfigurationPath, Text, Problem: problem))
            .Concat(
                reading.ProblemsBeside.Select(beside => (Path: System.IO.Path.Combine(Path, beside.Name), beside.File.Text, beside.Problem))
            )
            .Where(static line => line.Problem.Kind != ConfigurationProblemKind.Unused)
            .Select(static line => $"{line.Path}{Position(line.Text, line.Problem)}: {line.Problem.Message}.");

    /// <summary>Returns the location of a problem in the format of compilers.</summary>
    private static string Position(string text, ConfigurationProblem problem)
    {
        string before = text[..Math.Clamp(problem.Start, 0, text.Length)];
        int line = before.Count(static character => character == '\n') + 1,
            column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"({line},{column})");
    }

    /// <summary>Whether there are weights of any kind.</summary>
    public bool HasCheckpoint =>
        Gguf is not null || Directory.EnumerateFiles(Path, "*.safetensors*").Any(static file => !OtherFormats.IsAdapter(file));

    /// <summary>The message about an adapter next to the checkpoint, which transformers applies; null if the folder contains no adapter.</summary>
    public string? Adapter =>
        Gguf is null && HasCheckpoint && Directory.EnumerateFiles(Path).FirstOrDefault(OtherFormats.IsAdapter) is { } file
            ? $"{System.IO.Path.GetFileName(file)} is not applied: it is an adapter (LoRA), which transformers adds to the checkpoint's weights. To apply it, merge the two with merge_and_unload of PEFT."
            : null;

    /// <summary>Returns advice about weights in another format if there are no safetensors; null if there are none.</summary>
    public string? OtherFormat =>
        HasCheckpoint ? null
        : OtherFormats.InFolder(Path) is { } advice ? $"{Path}: {advice}"
        : null;

    /// <summary>
    /// Opens the checkpoint of the folder, in one or more files, together with those of the modules that a model reads.
    /// </summary>
    /// <exception cref="WeightsException">The checkpoint cannot be read, or there are several candidates.</exception>
    public WeightsSource OpenCheckpoint(ExecutionPlan plan) => Checkpoint.Open(Path, plan.ModuleFolders);
}
