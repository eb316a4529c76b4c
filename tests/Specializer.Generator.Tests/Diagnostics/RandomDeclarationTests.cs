using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Tests.Determinism;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Whatever is declared, either something is reported or code is generated that compiles; nothing ever throws.</summary>
[Feature("diagnostics")]
[Feature("fuzzer")]
public sealed class RandomDeclarationTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 200)]
    public async Task Wild_declarations_are_reported_or_generated(int series, int count)
    {
        int reported = await Report(
            Enumerable.Range(1000 * series, count).Select(static seed => new RandomDeclaration(seed, wild: true).Write("Wild"))
        );
        Assert.InRange(reported, count / 4, count - (count / 20));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    public async Task Combinations_of_options_are_reported_or_generated(int series, int count)
    {
        int reported = await Report(Enumerable.Range(1000 * series, count).Select(static seed => new RandomCombination(seed).Write()));
        Assert.InRange(reported, count / 4, count - (count / 20));
    }

    [Fact]
    public void Tame_declarations_compile()
    {
        string[] declarations = [.. Enumerable.Range(0, 6).Select(static i => new RandomDeclaration(i, wild: false).Write("Tame" + i))];
        GeneratorRun run = GeneratorRun.Of(declarations);
        Assert.InRange(Models(run), 4, 6);
        AssertCompiles(run);
    }

    [Fact]
    public void Largest_values_compile()
    {
        // Every one of them is at the edge of what is accepted.
        string[] transformers =
        [
            "Layers = 4194304, DModel = 8, VocabularySize = 4194304, ContextLength = 4194304, ChunkLength = 4194304, TiedEmbeddings = true",
            "Layers = 1, DModel = 4194304, VocabularySize = 511, ContextLength = 1",
            "Layers = 1, DModel = 1, VocabularySize = 1, ContextLength = 65536",
        ];
        string[] parts =
        [
            "[Attention(Heads = 8)]\n[FeedForward(4194304, Activation.SwiGlu, Bias = true)]",
            "[Attention(Heads = 1, HeadDim = 64)]\n[RotaryPositions]\n[FeedForward(1, Activation.Relu)]",
            "[Attention(Heads = 1024, KeyValueHeads = 1, HeadDim = 4080, OutputBias = true)]\n[RotaryPositions(RotaryDim = 4080)]\n[FeedForward(4194304, Activation.GeluTanh)]",
        ];
        string[] declarations =
        [
            .. transformers.Zip(
                parts,
                static (transformer, part) =>
                    $"using Specializer;\n[Transformer(Stack.Decoder, {transformer})]\n{part}\n[Norm(NormKind.Layer, Epsilon = 0)]\npublic sealed partial class "
            ),
        ];
        GeneratorRun run = GeneratorRun.Of([.. declarations.Select(static (declaration, i) => $"{declaration}Model{i};")]);
        Assert.Equal(declarations.Length, Models(run));
        AssertCompiles(run);
    }

    private static int Models(GeneratorRun run) =>
        run.Files.Keys.Count(static name => name.EndsWith(".Weights.g.cs", System.StringComparison.Ordinal));

    /// <summary>How many of them are reported; the others must be generated.</summary>
    private static async Task<int> Report(IEnumerable<string> declarations)
    {
        int reported = 0;
        foreach (string declaration in declarations)
        {
            CSharpCompilation compilation = TestProject.Compile(declaration);

            // A run fails the test if the generator throws, and an exception in the analyzer is a diagnostic of its own.
            GeneratorRun run = GeneratorRun.Of(compilation);
            bool isGenerated = run.GeneratesAModel;
            IReadOnlyList<Diagnostic> diagnostics = await Analysis.Of(compilation);
            Assert.All(
                diagnostics,
                diagnostic => Assert.True(diagnostic.Id.StartsWith("SPZ", System.StringComparison.Ordinal), $"{diagnostic}\n{declaration}")
            );
            Assert.True(
                isGenerated != diagnostics.Any(),
                $"Generated: {isGenerated}, reported: {string.Join('\n', diagnostics)}\n{declaration}"
            );

            // A reported diagnostic is not followed by other errors.
            Diagnostic[] errors =
            [
                .. isGenerated
                    ? []
                    : run.Output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
            ];
            Assert.True(errors.Length == 0, $"{string.Join('\n', errors.AsEnumerable())}\n{declaration}");
            reported += diagnostics.Any() ? 1 : 0;
        }

        return reported;
    }

    private static void AssertCompiles(GeneratorRun run)
    {
        Assert.All(
            MethodSize.Of(run.Emit()),
            static method =>
                Assert.True(
                    method.InstructionBytes <= MethodSizeTests.MostInstructionBytes && method.Locals <= MethodSizeTests.MostLocals,
                    method.ToString()
                )
        );
    }
}
