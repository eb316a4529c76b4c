using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

[Feature("tool-new")]
public sealed class NewTests
{
    [Theory]
    [InlineData("smol-lm-135m", "SmolLm135M")]
    [InlineData("SmolLM", "SmolLM")]
    [InlineData("bert_base.uncased", "BertBaseUncased")]
    [InlineData("7b", "Model7B")]
    [InlineData("---", "Model")]
    public void Names_of_classes(string folder, string name) => Assert.Equal(name, ClassNames.Of(folder));

    /// <summary>The result is a declaration that the generator completes.</summary>
    [Fact]
    public void The_class_is_generated()
    {
        using var folder = new TemporaryFolder();
        ToolRun run = ToolRun.Of(
            "new",
            InspectTests.Pronounce,
            "--name",
            "Speech",
            "--namespace",
            "My.App",
            "--output",
            folder["Speech.cs"],
            "--context-length",
            "48"
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("<TransformerModel Include=", run.Output, StringComparison.Ordinal);

        CSharpCompilation project = CSharpCompilation.Create(
            "Project",
            [CSharpSyntaxTree.ParseText(File.ReadAllText(folder["Speech.cs"]))],
            PlatformReferences.All,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        string configuration = Path.Combine(InspectTests.Pronounce, "config.json");
        GeneratorDriverRunResult result = CSharpGeneratorDriver
            .Create(new SpecializerGenerator())
            .AddAdditionalTexts([new InMemoryText(Path.GetFullPath(configuration), File.ReadAllText(configuration))])
            .RunGenerators(project)
            .GetRunResult();
        Assert.Contains(
            result.GeneratedTrees,
            static tree => tree.ToString().Contains("public const int ContextLength = 48;", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            project.AddSyntaxTrees(result.GeneratedTrees).GetDiagnostics(),
            static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
        );
    }

    [Fact]
    public void A_file_is_written_over_only_if_asked_to()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("Speech.cs", "mine");
        string[] arguments = ["new", InspectTests.Pronounce, "--output", path];
        Assert.Equal(
            (1, $"error: '{path}' already exists. Set another file with --output, or use --force to overwrite it.\n"),
            (ToolRun.Of(arguments).ExitCode, ToolRun.Of(arguments).Error)
        );
        Assert.Equal("mine", File.ReadAllText(path));
        Assert.Equal(0, ToolRun.Of([.. arguments, "--force"]).ExitCode);
        Assert.Contains("partial class Model;", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class", "My")]
    [InlineData("My Model", "My")]
    [InlineData("Model", "My.namespace")]
    public void Names_that_CSharp_does_not_take(string name, string space)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = ToolRun.Of("new", InspectTests.Pronounce, "--name", name, "--namespace", space, "--output", folder["X.cs"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not a valid C# name", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["X.cs"]));
    }
}
