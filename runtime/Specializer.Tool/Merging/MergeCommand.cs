using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Spectre.Console;

namespace Specializer.Tool.Merging;

/// <summary><c>specializer merge DIR --adapter DIR --to DIR</c>: writes a model's folder with LoRA adapters merged into its weights.</summary>
internal static class MergeCommand
{
    // The endings of weights in other formats and parts of a checkpoint, which the merged file replaces.
    private static readonly string[] s_weights =
    [
        ".safetensors",
        ".safetensors.index.json",
        ".bin",
        ".bin.index.json",
        ".gguf",
        ".onnx",
        ".h5",
        ".msgpack",
    ];

    /// <returns>0, because every failure is an exception.</returns>
    /// <exception cref="ToolException">The folders cannot be used.</exception>
    /// <exception cref="WeightsException">The checkpoint or an adapter cannot be read, or they do not match.</exception>
    public static int Run(string directory, IReadOnlyList<string> adapters, string to, bool force, IAnsiConsole console)
    {
        if (directory.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            throw new ToolException(
                $"'{directory}' is a GGUF file. Adapters are merged into safetensors checkpoints; merge them into the folder that it was converted from."
            );
        }

        if (!Directory.Exists(directory))
        {
            throw new ToolException($"the folder '{directory}' does not exist.");
        }

        if (string.Equals(Path.GetFullPath(directory), Path.GetFullPath(to), StringComparison.Ordinal))
        {
            throw new ToolException("--to is the folder of the model; expected another folder, so that the model stays as it is.");
        }

        string file = Path.Combine(to, "model.safetensors");
        if (File.Exists(file) && !force)
        {
            throw new ToolException($"the file '{file}' exists; --force overwrites it.");
        }

        WeightsSource checkpoint = Checkpoint.Open(directory);
        WeightsSource merged;
        try
        {
            merged = Checkpoint.WithAdapters(checkpoint, adapters);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }

        using (merged)
        {
            Directory.CreateDirectory(to);
            foreach (string path in Directory.GetFiles(directory).Where(static path => !IsWeights(path)))
            {
                File.Copy(path, Path.Combine(to, Path.GetFileName(path)), overwrite: true);
            }

            int changed = MergedFile.Write(file, checkpoint, merged);
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}: {merged.Names.Count} tensors, {changed} of them changed by {adapters.Count} {(adapters.Count == 1 ? "adapter" : "adapters")}."
                )
            );
        }

        return 0;
    }

    private static bool IsWeights(string path) => s_weights.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
