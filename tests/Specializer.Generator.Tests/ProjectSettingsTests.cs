using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Tests.Diagnostics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>Generated code is the same program in a project that checks for overflow, is CLS-compliant or refers to the package by an alias.</summary>
[Feature("project-settings")]
public sealed class ProjectSettingsTests
{
    /// <summary>Models of every kind, whose config.json the benchmarks have.</summary>
    [Theory]
    [InlineData("whisper-tiny")]
    [InlineData("vit-tiny")]
    [InlineData("t5-small")]
    [InlineData("minilm-22M")]
    [InlineData("gpt2-124M")]
    public void Nothing_is_checked_for_overflow_in_a_model_of_a_file(string model)
    {
        InMemoryText file = new(
            $"/project/{model}/config.json",
            RepositoryFiles.Read("benchmarks", "Models", "Configurations", model, "config.json")
        );
        CSharpCompilation project = TestProject.Compile(
            new ProjectOptions { CheckOverflow = true },
            $"using Specializer;\n[Transformer(\"{model}/config.json\")]\npartial class Model;"
        );
        Assert.Empty(OverflowChecks.In(GeneratorRun.Of(project, file).Emit()));
    }

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public void Nothing_is_checked_for_overflow(string model)
    {
        string user = Declarations.Named(model) + "\npublic static class User { public static int Sum(int a, int b) => a + b; }";
        GeneratorRun run = GeneratorRun.Of(new ProjectOptions { CheckOverflow = true }, user);

        // The user's own code has the settings of the project.
        Assert.Equal(["User.Sum: add.ovf"], OverflowChecks.In(run.Emit()));
        Assert.DoesNotContain("unchecked\n", string.Concat(GeneratorRun.Of(user).Files.Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pronunciation", "IDecoderSession")]
    [InlineData("Encoder", "IEncoderSession<TokenInput>")]
    public void Assemblies_may_be_compliant_with_the_common_language_specification(string model, string session)
    {
        string declaration = Declarations.Named(model);
        string name = declaration[(declaration.LastIndexOf(' ') + 1)..].TrimEnd(';', '\n');
        Assert.NotEmpty(
            GeneratorRun
                .Of(
                    declaration + $"\npublic static class Api {{ public static {session} Of({name} model) => model.CreateSession(); }}",
                    "[assembly: System.CLSCompliant(true)]"
                )
                .Emit()
        );
    }

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public async Task The_runtime_may_have_an_alias(string model)
    {
        CSharpCompilation project = Aliased(Declarations.Named(model));
        Assert.Empty(await Analysis.Of(project));
        Assert.NotEmpty(GeneratorRun.Of(project).Emit());
    }

    /// <summary>Beside another assembly with the same namespace, which is global.</summary>
    [Fact]
    public void The_runtime_may_have_an_alias_beside_another_namespace_of_its_name()
    {
        CSharpCompilation project = Aliased(Declarations.Pronunciation);
        Assert.NotEmpty(
            GeneratorRun
                .Of(
                    project.AddSyntaxTrees(
                        CSharpSyntaxTree.ParseText("namespace Specializer { class TransformerModel; class WeightsSource; }")
                    )
                )
                .Emit()
        );
    }

    [Fact]
    public void An_outline_of_an_aliased_runtime_compiles()
    {
        GeneratorRun run = GeneratorRun.Of(Aliased(Declarations.Pronunciation.Replace("HeadDim = 32", "HeadDim = -32")));
        Assert.False(run.GeneratesAModel);
        Assert.NotEmpty(run.Emit());
    }

    [Fact]
    public async Task A_debug_build_is_reported()
    {
        CSharpCompilation project = TestProject.Compile(
            new ProjectOptions { Optimization = OptimizationLevel.Debug },
            Declarations.Pronunciation
        );
        Diagnostic diagnostic = Assert.Single(await Analysis.Of(project));
        Assert.Equal(
            ("SPZ0022", DiagnosticSeverity.Info, "PronunciationModel"),
            (diagnostic.Id, diagnostic.Severity, diagnostic.PointedAt())
        );
        Assert.Contains(
            "IsOptimized = false,",
            GeneratorRun.Of(project).Files["Samples.PronunciationModel.Model.g.cs"],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "IsOptimized",
            GeneratorRun.Of(Declarations.Pronunciation).Files["Samples.PronunciationModel.Model.g.cs"],
            StringComparison.Ordinal
        );
    }

    private static CSharpCompilation Aliased(string declaration)
    {
        string runtime = typeof(TransformerAttribute).Assembly.Location;
        IEnumerable<MetadataReference> references = PlatformReferences
            .Paths.Where(path => Path.GetFileName(path) != Path.GetFileName(runtime))
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .Append(MetadataReference.CreateFromFile(runtime).WithAliases(["spz"]));
        return TestProject
            .Compile(declaration.Replace("using Specializer;", "extern alias spz;\nusing spz::Specializer;"))
            .WithReferences(references);
    }
}
