using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer.Tool.Importing;

/// <summary>An ONNX file and the other files of its model, in a folder or embedded in an assembly.</summary>
internal sealed class ImportSource : IDisposable
{
    private const string Model = ".onnx";

    /// <summary>The files beside the weights that belong to the layout of Hugging Face.</summary>
    private static readonly string[] s_files =
    [
        "config.json",
        "generation_config.json",
        "preprocessor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.txt",
        "vocab.json",
        "merges.txt",
        "spiece.model",
        "sentencepiece.bpe.model",
        "tokenizer.model",
        "source.spm",
        "target.spm",
        "chat_template.jinja",
        "chat_template.json",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
    ];

    private readonly MappedFile _file;

    private ImportSource(MappedFile file, ExternalData external)
    {
        _file = file;
        External = external;
    }

    /// <summary>The ONNX file.</summary>
    public ReadOnlyMemory<byte> Contents { get; private init; }

    /// <summary>The files with its external data.</summary>
    public ExternalData External { get; }

    /// <summary>The other files of the model by their names; those in subfolders have a slash.</summary>
    public SortedDictionary<string, ReadOnlyMemory<byte>> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens an ONNX file, or the only one that is embedded in an assembly.</summary>
    /// <exception cref="ToolException">There is no such file, or the assembly contains none.</exception>
    public static ImportSource Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new ToolException($"The file '{path}' does not exist. Pass an ONNX file, or an assembly that contains one.");
        }

        MappedFile file = MappedFile.Open(path);
        try
        {
            return Path.GetExtension(path) is ".dll" or ".exe" ? Embedded(path, file) : Plain(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds the files of a folder; they replace those of the same names.</summary>
    /// <exception cref="ToolException">The folder does not exist.</exception>
    public void Add(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ToolException($"The folder '{folder}' does not exist. --with expects a folder with files of the model.");
        }

        foreach (string name in s_files.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            Files[name] = File.ReadAllBytes(Path.Combine(folder, name));
        }

        // The modules of sentence-transformers, as 1_Pooling/config.json.
        foreach (string module in Directory.EnumerateDirectories(folder, "*_*"))
        {
            string configuration = Path.Combine(module, "config.json");
            if (File.Exists(configuration))
            {
                Files[Path.GetFileName(module) + "/config.json"] = File.ReadAllBytes(configuration);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        External.Dispose();
        _file.Dispose();
    }

    private static ImportSource Plain(string path, MappedFile file)
    {
        var source = new ImportSource(file, new ExternalData(path)) { Contents = Whole(path, file) };
        source.Add(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return source;
    }

    private static ReadOnlyMemory<byte> Whole(string path, MappedFile file) =>
        file.Length <= int.MaxValue
            ? file.Slice(0, file.Length)
            : throw new ToolException(
                $"'{path}' has {file.Length} bytes; an ONNX file has less than 2 GB. Larger models store external data."
            );

    private static ImportSource Embedded(string path, MappedFile file)
    {
        IReadOnlyList<EmbeddedFile> resources = EmbeddedFile.In(path, file);
        EmbeddedFile[] models = [.. resources.Where(static resource => resource.Name.EndsWith(Model, StringComparison.OrdinalIgnoreCase))];
        if (models.Length != 1)
        {
            throw new ToolException(
                $"'{path}' contains {models.Length} embedded ONNX files; expected 1. Its resources: {string.Join(", ", resources.Select(static resource => resource.Name))}."
            );
        }

        var source = new ImportSource(file, new ExternalData(null)) { Contents = models[0].Contents };
        foreach (EmbeddedFile resource in resources)
        {
            // The compiler joins folders and names of resources with dots.
            if (
                s_files.FirstOrDefault(name => resource.Name == name || resource.Name.EndsWith('.' + name, StringComparison.Ordinal)) is
                { } name
            )
            {
                source.Files[name] = resource.Contents;
            }
        }

        return source;
    }
}
