using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>A folder with a model's config.json and, if it is there, its checkpoint.</summary>
internal sealed class ModelFolder
{
    private const string Configuration = "config.json";
    private const string Modules = "modules.json";

    /// <exception cref="ToolException">There is no such folder, or no config.json in it.</exception>
    public ModelFolder(string path)
    {
        // The file itself is taken for its folder.
        Path =
            File.Exists(path) && System.IO.Path.GetFileName(path) == Configuration
                ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!
                : path;
        ConfigurationPath = System.IO.Path.Combine(Path, Configuration);
        if (!File.Exists(ConfigurationPath))
        {
            throw new ToolException(
                Directory.Exists(Path)
                    ? $"'{Path}' holds no {Configuration}. Give the folder that a model was downloaded to, with the {Configuration} that says what it is."
                    : $"There is no folder '{Path}'. Give the folder that holds the model's {Configuration}."
            );
        }

        Text = File.ReadAllText(ConfigurationPath);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The model's own description.</summary>
    public string ConfigurationPath { get; }

    /// <summary>The folder's last name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>The text of the config.json.</summary>
    public string Text { get; }

    /// <summary>What the generator makes of the config.json, and of the files of sentence-transformers beside it.</summary>
    /// <param name="contextLength">A context length in the place of the file's; 0 for the file's.</param>
    /// <param name="pooling">A pooling in the place of what the folder says; none for the folder's.</param>
    /// <exception cref="ToolException">It declares no model that can be generated.</exception>
    public ExecutionPlan Plan(int contextLength = 0, PoolingDeclaration? pooling = null)
    {
        ConfigurationReading reading = Read(contextLength, pooling);
        return reading.IsUsable(acceptsUnread: false)
            ? Planner.Plan(reading.Architecture!)
            : throw new ToolException(string.Join("\n", Lines(reading)));
    }

    /// <summary>Which fields of the config.json a model's values come from: those that are absent, those that are read, and what is not used.</summary>
    public IEnumerable<(string Term, string Description)> Sources()
    {
        ConfigurationReading reading = Read(contextLength: 0, pooling: null);
        string List(bool isGiven) =>
            string.Join(
                ", ",
                reading
                    .Fields.Where(field => field.IsGiven == isGiven && (isGiven || field.Value != "null"))
                    .Select(static field => $"{field.Field} = {field.Value}")
            );
        yield return ("absent fields, by default", List(isGiven: false) is { Length: > 0 } absent ? absent : "none");
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

    /// <summary>Whether the folder says what is made of the states: as sentence-transformers saves it.</summary>
    public bool HasModules => File.Exists(System.IO.Path.Combine(Path, Modules));

    /// <summary>The files that a TransformerModel item passes to the generator beside the config.json.</summary>
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

    /// <summary>Where a problem is, as compilers say it.</summary>
    private static string Position(string text, ConfigurationProblem problem)
    {
        string before = text[..Math.Clamp(problem.Start, 0, text.Length)];
        int line = before.Count(static character => character == '\n') + 1,
            column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"({line},{column})");
    }

    /// <summary>Whether there are weights of any kind.</summary>
    public bool HasCheckpoint => Directory.EnumerateFiles(Path, "*.safetensors*").Any();

    /// <summary>What to do about weights in another format, where there are no others; null if there are none.</summary>
    public string? OtherFormat =>
        HasCheckpoint ? null
        : OtherFormats.InFolder(Path) is { } advice ? $"{Path}: {advice}"
        : null;

    /// <summary>Opens the folder's checkpoint, in one file or in several, with those of the modules that a model reads.</summary>
    /// <exception cref="WeightsException">It cannot be read, or it is not clear which of several is meant.</exception>
    public WeightsSource OpenCheckpoint(ExecutionPlan plan) => Checkpoint.Open(Path, plan.ModuleFolders);
}
