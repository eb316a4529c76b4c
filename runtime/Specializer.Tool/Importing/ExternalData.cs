using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Specializer.Tool.Importing;

/// <summary>The files in the folder of an ONNX file that contain the data of its large tensors.</summary>
/// <param name="model">The path of the ONNX file; null if external data cannot exist.</param>
internal sealed class ExternalData(string? model) : IDisposable
{
    private readonly Dictionary<string, MappedFile> _files = new(StringComparer.Ordinal);

    /// <summary>Returns the data of a tensor.</summary>
    /// <param name="tensor">The name of the tensor in messages.</param>
    /// <param name="entries">The entries of external_data: location, offset and length.</param>
    /// <param name="bytes">The expected number of bytes.</param>
    /// <exception cref="FormatException">The location is outside the folder, or the file does not contain the range.</exception>
    public ReadOnlyMemory<byte> Read(string tensor, IReadOnlyDictionary<string, string> entries, long bytes)
    {
        string location = entries.GetValueOrDefault("location", "");
        if (model is null)
        {
            throw new FormatException(
                $"the data of the tensor '{tensor}' is in another file '{location}', which an embedded model has not"
            );
        }

        MappedFile file = Open(tensor, location);
        long offset = Number(tensor, entries, "offset", 0),
            length = Number(tensor, entries, "length", bytes);
        return length == bytes && offset <= file.Length - length
            ? file.Slice(offset, length)
            : throw new FormatException(
                $"the data of the tensor '{tensor}' is {length} bytes from byte {offset} of '{location}' on; expected {bytes} bytes within its {file.Length}"
            );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MappedFile file in _files.Values)
        {
            file.Dispose();
        }
    }

    private MappedFile Open(string tensor, string location)
    {
        if (_files.TryGetValue(location, out MappedFile? open))
        {
            return open;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(model!))!;
        bool isPlain = location.Length > 0 && !Path.IsPathRooted(location) && location.IndexOfAny(['\\', ':', '\0']) < 0;
        string path = isPlain ? Path.GetFullPath(Path.Combine(folder, location)) : "";
        if (!isPlain || !IsWithin(folder, path) || !IsLinkedWithin(folder, path))
        {
            throw new FormatException(
                $"the data of the tensor '{tensor}' is in '{location}', which is outside the folder of the model. Expected a file in '{folder}'"
            );
        }

        if (!File.Exists(path))
        {
            throw new FormatException(
                $"the data of the tensor '{tensor}' is in '{location}', which is not beside the model. Download it, too"
            );
        }

        var file = MappedFile.Open(path);
        _files.Add(location, file);
        return file;
    }

    private static bool IsWithin(string folder, string path) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>
    /// Returns whether a link ends in the folder of the model. The cache of Hugging Face contains links to both files, which end in
    /// another folder.
    /// </summary>
    private bool IsLinkedWithin(string folder, string path)
    {
        if (!File.Exists(path) || File.ResolveLinkTarget(path, returnFinalTarget: true) is not { } target)
        {
            return true;
        }

        string? home = File.ResolveLinkTarget(model!, returnFinalTarget: true) is { } real ? Path.GetDirectoryName(real.FullName) : null;
        return IsWithin(folder, target.FullName) || (home is not null && IsWithin(home, target.FullName));
    }

    private static long Number(string tensor, IReadOnlyDictionary<string, string> entries, string key, long otherwise) =>
        !entries.TryGetValue(key, out string? text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new FormatException($"the {key} of the data of the tensor '{tensor}' is '{text}'; expected a number");
}
