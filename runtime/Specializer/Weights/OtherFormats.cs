using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer;

/// <summary>Recognises weights in formats that are not read, by the names under which they are published, and says how safetensors come of them.</summary>
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
                "GGUF is llama.cpp's format, most often quantised. Download the checkpoint that it was made of, which the model's page names as its base model."
        ),
        (
            "*.onnx",
            (_, _) =>
                "ONNX is an exported graph and not a checkpoint. Download the checkpoint that it was exported from, which the model's page names as its base model."
        ),
    ];

    /// <summary>What to do about the first file of such a format in a folder; null if there is none.</summary>
    /// <param name="folder">The folder; exports of ONNX are also looked for in its folder <c>onnx</c>.</param>
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
                return $"the folder holds {Path.GetRelativePath(folder, file).Replace('\\', '/')}, but no safetensors file. {advice(folder, pattern)}";
            }
        }

        return null;
    }

    /// <summary>What to do about a file of such a format; null if its name is of none.</summary>
    /// <param name="path">The file.</param>
    public static string? OfFile(string path)
    {
        string name = Path.GetFileName(path),
            folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        foreach ((string pattern, Func<string, string, string> advice) in s_formats)
        {
            if (System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name))
            {
                return $"{name} is no safetensors file. {advice(folder, pattern)}";
            }
        }

        return null;
    }

    /// <summary>The tensors as they are, under their own names; a copy of each, since safetensors stores no tensor twice.</summary>
    private static string FromPickle(string folder, string pattern) =>
        Lines(
            "It is a pickle of PyTorch; these lines of Python save its tensors as safetensors:",
            "import glob, torch, safetensors.torch",
            $"parts = [torch.load(file, map_location=\"cpu\", weights_only=True) for file in sorted(glob.glob({Python(Path.Combine(folder, pattern))}))]",
            $"safetensors.torch.save_file({{name: tensor.clone() for part in parts for name, tensor in part.items()}}, {Python(Path.Combine(folder, "model.safetensors"))}, {{\"format\": \"pt\"}})"
        );

    private static string FromClass(string folder, string format, string argument) =>
        Lines(
            $"It is {format}; these lines of Python save it as safetensors:",
            "import json, transformers",
            $"name = json.load(open({Python(Path.Combine(folder, "config.json"))}))[\"architectures\"][0]",
            $"getattr(transformers, name).from_pretrained({Python(folder)}, {argument}).save_pretrained({Python(folder)}, safe_serialization=True)"
        );

    private static string Lines(string introduction, params string[] lines) =>
        introduction + string.Concat(lines.Select(static line => "\n    " + line));

    /// <summary>A path as a literal of Python.</summary>
    private static string Python(string path) =>
        "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
