using System;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>An entry of a modules.json.</summary>
/// <param name="Kind">The last part of its type: "Pooling".</param>
/// <param name="Path">Its folder, from that of the modules.json; empty for that folder itself.</param>
/// <param name="Entry">The entry, for problems with it.</param>
internal sealed record SentenceModule(string Kind, string Path, ModelConfiguration Entry)
{
    /// <summary>Where sentence-transformers, and PyLate for one vector per token, keep their modules; other types are code of the model's own.</summary>
    private static readonly string[] s_packages = ["sentence_transformers.", "pylate.models."];

    /// <summary>Reads an entry; null if its type or path is wrong, which its problems then hold.</summary>
    public static SentenceModule? Read(ModelConfiguration entry)
    {
        string type = entry.Text("type"),
            path = entry.Text("path", "");
        entry.Require(
            type.Length == 0 || s_packages.Any(package => type.StartsWith(package, StringComparison.Ordinal)),
            "type",
            "a module of sentence-transformers; code of a model's own is not supported"
        );

        // The name becomes part of tensors' names and of the path from which they are loaded.
        entry.Require(
            path.All(static letter => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '.')
                && path is not ("." or ".."),
            "path",
            "the name of a folder beside modules.json, of letters, digits, '_', '-' and '.'"
        );
        return entry.IsRight("type", "path") ? new SentenceModule(type.Substring(type.LastIndexOf('.') + 1), path, entry) : null;
    }
}
