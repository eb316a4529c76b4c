using System;
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

    /// <exception cref="ToolException">There is no such folder, or no config.json in it.</exception>
    public ModelFolder(string path)
    {
        // The file itself is taken for its folder.
        Path = File.Exists(path) && System.IO.Path.GetFileName(path) == Configuration ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))! : path;
        ConfigurationPath = System.IO.Path.Combine(Path, Configuration);
        if (!File.Exists(ConfigurationPath))
        {
            throw new ToolException(
                Directory.Exists(Path)
                    ? $"'{Path}' holds no {Configuration}. Give the folder that a model was downloaded to, with the {Configuration} that says what it is."
                    : $"There is no folder '{Path}'. Give the folder that holds the model's {Configuration}.");
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

    /// <summary>What the generator makes of the config.json.</summary>
    /// <param name="contextLength">A context length in the place of the file's; 0 for the file's.</param>
    /// <exception cref="ToolException">It declares no model that can be generated.</exception>
    public ExecutionPlan Plan(int contextLength = 0)
    {
        ConfigurationReading reading = new ConfigurationFile(ConfigurationFile.Normalize(ConfigurationPath), Text)
            .Parse(new ConfigurationReference(ConfigurationFile.Normalize(ConfigurationPath), contextLength, ChunkLength: 0));
        return reading.IsUsable(acceptsUnread: false)
            ? Planner.Plan(reading.Architecture!)
            : throw new ToolException(string.Join("\n", reading.Problems.Where(static problem => problem.Kind != ConfigurationProblemKind.Unused).Select(problem => $"{ConfigurationPath}{Position(problem)}: {problem.Message}.")));
    }

    /// <summary>Where a problem is, as compilers say it.</summary>
    private string Position(ConfigurationProblem problem)
    {
        string before = Text[..Math.Clamp(problem.Start, 0, Text.Length)];
        int line = before.Count(static character => character == '\n') + 1, column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"({line},{column})");
    }

    /// <summary>Whether there are weights of any kind.</summary>
    public bool HasCheckpoint => Directory.EnumerateFiles(Path, "*.safetensors*").Any();

    /// <summary>What to do about weights in another format, where there are no others; null if there are none.</summary>
    public string? OtherFormat => HasCheckpoint ? null : OtherFormats.InFolder(Path) is { } advice ? $"{Path}: {advice}" : null;

    /// <summary>Opens the folder's checkpoint, in one file or in several.</summary>
    /// <exception cref="WeightsException">It cannot be read, or it is not clear which of several is meant.</exception>
    public WeightsSource OpenCheckpoint() => Checkpoint.Open(Path);
}
