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
/// What the generator writes for this project's model, as it was last reviewed. A new version of the generator, or another
/// option of the model, shows in a pull request as a change of the files beside this one.
/// </summary>
public sealed partial class LetterModelTests
{
    private static readonly string s_folder = typeof(LetterModelTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static entry => entry.Key == "GeneratedFiles")
        .Value!;

    /// <summary>The facts of the model, and how it is loaded.</summary>
    [Fact]
    public Task Model() => Verifier.Verify(Generated("Model"));

    /// <summary>The tensors that its checkpoint must hold, and how they are packed.</summary>
    [Fact]
    public Task Weights() => Verifier.Verify(Generated("Weights"));

    /// <summary>The steps, in order, with the layout of the memory and the kernels' names.</summary>
    [Fact]
    public Task Session() => Verifier.Verify(Generated("Session"));

    /// <summary>Of the kernels, which are long, only what is there for each instruction set.</summary>
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
        /// <summary>A release is no reason to touch a snapshot.</summary>
        [ModuleInitializer]
        internal static void Initialize() =>
            VerifierSettings.ScrubLinesWithReplace(static line => GeneratorVersion().Replace(line, "$1VERSION$2"));
    }
}
