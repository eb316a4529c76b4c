using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Specializer;

/// <summary>A GGUF model in one file, or in the parts that llama-gguf-split writes (<c>name-00001-of-00003.gguf</c>).</summary>
internal sealed class GgufParts : IDisposable
{
    private const string Number = "split.no",
        Count = "split.count",
        Tensors = "split.tensors.count";

    private GgufParts(IReadOnlyList<GgufFile> files)
    {
        Files = files;
    }

    /// <summary>The files. The first one has the metadata of the model.</summary>
    public IReadOnlyList<GgufFile> Files { get; }

    /// <summary>Opens a file and, if it is one of several parts, all parts beside it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsException">A part is missing, repeated or malformed.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The result owns the files; a failure disposes them.")]
    public static GgufParts Open(string path)
    {
        List<GgufFile> files = [GgufFile.Open(path)];
        try
        {
            long count = Integer(files[0], Count, 1);
            if (count <= 1)
            {
                return new GgufParts(files);
            }

            string[] paths = PathsOf(path, count, files[0]);
            int given = Array.IndexOf(paths, path);
            for (int part = 0; part < paths.Length; part++)
            {
                GgufFile file = part == given ? files[0] : GgufFile.Open(paths[part]);
                if (part != given)
                {
                    files.Add(file);
                }

                if (Integer(file, Number, -1) != part || Integer(file, Count, 1) != count)
                {
                    throw GgufHeaderReader.Malformed(
                        paths[part],
                        null,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Number} is {Integer(file, Number, -1)} and {Count} is {Integer(file, Count, 1)}; its name has {part} and {count}. It is a part of another model, or was renamed; download the parts again."
                        )
                    );
                }
            }

            // The given file was opened first.
            GgufFile[] ordered = [.. files.OrderBy(file => Integer(file, Number, -1))];
            Check(ordered);
            return new GgufParts(ordered);
        }
        catch
        {
            files.ForEach(static file => file.Dispose());
            throw;
        }
    }

    /// <summary>Returns a model in one file that is open.</summary>
    public static GgufParts Of(GgufFile file) => new([file]);

    public void Dispose()
    {
        foreach (GgufFile file in Files)
        {
            file.Dispose();
        }
    }

    private static void Check(GgufFile[] files)
    {
        long expected = Integer(files[0], Tensors, -1),
            found = files.Sum(static file => (long)file.Tensors.Count);
        if (expected >= 0 && expected != found)
        {
            throw GgufHeaderReader.Malformed(
                files[0].Description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Tensors} is {expected}, but the parts have {found} tensors. A part belongs to another model; download the parts again."
                )
            );
        }

        HashSet<string> names = [];
        foreach (GgufFile file in files)
        {
            if (file.Tensors.FirstOrDefault(tensor => !names.Add(tensor.Name)) is { } twice)
            {
                throw GgufHeaderReader.Malformed(
                    file.Description,
                    twice.Name,
                    "another part contains a tensor of this name, too. The same part is present twice; download the parts again."
                );
            }
        }
    }

    private static string[] PathsOf(string path, long count, GgufFile file)
    {
        // name-00001-of-00003.gguf
        const int Digits = 5,
            MostParts = 99_999;
        string end = string.Create(CultureInfo.InvariantCulture, $"-of-{count:D5}.gguf");
        if (count > MostParts || !path.EndsWith(end, StringComparison.Ordinal) || path.Length < end.Length + Digits + 1)
        {
            throw GgufHeaderReader.Malformed(
                file.Description,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it is one of {count} parts ({Count}), but its name does not end in -00001-of-{count:D5}.gguf, so that the others cannot be found. Restore the names of the parts."
                )
            );
        }

        string start = path[..^(end.Length + Digits)];
        string[] paths = new string[count];
        for (int part = 0; part < count; part++)
        {
            paths[part] = string.Create(CultureInfo.InvariantCulture, $"{start}{part + 1:D5}{end}");
            if (!File.Exists(paths[part]))
            {
                throw SafetensorsFile.Unreadable(
                    paths[part],
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the file does not exist. The model has {count} parts, and this is part {part + 1}; download it beside '{Path.GetFileName(path)}'."
                    ),
                    null
                );
            }
        }

        return Array.IndexOf(paths, path) >= 0
            ? paths
            : throw GgufHeaderReader.Malformed(file.Description, null, "its name has no number of a part. Restore the names of the parts.");
    }

    private static long Integer(GgufFile file, string key, long absent) =>
        file.Metadata.TryGetValue(key, out GgufValue? value) ? value.ToInteger() : absent;
}
