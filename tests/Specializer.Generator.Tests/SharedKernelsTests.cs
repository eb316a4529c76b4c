using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>Models of one compilation share their kernels; compilations that see each other's internals do not.</summary>
[Feature("kernels")]
public sealed class SharedKernelsTests
{
    private const string Reversed = "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Seer\")]\n";

    [Fact]
    public void An_app_and_its_tests_may_both_have_models()
    {
        string declaration = Declarations.Pronunciation;
        int end = declaration.IndexOf("namespace", StringComparison.Ordinal);
        byte[] app = GeneratorRun.Of(declaration.Insert(end, Reversed)).Emit();
        CSharpCompilation tests = TestProject
            .Compile(
                declaration.Replace("namespace Samples", "namespace Tests", StringComparison.Ordinal)
                    + "\ninternal static class Sees { public static System.Type Type => typeof(Samples.PronunciationModel); }"
            )
            .WithAssemblyName("Seer")
            .AddReferences(MetadataReference.CreateFromImage(app));
        Assert.NotEmpty(GeneratorRun.Of(tests).Emit());
    }

    /// <summary>Points and underscores of names are kept apart, and no model has the name of a kernel.</summary>
    [Fact]
    public void Models_with_similar_names_have_their_own_lists_of_kernels()
    {
        static string Declare(string @namespace, string name) =>
            Declarations
                .Pronunciation.Replace("namespace Samples;", @namespace, StringComparison.Ordinal)
                .Replace("PronunciationModel", name, StringComparison.Ordinal);
        GeneratorRun run = GeneratorRun.Of(
            Declare("namespace A;", "B_C"),
            Declare("namespace A_B;", "C"),
            Declare("namespace A_;", "B"),
            Declare("namespace A;", "_B"),
            Declare("", "ArgMaxOf117"),
            Declare("", "KernelTable")
        );
        Assert.Contains(" ArgMaxOf117 ", run.Files["Specializer.Generated.Kernels.g.cs"], StringComparison.Ordinal);
        Assert.NotEmpty(run.Emit());
    }

    [Fact]
    public void Ten_equal_models_are_little_more_text_than_one()
    {
        int one = Length(Declarations.Pronunciation),
            ten = Length([
                .. Enumerable
                    .Range(0, 10)
                    .Select(static i =>
                        Declarations.Pronunciation.Replace("PronunciationModel", "PronunciationModel" + i, StringComparison.Ordinal)
                    ),
            ]);
        Assert.InRange(ten, one, one * 14 / 10);
    }

    [Fact]
    public void Models_in_any_order_have_the_same_kernels()
    {
        string[] declarations = [Declarations.Pronunciation, Declarations.OddSizes, Declarations.Encoder];
        Assert.Equal(Kernels(declarations), Kernels([.. declarations.Reverse()]));
    }

    private static string[] Kernels(string[] declarations) =>
        [
            .. GeneratorRun
                .Of(declarations)
                .Files.Where(static file => file.Key.StartsWith("Specializer.Generated.", StringComparison.Ordinal))
                .OrderBy(static file => file.Key, StringComparer.Ordinal)
                .Select(static file => file.Key + file.Value),
        ];

    /// <summary>The characters of generated text, white space at the start of a line not counted.</summary>
    private static int Length(params string[] declarations) =>
        GeneratorRun.Of(declarations).Files.Values.Sum(static text => text.Split('\n').Sum(static line => line.TrimStart().Length));
}
