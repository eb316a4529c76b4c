using System.Threading.Tasks;
using Specializer.TestKit;
using VerifyXunit;
using Xunit;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>All files generated for two small architectures, which differ in every choice that a declaration has.</summary>
[Feature("snapshots")]
public sealed class GeneratedFilesTests
{
    [Fact]
    public Task Pronunciation() => Verifier.Verify(GeneratorRun.Of(Declarations.Pronunciation).Driver);

    /// <summary>The kernels of an encoder are those of a decoder; what its session does is not.</summary>
    [Fact]
    public Task EncoderSession() => Verifier.Verify(GeneratorRun.Of(Declarations.Encoder).Files["Samples.SentenceModel.Session.g.cs"]);

    [Fact]
    public Task OddSizes() => Verifier.Verify(GeneratorRun.Of(Declarations.OddSizes).Driver);
}
