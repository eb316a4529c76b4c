using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Specializer.Tool;

/// <summary>The references of a user's project: the class library of the running program, and Specializer.</summary>
internal static class PlatformReferences
{
    /// <summary>The files.</summary>
    public static ImmutableArray<string> Paths { get; } = [.. Find()];

    /// <summary>The files as metadata references.</summary>
    public static ImmutableArray<MetadataReference> All { get; } = [.. Paths.Select(static path => MetadataReference.CreateFromFile(path))];

    /// <summary>Finds the assemblies of the program that are beside the core library.</summary>
    private static IEnumerable<string> Find()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(TransformerAttribute).Assembly.Location);
    }
}
