using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Incrementality;

/// <summary>The steps that an edit recomputes and, above all, those that it does not.</summary>
[Feature("incrementality")]
public sealed class CacheTests
{
    private const string Unrelated = "internal static class Unrelated { public static int Number() => 1; }";

    private readonly CSharpCompilation _compilation = TestProject.Compile(Declarations.Pronunciation, Unrelated);

    [Fact]
    public void The_generator_names_its_steps() =>
        Assert.True(TrackedSteps.Names.Count >= 2, "TrackingNames has fewer constants than the generator has steps.");

    [Fact]
    public void Same_compilation_again() => AssertNothingRecomputed(GeneratorRun.Of(_compilation).Then(_compilation));

    [Fact]
    public void Equal_compilation() => AssertNothingRecomputed(GeneratorRun.Of(_compilation).Then(_compilation.Clone()));

    [Fact]
    public void Unrelated_edit_in_another_file() => AssertNothingRecomputed(After(1, Unrelated.Replace("=> 1", "=> 2")));

    [Fact]
    public void New_file_with_another_class() =>
        AssertNothingRecomputed(
            GeneratorRun
                .Of(_compilation)
                .Then(
                    _compilation.AddSyntaxTrees(
                        CSharpSyntaxTree.ParseText(
                            "internal sealed class Another;",
                            (CSharpParseOptions)_compilation.SyntaxTrees[0].Options,
                            "Another.cs"
                        )
                    )
                )
        );

    [Fact]
    public void Comment_in_the_declarations_file() =>
        AssertNothingRecomputed(After(0, Declarations.Pronunciation.Replace("[Attention", "// Grouped-query attention.\n[Attention")));

    [Fact]
    public void Declaration_moves_down_its_file() => AssertNothingRecomputed(After(0, "\n\n" + Declarations.Pronunciation));

    [Fact]
    public void Same_value_spelt_differently() =>
        AssertNothingRecomputed(After(0, Declarations.Pronunciation.Replace("10_000", "1e4").Replace("DModel = 192", "DModel = 2 * 96")));

    [Fact]
    public void Member_of_the_users_part() =>
        AssertNothingRecomputed(
            After(0, Declarations.Pronunciation.Replace("PronunciationModel;", "PronunciationModel { public int Score => 1; }"))
        );

    [Fact]
    public void Second_model_leaves_the_first_alone()
    {
        GeneratorRun run = GeneratorRun.Of(_compilation).Then(_compilation.Edit(1, Declarations.OddSizes));
        Assert.Equal(
            [("OddSizesModel", IncrementalStepRunReason.New), ("PronunciationModel", IncrementalStepRunReason.Cached)],
            run.Step(TrackingNames.Plans)
                .Select(static output => (((PlannedModel)output.Value).Class.Name, output.Reason))
                .OrderBy(static output => output.Name)
        );
        Assert.Contains(IncrementalStepRunReason.Cached, run.Outputs());
        Assert.Contains(IncrementalStepRunReason.New, run.Outputs());
        Assert.Equal(2 * OfModels(GeneratorRun.Of(_compilation)), OfModels(run));
    }

    [Fact]
    public void Changed_option_of_one_model_leaves_the_other_alone()
    {
        CSharpCompilation two = _compilation.Edit(1, Declarations.OddSizes);
        GeneratorRun run = GeneratorRun.Of(two).Then(two.Edit(1, Declarations.OddSizes.Replace("FeedForward(100", "FeedForward(104")));
        Assert.Equal(
            [("OddSizesModel", IncrementalStepRunReason.Modified), ("PronunciationModel", IncrementalStepRunReason.Cached)],
            run.Step(TrackingNames.Plans)
                .Select(static output => (((PlannedModel)output.Value).Class.Name, output.Reason))
                .OrderBy(static output => output.Name)
        );
    }

    [Theory]
    [InlineData("Layers = 4", "Layers = 5")]
    [InlineData("Epsilon = 1e-5f", "Epsilon = 1e-6f")]
    [InlineData("Base = 10_000", "Base = 500_000")]
    [InlineData("TiedEmbeddings = true", "TiedEmbeddings = false")]
    [InlineData("Activation.SwiGlu", "Activation.GeGlu")]
    [InlineData("HeadDim = 32", "HeadDim = 32, Scale = 0.25f")]
    [InlineData("[RotaryPositions(Base = 10_000)]", "")]
    [InlineData("namespace Samples", "namespace Others")]
    public void Changed_option(string before, string after)
    {
        GeneratorRun run = After(0, Declarations.Pronunciation.Replace(before, after));
        // The additional files and the project's properties are no part of the change; kernels may be.
        Assert.All(
            [TrackingNames.Attributes, TrackingNames.Declarations, TrackingNames.Plans],
            name => Assert.Equal([IncrementalStepRunReason.Modified], run.Step(name).Select(static output => output.Reason))
        );
        Assert.Contains(IncrementalStepRunReason.Modified, run.Outputs());
        Assert.Equal(GeneratorRun.Of(Declarations.Pronunciation.Replace(before, after)).Files, run.Files);
    }

    /// <summary>A kernel of attention concerns its own family, that of its tiles, and that of the functions that it calls.</summary>
    [Theory]
    [InlineData("Layers = 4", "Layers = 5", 0)]
    [InlineData("Base = 10_000", "Base = 500_000", 0)]
    [InlineData("Epsilon = 1e-5f", "Epsilon = 1e-6f", 1)]
    [InlineData("HeadDim = 32", "HeadDim = 32, Scale = 0.25f", 3)]
    public void Only_families_whose_kernels_change_are_printed(string before, string after, int families)
    {
        GeneratorRun run = After(0, Declarations.Pronunciation.Replace(before, after));
        Assert.Equal(families, run.Step(TrackingNames.Families).Count(static output => output.Reason == IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void Model_that_becomes_invalid_takes_its_files_along()
    {
        GeneratorRun run = After(0, Declarations.Pronunciation.Replace("Heads = 6", "Heads = 0"));
        Assert.Equal(["Samples.PronunciationModel.Model.g.cs"], run.Files.Keys);
        Assert.Equal(GeneratorRun.Of(_compilation).Files, run.Then(_compilation).Files);
    }

    [Fact]
    public void Equal_declarations_give_equal_models()
    {
        Assert.All(
            TrackedSteps.Names.Where(static name => name != TrackingNames.Families),
            name =>
            {
                object first = GeneratorRun.Of(Declarations.OddSizes).Step(name).Single().Value;
                object second = GeneratorRun.Of(Declarations.OddSizes).Step(name).Single().Value;
                Assert.NotSame(first, second);
                Assert.Equal(first, second);
                Assert.Equal(first.GetHashCode(), second.GetHashCode());
            }
        );
    }

    private static int OfModels(GeneratorRun run) =>
        run.Files.Keys.Count(static name => name.StartsWith("Samples.", System.StringComparison.Ordinal));

    private GeneratorRun After(int file, string text)
    {
        GeneratorRun before = GeneratorRun.Of(_compilation);
        Assert.NotEmpty(before.Files);
        return before.Then(_compilation.Edit(file, text));
    }

    private static void AssertNothingRecomputed(GeneratorRun run)
    {
        IncrementalStepRunReason[] allowed = [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];
        Assert.All(
            TrackedSteps.Names,
            name =>
            {
                Assert.NotEmpty(run.Step(name));
                Assert.All(run.Step(name), output => Assert.Contains(output.Reason, allowed));
            }
        );
        Assert.NotEmpty(run.Outputs());
        Assert.All(run.Outputs(), static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.NotEmpty(run.Files);
    }
}
