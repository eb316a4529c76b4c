using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer;

/// <summary>
/// Recognizes weights in unsupported formats by their usual file names and explains how to convert them to safetensors.
/// </summary>
internal static class OtherFormats
{
    private static readonly (string Pattern, Func<string, string, string> Advice)[] s_formats =
    [
        ("pytorch_model*.bin", FromPickle),
        ("pytorch_model*.pt", FromPickle),
        ("model*.pt", FromPickle),
        ("model*.pth", FromPickle),
        ("consolidated*.pth", FromPickle),
        ("tf_model*.h5", (folder, _) => FromClass(folder, "TensorFlow's HDF5", "from_tf=True")),
        ("flax_model*.msgpack", (folder, _) => FromClass(folder, "Flax's msgpack", "from_flax=True")),
        (
            "*.gguf",
            (_, _) =>
                "A GGUF file contains its own configuration: pass the path of the file itself. Download the original checkpoint, which the model's page names as its base model, for its full precision."
        ),
        (
            "*.onnx",
            (_, _) =>
                "ONNX is an exported graph, not a checkpoint. Download the original checkpoint, which the model's page names as its base model."
        ),
    ];

    /// <summary>The file names of the weights of an adapter (LoRA), which modify the weights of another model.</summary>
    private const string Adapter = "adapter_model*";

    /// <summary>Returns whether a file contains an adapter.</summary>
    /// <param name="path">The file.</param>
    public static bool IsAdapter(string path) => Matches(Adapter, Path.GetFileName(path));

    /// <summary>Returns advice about the first file of such a format in a folder; null if there is none.</summary>
    /// <param name="folder">The folder; its subfolder <c>onnx</c> is searched for ONNX exports, too.</param>
    public static string? InFolder(string folder)
    {
        foreach ((string pattern, Func<string, string, string> advice) in s_formats)
        {
            IEnumerable<string> found = Directory.EnumerateFiles(folder, pattern);
            string exports = Path.Combine(folder, "onnx");
            if (pattern == "*.onnx" && Directory.Exists(exports))
            {
                found = found.Concat(Directory.EnumerateFiles(exports, pattern));
            }

            if (found.Order(StringComparer.Ordinal).FirstOrDefault() is { } file)
            {
                return $"the folder contains {Path.GetRelativePath(folder, file).Replace('\\', '/')}, but no safetensors file. {advice(folder, pattern)}";
            }
        }

        return Directory.EnumerateFiles(folder, Adapter).Order(StringComparer.Ordinal).FirstOrDefault() is { } adapter
            ? $"the folder contains {Path.GetFileName(adapter)}, but no checkpoint of a whole model. {FromAdapter(folder)}"
            : null;
    }

    /// <summary>Returns advice about a file of such a format; null if its name matches none.</summary>
    /// <param name="path">The file.</param>
    public static string? OfFile(string path)
    {
        string name = Path.GetFileName(path),
            folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (IsAdapter(path))
        {
            return $"{name} is not the checkpoint of a whole model. {FromAdapter(folder)}";
        }

        foreach ((string pattern, Func<string, string, string> advice) in s_formats)
        {
            if (Matches(pattern, name))
            {
                return $"{name} is not a safetensors file. {advice(folder, pattern)}";
            }
        }

        return null;
    }

    /// <summary>
    /// Returns code that saves the tensors unchanged under their own names. Each is copied, because safetensors does not store
    /// shared tensors.
    /// </summary>
    private static string FromPickle(string folder, string pattern) =>
        Lines(
            "It is a pickle of PyTorch; these lines of Python save its tensors as safetensors:",
            "import glob, torch, safetensors.torch",
            $"parts = [torch.load(file, map_location=\"cpu\", weights_only=True) for file in sorted(glob.glob({Python(Path.Combine(folder, pattern))}))]",
            $"safetensors.torch.save_file({{name: tensor.clone() for part in parts for name, tensor in part.items()}}, {Python(Path.Combine(folder, "model.safetensors"))}, {{\"format\": \"pt\"}})"
        );

    /// <summary>Returns the program that merges an adapter; PEFT reads the name of its model in adapter_config.json.</summary>
    private static string FromAdapter(string folder) =>
        Lines(
            "It is an adapter (LoRA) of another model's weights; these lines of Python save the two as one (for a class without logits of the next token, PEFT has another AutoPeftModel):",
            "import peft",
            $"model = peft.AutoPeftModelForCausalLM.from_pretrained({Python(folder)}, torch_dtype=\"auto\").merge_and_unload()",
            $"model.save_pretrained({Python(Path.TrimEndingDirectorySeparator(folder) + "-merged")}, safe_serialization=True)"
        );

    private static bool Matches(string pattern, string name) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name);

    private static string FromClass(string folder, string format, string argument) =>
        Lines(
            $"It is {format}; these lines of Python save it as safetensors:",
            "import json, transformers",
            $"name = json.load(open({Python(Path.Combine(folder, "config.json"))}))[\"architectures\"][0]",
            $"getattr(transformers, name).from_pretrained({Python(folder)}, {argument}).save_pretrained({Python(folder)}, safe_serialization=True)"
        );

    private static string Lines(string introduction, params string[] lines) =>
        introduction + string.Concat(lines.Select(static line => "\n    " + line));

    /// <summary>Returns a path as a Python literal.</summary>
    private static string Python(string path) =>
        "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
