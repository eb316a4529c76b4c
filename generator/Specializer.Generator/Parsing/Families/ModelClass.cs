using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The transformers class that a checkpoint was saved from, as <c>architectures</c> names it.</summary>
internal static class ModelClass
{
    /// <summary>Returns the first class that the file names.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="otherwise">The class if the file names none.</param>
    public static string Name(ModelConfiguration configuration, string otherwise)
    {
        IReadOnlyList<JsonValue> names = configuration.Items("architectures");
        return names.Count == 0 ? otherwise
            : names[0].Kind == JsonKind.Text ? names[0].Text
            : "";
    }

    /// <summary>Reports a class that the family does not support.</summary>
    /// <returns>Whether the class is supported.</returns>
    public static bool Require(ModelConfiguration configuration, string name, IReadOnlyCollection<string> supported)
    {
        bool isSupported = supported.Contains(name, StringComparer.Ordinal);
        if (!isSupported && configuration.Find("architectures") is { } found && configuration.IsRight("architectures"))
        {
            configuration.Problems.Add(
                "architectures",
                $"\"architectures\" names {(name.Length == 0 ? "no class" : "\"" + name + "\"")}, which is not supported: this family is as {string.Join(", ", supported)}",
                found.Start,
                found.Length
            );
        }

        return isSupported;
    }
}
