using System;
using System.Collections.Generic;
using System.Linq;

namespace VerifyTests;

/// <summary>The part of Verify's settings that the tests use; see Verifier.cs.</summary>
internal static class VerifierSettings
{
    private static readonly List<Func<string, string?>> s_lineReplacements = [];

    /// <summary>Snapshots have no byte order mark. This seam never writes one.</summary>
    public static void UseUtf8NoBom() { }

    /// <summary>Verify finds the package for source generators by this. This seam has it built in.</summary>
    public static void InitializePlugins() { }

    /// <summary>Replaces what is not the same everywhere, line by line, before anything is compared; null leaves a line out.</summary>
    public static void ScrubLinesWithReplace(Func<string, string?> replaceLine) => s_lineReplacements.Add(replaceLine);

    /// <summary>The text as it is compared and written: line feeds only, every line replaced.</summary>
    internal static string Scrub(string text)
    {
        IEnumerable<string?> lines = text.ReplaceLineEndings("\n").Split('\n');
        foreach (Func<string, string?> replace in s_lineReplacements)
        {
            lines = lines.Select(line => line is null ? null : replace(line));
        }

        return string.Join('\n', lines.Where(static line => line is not null));
    }
}
