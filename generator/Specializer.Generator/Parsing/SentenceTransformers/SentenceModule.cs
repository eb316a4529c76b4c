using System;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>An entry of a modules.json.</summary>
/// <param name="Kind">The last part of its type, such as "Pooling".</param>
/// <param name="Path">Its folder relative to that of the modules.json; empty for that folder itself.</param>
/// <param name="Entry">The entry, which receives its problems.</param>
internal sealed record SentenceModule(string Kind, string Path, ModelConfiguration Entry)
{
    /// <summary>
    /// The packages of the modules of sentence-transformers and of PyLate (one vector per token). Other types are custom code.
    /// </summary>
    private static readonly string[] s_packages = ["sentence_transformers.", "pylate.models."];

    /// <summary>Reads an entry; null if its type or path is invalid, which is then among its problems.</summary>
    public static SentenceModule? Read(ModelConfiguration entry)
    {
        string type = entry.Text("type"),
            path = entry.Text("path", "");
        entry.Require(
            type.Length == 0 || s_packages.Any(package => type.StartsWith(package, StringComparison.Ordinal)),
            "type",
            "a module of sentence-transformers; custom code is not supported"
        );

        // The name becomes part of tensor names and of the path they are loaded from.
        entry.Require(
            path.All(static letter => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '.')
                && path is not ("." or ".."),
            "path",
            "the name of a folder beside modules.json that consists of letters, digits, '_', '-' and '.'"
        );
        return entry.IsRight("type", "path") ? new SentenceModule(type.Substring(type.LastIndexOf('.') + 1), path, entry) : null;
    }
}
