using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Tool;

namespace Specializer.Benchmarks;

/// <summary>A project with a number of models of 12 layers with different widths, and an unrelated file.</summary>
internal static class GeneratedProject
{
    public static CSharpCompilation Of(int models) =>
        CSharpCompilation.Create(
            "Project",
            Enumerable.Range(0, models).Select(static number => Parse(Model(number))).Append(Parse(Unrelated(0))),
            PlatformReferences.All,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );

    /// <summary>Returns the project after a keystroke in the unrelated file.</summary>
    public static CSharpCompilation AfterKeystroke(CSharpCompilation project, int number)
    {
        SyntaxTree last = project.SyntaxTrees[^1];
        return project.ReplaceSyntaxTree(last, Parse(Unrelated(number)));
    }

    public static GeneratorDriver Driver(ISourceGenerator generator) =>
        CSharpGeneratorDriver.Create(
            [generator],
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: false)
        );

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest));

    private static string Unrelated(int number) => FormattableString.Invariant($"class Unrelated {{ int Number() => {number}; }}");

    private static string Model(int number) =>
        FormattableString.Invariant(
            $"""
            using Specializer;

            namespace Models;

            [Transformer(Stack.Decoder, Layers = 12, DModel = {768 + (16 * number)}, VocabularySize = 32000, ContextLength = 1024)]
            [Attention(Heads = 12, KeyValueHeads = 4, HeadDim = 64)]
            [RotaryPositions]
            [FeedForward(2048, Activation.SwiGlu)]
            [Norm(NormKind.RootMeanSquare)]
            public sealed partial class Model{number};
            """
        );
}
