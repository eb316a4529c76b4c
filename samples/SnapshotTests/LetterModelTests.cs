using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using VerifyTests;
using VerifyXunit;
using Xunit;

namespace SnapshotTests;

/// <summary>
/// Snapshots of the generated code for this project's model. The files beside this one show, in a pull request, the effect of a
/// new generator version or another option of the model.
/// </summary>
public sealed partial class LetterModelTests
{
    private static readonly string s_folder = typeof(LetterModelTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static entry => entry.Key == "GeneratedFiles")
        .Value!;

    /// <summary>The constants of the model, and its loading methods.</summary>
    [Fact]
    public Task Model() => Verifier.Verify(Generated("Model"));

    /// <summary>The tensors that the checkpoint must contain, and their packing.</summary>
    [Fact]
    public Task Weights() => Verifier.Verify(Generated("Weights"));

    /// <summary>The steps in order, with the memory layout and the names of the kernels.</summary>
    [Fact]
    public Task Session() => Verifier.Verify(Generated("Session"));

    /// <summary>The names of the kernels for each instruction set; the kernels themselves are too long.</summary>
    [Theory]
    [InlineData("Avx512")]
    [InlineData("Avx2")]
    [InlineData("Neon")]
    [InlineData("Portable")]
    public void EveryInstructionSetHasTheSameKernels(string set) =>
        Assert.Equal(Names(Generated("Session"), "static abstract void "), Names(Generated("Kernels." + set), "public static void "));

    private static string Generated(string part) =>
        File.ReadAllText(
            Directory.EnumerateFiles(s_folder, $"SnapshotTests.LetterModel.{part}.g.cs", SearchOption.AllDirectories).Single()
        );

    private static string[] Names(string text, string before) =>
        [.. Regex.Matches(text, Regex.Escape(before) + @"(\w+)\(").Select(static match => match.Groups[1].Value).Order()];

    [GeneratedRegex("""(GeneratedCode\("Specializer\.Generator", ")[^"]*("\))""")]
    private static partial Regex GeneratorVersion();

    internal static class Settings
    {
        /// <summary>A new version number must not change a snapshot.</summary>
        [ModuleInitializer]
        internal static void Initialize() =>
            VerifierSettings.ScrubLinesWithReplace(static line => GeneratorVersion().Replace(line, "$1VERSION$2"));
    }
}
