using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Specializer;

/// <summary>Opens the weights of a model as they are published: in one file or in several files.</summary>
public static class Checkpoint
{
    /// <summary>Opens a checkpoint in one file or in several files.</summary>
    /// <param name="path">
    /// The path of a safetensors file, of the index of a sharded checkpoint (<c>model.safetensors.index.json</c>, beside its
    /// shards), or of the folder that contains either; or of a GGUF file, or of one of its parts. The tensors of a GGUF file have
    /// their Hugging Face names, and quantized elements are converted to 32-bit floats.
    /// </param>
    /// <returns>The open checkpoint. Dispose it when the model is loaded.</returns>
    /// <exception cref="WeightsException">
    /// A file cannot be read, is malformed, is missing, or does not contain the tensors that the index lists. The exception
    /// contains all problems.
    /// </exception>
    public static WeightsSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? FindIn(path) : path;
        if (file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return GgufCheckpoint.Open(file);
        }

        if (!file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            if (File.Exists(file) && OtherFormats.OfFile(file) is { } other)
            {
                throw SafetensorsFile.Unreadable(file, other, null);
            }

            return SafetensorsFile.Open(file);
        }

        try
        {
            return SafetensorsShards.OpenIndex(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SafetensorsFile.NotThere(file, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SafetensorsFile.Unreadable(file, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Opens a checkpoint together with the files of modules that follow the transformer, as saved by sentence-transformers.
    /// </summary>
    /// <param name="path">The path, as in the other overload.</param>
    /// <param name="modules">
    /// The folders of the modules relative to the folder of the checkpoint, such as <c>2_Dense</c>. A tensor <c>linear.weight</c>
    /// of the checkpoint in such a folder has the name <c>2_Dense/linear.weight</c>.
    /// </param>
    /// <returns>All tensors together. Dispose them when the model is loaded.</returns>
    /// <exception cref="ArgumentException">Two folders have the same name.</exception>
    /// <exception cref="WeightsException">The checkpoint, or that of a module, cannot be read or is malformed.</exception>
    public static WeightsSource Open(string path, IReadOnlyList<string> modules)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(modules);
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        return modules.Count == 0 ? Open(path) : CheckpointWithModules.Open(path, folder, modules);
    }

    /// <summary>
    /// Opens a checkpoint with LoRA adapters merged into it, as <see cref="ModelOptions.Adapters"/> merges them while a model is loaded.
    /// </summary>
    /// <param name="source">The checkpoint, which is disposed with the result.</param>
    /// <param name="adapters">The folders of the adapters, merged in this order.</param>
    /// <returns>The weights. Tensors that an adapter changes have elements of type F32.</returns>
    /// <exception cref="WeightsException">
    /// An adapter cannot be read, is malformed or not supported, or does not match the checkpoint. The checkpoint is not disposed then.
    /// </exception>
    public static WeightsSource WithAdapters(WeightsSource source, IReadOnlyList<string> adapters)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(adapters);
        return AdaptedWeights.Open(source, adapters, ownsSource: true);
    }

    /// <summary>Returns the checkpoint of a folder: the file or index with the usual name, or the only one.</summary>
    private static string FindIn(string folder)
    {
        foreach (string usual in new[] { "model.safetensors", "model" + SafetensorsIndex.Extension })
        {
            if (File.Exists(Path.Combine(folder, usual)))
            {
                return Path.Combine(folder, usual);
            }
        }

        string[] indices = Directory.GetFiles(folder, "*" + SafetensorsIndex.Extension),
            files = Array.FindAll(Directory.GetFiles(folder, "*.safetensors"), static file => !OtherFormats.IsAdapter(file));
        return indices.Length == 1 ? indices[0]
            : indices.Length == 0 && files.Length == 1 ? files[0]
            : throw SafetensorsFile.Unreadable(
                folder,
                files.Length == 0 && indices.Length == 0
                    ? OtherFormats.InFolder(folder)
                        ?? "the folder contains no safetensors file. Expected model.safetensors, or model.safetensors.index.json with the files that it lists; download the model's weights into it."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"the folder contains {files.Length} safetensors files and {indices.Length} indices, but neither a model.safetensors nor a model{SafetensorsIndex.Extension}. Pass the path of the file or index; if the files are parts of one checkpoint, download its index too."
                    ),
                null
            );
    }
}
