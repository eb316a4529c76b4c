using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Specializer.Generated;
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

    /// <summary>The kernels of the model are in the files of each instruction set; the kernels themselves are too long.</summary>
    [Theory]
    [InlineData("Avx512")]
    [InlineData("Avx2")]
    [InlineData("Neon")]
    [InlineData("Portable")]
    public void EveryInstructionSetHasTheSameKernels(string set)
    {
        string kernels = string.Concat(
            Directory
                .EnumerateFiles(s_folder, $"Specializer.Generated.Kernels.*.{set}.g.cs", SearchOption.AllDirectories)
                .Select(File.ReadAllText)
        );
        Assert.NotEmpty(KernelTable.Of_SnapshotTests__LetterModel);
        Assert.All(
            KernelTable.Of_SnapshotTests__LetterModel,
            kernel => Assert.Contains($" {kernel.Name}(", kernels, StringComparison.Ordinal)
        );
    }

    private static string Generated(string part) =>
        File.ReadAllText(
            Directory.EnumerateFiles(s_folder, $"SnapshotTests.LetterModel.{part}.g.cs", SearchOption.AllDirectories).Single()
        );

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
