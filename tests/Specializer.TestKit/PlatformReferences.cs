using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Specializer.TestKit;

/// <summary>The references of a user's project, for compilations in memory: the class library of this process, and Specializer.</summary>
public static class PlatformReferences
{
    /// <summary>The files.</summary>
    public static ImmutableArray<string> Paths { get; } = [.. Find()];

    /// <summary>The same as the compiler takes them.</summary>
    public static ImmutableArray<MetadataReference> All { get; } = [.. Paths.Select(static path => MetadataReference.CreateFromFile(path))];

    // The process also loads the test assemblies; a user's project references only the assemblies beside the core library.
    private static IEnumerable<string> Find()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(TransformerAttribute).Assembly.Location);
    }
}
