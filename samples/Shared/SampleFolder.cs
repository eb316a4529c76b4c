using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using Specializer;

namespace Samples;

/// <summary>
/// The folder of a sample's model. Code is generated for one model, so for another folder the sample is built again, with the
/// property that names the folder.
/// </summary>
internal static class SampleFolder
{
    /// <summary>Creates the argument for the folder.</summary>
    public static Argument<string?> Argument() =>
        new("folder") { Description = "The folder of a model as Hugging Face publishes it.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>
    /// Returns the folder that this program is built for. For another folder, or none, it builds and runs the program for it, or
    /// explains how to get a model.
    /// </summary>
    /// <param name="folder">The folder of the command line; null for the one that the program is built for.</param>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="repository">A model that the sample runs, by its name on Hugging Face.</param>
    /// <param name="files">The files to download.</param>
    /// <param name="exitCode">The exit code if there is nothing left to do.</param>
    public static string? Find(string? folder, string[] args, string repository, string files, out int exitCode)
    {
        string project = Metadata("Project"),
            built = Metadata("Model");
        string name = Path.GetFileNameWithoutExtension(project);
        exitCode = 1;
        if (folder is null && built.Length == 0)
        {
            string target = "models/" + repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
            Console.Error.WriteLine(
                $"""
                {name} requires the folder of a model, for example {repository}. Download these files from
                https://huggingface.co/{repository}/tree/main to {target}:
                  {files}
                or with the tool of Hugging Face: hf download {repository} {files} --local-dir {target}
                Then run: dotnet run -c Release --project samples/{name} -- {target}
                """
            );
            return null;
        }

        string wanted = folder is null ? built : Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!File.Exists(Path.Combine(wanted, "config.json")))
        {
            Console.Error.WriteLine($"'{wanted}' contains no config.json. Pass the folder of a downloaded model.");
            return null;
        }

        if (wanted == built)
        {
            return built;
        }

        Console.Error.WriteLine($"Generating the code of the model in '{wanted}' ...");
        string[] build = ["run", "-c", "Release", "--project", project, $"-p:Model={wanted}", "--", .. args];
        using Process process = Process.Start("dotnet", build);
        process.WaitForExit();
        exitCode = process.ExitCode;
        return null;
    }

    /// <summary>Loads the model of a folder, and prints how long that took.</summary>
    public static TModel Load<TModel>(string folder)
        where TModel : TransformerModel, IModel<TModel>
    {
        var clock = Stopwatch.StartNew();
        TModel model = TModel.Load(folder);
        Console.Error.WriteLine(
            $"{Path.GetFileName(folder)}: loaded in {clock.ElapsedMilliseconds} ms on {model.InstructionSet}, {model.Threads} thread(s)"
        );
        return model;
    }

    private static string Metadata(string key) =>
        Assembly
            .GetEntryAssembly()!
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == key)
            ?.Value
        ?? "";
}
