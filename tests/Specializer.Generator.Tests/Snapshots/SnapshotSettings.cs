using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using VerifyTests;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>The settings of all snapshot tests, applied before the first one runs.</summary>
internal static partial class SnapshotSettings
{
    [ModuleInitializer]
    public static void Initialize()
    {
        VerifierSettings.InitializePlugins();
        VerifierSettings.UseUtf8NoBom();

        // A release is no reason to touch every snapshot.
        VerifierSettings.ScrubLinesWithReplace(static line => GeneratorVersion().Replace(line, "$1VERSION$2"));
    }

    [GeneratedRegex("""(GeneratedCode\("Specializer\.Generator", ")[^"]*("\))""")]
    private static partial Regex GeneratorVersion();
}
