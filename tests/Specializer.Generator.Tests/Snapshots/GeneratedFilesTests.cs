using System;
using System.Linq;
using System.Threading.Tasks;
using Specializer.TestKit;
using VerifyXunit;
using Xunit;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>The files of models for small architectures, which differ in every choice that a declaration has; kernels have snapshots of their own.</summary>
[Feature("snapshots")]
public sealed class GeneratedFilesTests
{
    [Fact]
    public Task Pronunciation() => Verifier.Verify(Model(Declarations.Pronunciation));

    /// <summary>The kernels of an encoder are those of a decoder; what its session does is not.</summary>
    [Fact]
    public Task EncoderSession() => Verifier.Verify(GeneratorRun.Of(Declarations.Encoder).Files["Samples.SentenceModel.Session.g.cs"]);

    [Fact]
    public Task OddSizes() => Verifier.Verify(Model(Declarations.OddSizes));

    /// <summary>The facts about kernels, and the interface through which a session calls them.</summary>
    [Fact]
    public Task Kernels() => Verifier.Verify(GeneratorRun.Of(Declarations.Pronunciation).Files["Specializer.Generated.Kernels.g.cs"]);

    /// <summary>The files of the one model of a declaration, one after the other.</summary>
    private static string Model(string declaration) =>
        string.Join(
            "\n",
            GeneratorRun
                .Of(declaration)
                .Files.Where(static file => file.Key.StartsWith("Samples.", StringComparison.Ordinal))
                .OrderBy(static file => file.Key, StringComparer.Ordinal)
                .Select(static file => $"// {file.Key}\n{file.Value}")
        );
}
