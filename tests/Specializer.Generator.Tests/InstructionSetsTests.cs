using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>The property SpecializerInstructionSets: kernels for some instruction sets only.</summary>
[Feature("instruction-sets")]
public sealed class InstructionSetsTests
{
    private static readonly string s_weights = Path.Combine(RepositoryFiles.Root, "samples", "Pronounce", "Model", "model.safetensors");

    [Theory]
    [InlineData("", "Avx2, Avx512, Neon, Portable")]
    [InlineData("Portable,Neon,Avx2,Avx512", "Avx2, Avx512, Neon, Portable")]
    [InlineData("Avx512, avx2", "Avx2, Avx512, Portable")]
    [InlineData("Neon", "Neon, Portable")]
    [InlineData("Portable", "Portable")]
    public void Only_these_are_generated(string property, string sets)
    {
        const string Before = "Specializer.Generated.Kernels.Linear.",
            After = ".g.cs";
        GeneratorRunResult result = Run(property, out _);
        Assert.Equal(
            sets,
            string.Join(
                ", ",
                result
                    .GeneratedSources.Select(static source => source.HintName)
                    .Where(static name => name.StartsWith(Before, StringComparison.Ordinal))
                    .Select(static name => name[Before.Length..^After.Length])
                    .Order(StringComparer.Ordinal)
            )
        );
    }

    [Fact]
    public void All_spelled_out_is_the_same_as_nothing() =>
        Assert.Equal(
            Run("", out _).GeneratedSources.Select(static source => source.SourceText.ToString()),
            Run("Avx512,Avx2,Neon,Portable", out _).GeneratedSources.Select(static source => source.SourceText.ToString())
        );

    [Fact]
    public void The_model_runs_on_the_widest_that_is_there()
    {
        Run("Portable", out Compilation output);
        using var image = new MemoryStream();
        Assert.Empty(output.Emit(image).Diagnostics);
        MethodInfo load = Assembly
            .Load(image.ToArray())
            .GetType("Samples.PronunciationModel")!
            .GetMethod("Load", [typeof(string), typeof(ModelOptions)])!;
        using (var model = (IDecoderModel)load.Invoke(null, [s_weights, null])!)
        using (IDecoderSession session = model.CreateSession())
        {
            Assert.Equal(InstructionSet.Portable, ((TransformerModel)model).InstructionSet);
            Assert.Equal(117, session.Prefill([1, 2, 3]).Length);
        }

        var exception = Assert.Throws<PlatformNotSupportedException>(() =>
            load.Invoke(
                null,
                BindingFlags.DoNotWrapExceptions,
                null,
                [s_weights, new ModelOptions { InstructionSet = InstructionSet.Avx512 }],
                null
            )
        );
        Assert.Equal(
            "ModelOptions.InstructionSet requests Avx512, but the model was generated for Portable only. Add it to SpecializerInstructionSets in the project file, or leave the option out.",
            exception.Message
        );
    }

    private static GeneratorRunResult Run(string property, out Compilation output)
    {
        CSharpCompilation project = TestProject.Compile(Declarations.Pronunciation);
        return CSharpGeneratorDriver
            .Create(
                [new SpecializerGenerator().AsSourceGenerator()],
                parseOptions: (CSharpParseOptions)project.SyntaxTrees[0].Options,
                optionsProvider: new Properties(property)
            )
            .RunGeneratorsAndUpdateCompilation(project, out output, out _)
            .GetRunResult()
            .Results.Single();
    }

    /// <summary>A project with this property and no other.</summary>
    private sealed class Properties(string sets) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(sets);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Options(string sets) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
            {
                value = key == "build_property.SpecializerEmittedInstructionSets" ? sets : null;
                return value is not null;
            }
        }
    }
}
