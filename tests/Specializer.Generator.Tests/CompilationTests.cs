using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>Generated code compiles without a warning, however the user's project is compiled.</summary>
[Feature("compilation")]
public sealed class CompilationTests
{
    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public void Every_warning_is_on(string model) => Assert.NotEmpty(GeneratorRun.Assembly(Declarations.Named(model)));

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public void Oldest_language_version(string model) =>
        AssertClean(new ProjectOptions { LanguageVersion = LanguageVersion.CSharp13 }, Declarations.Named(model));

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public void Overflow_is_checked_and_documentation_required(string model) =>
        AssertClean(
            new ProjectOptions
            {
                CheckOverflow = true,
                Optimization = OptimizationLevel.Debug,
                Documentation = DocumentationMode.Diagnose,
            },
            Declarations.Named(model).Replace("[Transformer", "/// <summary>A model.</summary>\n[Transformer")
        );

    [Fact]
    public void Classes_of_one_name_in_several_places()
    {
        string nested = Declarations.Pronunciation[Declarations.Pronunciation.IndexOf('[')..].Replace("public sealed", "private");
        AssertClean(
            new ProjectOptions(),
            Declarations.Pronunciation.Replace("namespace Samples;", ""),
            $$"""
            using Specializer;

            namespace Samples.Others
            {
                public static partial class Models
                {
                    internal partial record struct Small
                    {
                        internal partial interface ISmaller
                        {
                            {{nested}}
                        }
                    }
                }
            }
            """
        );
    }

    [Fact]
    public void Parts_on_several_declarations_of_the_class()
    {
        string[] lines = Declarations.Pronunciation.Split('\n');
        string[] files = System.Array.ConvertAll(
            lines[4..^1],
            part => $"{lines[0]}\n{lines[2]}\n{part}\npartial class PronunciationModel;"
        );
        Assert.Equal(5, files.Length);
        Assert.Equal(GeneratorRun.Of(Declarations.Pronunciation).Files, GeneratorRun.Of(files).Files);
    }

    private static void AssertClean(ProjectOptions options, params string[] files)
    {
        GeneratorRun run = GeneratorRun.Of(options, files);
        Assert.NotEmpty(run.Files);
        run.Emit();
    }
}
