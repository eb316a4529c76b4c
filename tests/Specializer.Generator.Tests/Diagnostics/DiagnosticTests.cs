using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>The exact message of each mistake, and its location.</summary>
[Feature("diagnostics")]
public sealed partial class DiagnosticTests
{
    private const string Largest = "4194304";

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public async Task Nothing_for_a_valid_declaration(string model)
    {
        string declaration = Declarations.Named(model);
        Assert.Empty(await Analysis.Of(declaration));

        // Nor when the class is already completed, as the analyzer sees it in the editor and in the build.
        Assert.Empty(await Analysis.Of(GeneratorRun.Of(declaration).Output));
    }

    [Theory]
    [InlineData(
        "Mask = AttentionMask.Full",
        "Mask = AttentionMask.Prefix",
        "Stack.Encoder and AttentionMask.Prefix are mutually exclusive: an encoder attends to the whole sequence; set Mask = AttentionMask.Full"
    )]
    [InlineData(
        "ContextLength = 48",
        "ContextLength = 48, TiedEmbeddings = true",
        "Stack.Encoder and TiedEmbeddings are mutually exclusive: an encoder has no logits; remove TiedEmbeddings"
    )]
    [InlineData(
        "PoolingKind.Mean",
        "PoolingKind.None, Normalize = true",
        "PoolingKind.None and Normalize are mutually exclusive: only a pooled state can be normalized; choose a pooling or remove Normalize"
    )]
    public Task Spz0015_OptionsOfAnEncoder(string good, string bad, string message) =>
        Expect(
            Declarations.Encoder.Replace(good, bad),
            ("SPZ0015", bad[(bad.LastIndexOf(", ", StringComparison.Ordinal) is var at && at < 0 ? 0 : at + 2)..], message)
        );

    [Theory]
    [InlineData(
        "Mask = AttentionMask.Causal",
        "Mask = AttentionMask.Full",
        "Mask = AttentionMask.Full",
        "Stack.Decoder and AttentionMask.Full are mutually exclusive: a decoder predicts each token from the tokens before it; remove Mask"
    )]
    [InlineData(
        "public sealed",
        "[Pooling(PoolingKind.Last)]\npublic sealed",
        "Pooling(PoolingKind.Last)",
        "Stack.Decoder and Pooling are mutually exclusive: a decoder returns logits; remove [Pooling], or declare Stack.Encoder with Mask = AttentionMask.Causal"
    )]
    public Task Spz0015_OptionsOfADecoder(string good, string bad, string pointedAt, string message) =>
        Expect(Declarations.Pronunciation.Replace(good, bad), ("SPZ0015", pointedAt, message));

    [Fact]
    public Task Spz0018_WindowBeyondContext() =>
        Expect(
            Declarations.Pronunciation.Replace("public sealed", "[SlidingWindow(65)]\npublic sealed"),
            (
                "SPZ0018",
                "65",
                "A window of 65 positions is larger than the context of 64 and has no effect: raise ContextLength or reduce the window"
            )
        );

    [Theory]
    [InlineData("Attention", "the heads and their width")]
    [InlineData("FeedForward", "the inner width and the activation")]
    [InlineData("Norm", "the kind of the norms")]
    public Task Spz0003_MissingPart(string part, string meaning) =>
        Expect(
            Without(part),
            ("SPZ0003", "PronunciationModel", $"'PronunciationModel' has no [{part}] attribute: add it to declare {meaning}")
        );

    [Fact]
    public Task Spz0003_PartsWithoutTransformer() =>
        Expect(
            Without("Transformer"),
            (
                "SPZ0003",
                "Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32, Mask = AttentionMask.Causal)",
                "'PronunciationModel' has no [Transformer] attribute: add it to declare the stack and its dimensions"
            )
        );

    [Theory]
    [InlineData("Layers = 4", "Layers = 0", "Layers is 0, but must be 1 to " + Largest)]
    [InlineData("Layers = 4", "Layers = -3", "Layers is -3, but must be 1 to " + Largest)]
    [InlineData("DModel = 192", "DModel = 2_000_000_000", "DModel is 2000000000, but must be 1 to " + Largest)]
    [InlineData("VocabularySize = 117", "VocabularySize = int.MaxValue", "VocabularySize is 2147483647, but must be 1 to " + Largest)]
    [InlineData("ContextLength = 64", "ContextLength = int.MinValue", "ContextLength is -2147483648, but must be 1 to " + Largest)]
    [InlineData(
        "ContextLength = 64",
        "ChunkLength = -1",
        "ChunkLength is -1, but must be 0 (the default) to " + Largest,
        ", ContextLength = 64"
    )]
    [InlineData("Stack.Decoder", "(Stack)3", "The stack is 3, but must be a value of Stack")]
    [InlineData("Heads = 6", "Heads = 0", "Heads is 0, but must be 1 to " + Largest)]
    [InlineData("KeyValueHeads = 2", "KeyValueHeads = -2", "KeyValueHeads is -2, but must be 0 (the default) to " + Largest)]
    [InlineData("HeadDim = 32", "HeadDim = 4098", "HeadDim is 4098, but must be 0 (the default) to 4096")]
    [InlineData("Mask = AttentionMask.Causal", "Mask = (AttentionMask)(-1)", "Mask is -1, but must be a value of AttentionMask")]
    [InlineData("Mask = AttentionMask.Causal", "Scale = -0.1f", "Scale is -0.1, but must be a positive number, or 0 for 1/√HeadDim")]
    [InlineData("Mask = AttentionMask.Causal", "Scale = float.NaN", "Scale is NaN, but must be a positive number, or 0 for 1/√HeadDim")]
    [InlineData(
        "Mask = AttentionMask.Causal",
        "Scale = float.PositiveInfinity",
        "Scale is Infinity, but must be a positive number, or 0 for 1/√HeadDim"
    )]
    [InlineData("Base = 10_000", "Base = 0", "Base is 0, but must be a number from 1 to 1e15")]
    [InlineData("Base = 10_000", "Base = double.NaN", "Base is NaN, but must be a number from 1 to 1e15")]
    [InlineData("Base = 10_000", "Base = double.PositiveInfinity", "Base is Infinity, but must be a number from 1 to 1e15")]
    [InlineData("Base = 10_000", "Pairing = (RotaryPairing)2", "Pairing is 2, but must be a value of RotaryPairing")]
    [InlineData("Base = 10_000", "RotaryDim = -8", "RotaryDim is -8, but must be 0 (the default) to " + Largest)]
    [InlineData("512", "0", "The inner width is 0, but must be 1 to " + Largest)]
    [InlineData("Activation.SwiGlu", "(Activation)99", "The activation is 99, but must be a value of Activation")]
    [InlineData(
        "512, Activation.SwiGlu",
        "width: -1",
        "The inner width is -1, but must be 1 to " + Largest,
        ", activation: Activation.Relu"
    )]
    [InlineData(
        "512, Activation.SwiGlu",
        "activation: (Activation)(-1)",
        "The activation is -1, but must be a value of Activation",
        ", width: 512"
    )]
    [InlineData("NormKind.RootMeanSquare", "(NormKind)7", "The norm is 7, but must be a value of NormKind")]
    [InlineData("Epsilon = 1e-5f", "Epsilon = -1e-5f", "Epsilon is -1E-05, but must be 0 or a small positive number")]
    [InlineData("Epsilon = 1e-5f", "Epsilon = float.NaN", "Epsilon is NaN, but must be 0 or a small positive number")]
    public Task Spz0004_ValueOutOfRange(string good, string bad, string message, string behind = "") =>
        Expect(Declarations.Pronunciation.Replace(good, bad + behind), ("SPZ0004", bad, message));

    [Fact]
    public Task Spz0004_ValueNotGiven() =>
        Expect(
            Declarations.Pronunciation.Replace("Heads = 6, ", "").Replace(", Mask = AttentionMask.Causal", ""),
            ("SPZ0004", "Attention(KeyValueHeads = 2, HeadDim = 32)", $"Heads is not given, but must be 1 to {Largest}")
        );

    [Fact]
    public Task Spz0004_DerivedHeadTooWide() =>
        Expect(
            Declarations
                .Pronunciation.Replace("DModel = 192", "DModel = 8192")
                .Replace("Heads = 6, KeyValueHeads = 2, HeadDim = 32", "Heads = 1"),
            ("SPZ0004", "Heads = 1", "The head dimension, DModel / Heads, is 8192, but must be 1 to 4096")
        );

    [Theory]
    [InlineData(
        "Heads = 5",
        "DModel = 192 is not divisible by 5 heads: use a number of heads that divides it (such as 4 or 6), or set HeadDim"
    )]
    [InlineData(
        "Heads = 193",
        "DModel = 192 is not divisible by 193 heads: use a number of heads that divides it (such as 192), or set HeadDim"
    )]
    public Task Spz0005_HeadsDoNotDivideWidth(string heads, string message) =>
        Expect(Declarations.Pronunciation.Replace("Heads = 6, KeyValueHeads = 2, HeadDim = 32", heads), ("SPZ0005", heads, message));

    [Theory]
    [InlineData("KeyValueHeads = 4", "6 heads are not divisible by 4 key/value heads: set KeyValueHeads to one of 1, 2, 3, 6")]
    [InlineData("KeyValueHeads = 12", "6 heads are not divisible by 12 key/value heads: set KeyValueHeads to one of 1, 2, 3, 6")]
    public Task Spz0006_KeyValueHeadsDoNotDivideHeads(string heads, string message) =>
        Expect(Declarations.Pronunciation.Replace("KeyValueHeads = 2", heads), ("SPZ0006", heads, message));

    [Fact]
    public Task Spz0007_OddRotaryWidth() =>
        Expect(
            Declarations.OddSizes.Replace("RotaryDim = 8", "RotaryDim = 7"),
            ("SPZ0007", "RotaryDim = 7", "RotaryDim = 7 is odd, but rotary positions rotate pairs: use an even number")
        );

    [Fact]
    public Task Spz0007_OddHeadWidth() =>
        Expect(
            Declarations.Pronunciation.Replace("HeadDim = 32", "HeadDim = 33"),
            (
                "SPZ0007",
                "RotaryPositions(Base = 10_000)",
                "The head dimension = 33 is odd, but rotary positions rotate pairs: use an even number"
            )
        );

    [Theory]
    [InlineData("RotaryDim = 22", 22)]
    [InlineData("RotaryDim = 21", 21)]
    public Task Spz0008_RotaryWiderThanHead(string argument, int width) =>
        Expect(
            Declarations.OddSizes.Replace("RotaryDim = 8", argument),
            ("SPZ0008", argument, $"RotaryDim = {width} exceeds the head dimension of 20: use at most 20")
        );

    [Fact]
    public Task Spz0009_UnsafeBlocksNotAllowed() =>
        Expect(
            new ProjectOptions { AllowUnsafe = false },
            Declarations.Pronunciation,
            (
                "SPZ0009",
                "PronunciationModel",
                "The code generated for 'PronunciationModel' uses pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file"
            )
        );

    [Theory]
    [InlineData(LanguageVersion.CSharp12, "12.0")]
    [InlineData(LanguageVersion.CSharp11, "11.0")]
    [InlineData(LanguageVersion.CSharp10, "10.0")]
    public Task Spz0010_LanguageTooOld(LanguageVersion version, string text) =>
        Expect(
            new ProjectOptions { LanguageVersion = version },
            Declarations.Pronunciation.Replace("PronunciationModel;", "PronunciationModel { }"),
            (
                "SPZ0010",
                "PronunciationModel",
                $"The code generated for 'PronunciationModel' requires C# 13 or later, but the project uses C# {text}: raise <LangVersion> or remove it"
            )
        );

    [Theory]
    [InlineData(
        "VocabularySize = 117",
        "VocabularySize = 4_000_000",
        "The logits' matrix would have 4096000000 elements",
        "VocabularySize or DModel"
    )]
    [InlineData("512", "1_500_000", "The gate and up matrix would have 3072000000 elements", "the inner width or DModel")]
    [InlineData(
        "ContextLength = 64",
        "ContextLength = 4_194_304",
        "The key/value cache of a layer would have 4294967296 elements",
        "ContextLength"
    )]
    [InlineData(
        "Heads = 6, KeyValueHeads = 2, HeadDim = 256",
        "Heads = 2048, HeadDim = 512",
        "The query, key and value matrix would have 3221225472 elements",
        "DModel, Heads or HeadDim",
        "Heads = 2048"
    )]
    [InlineData(
        "Heads = 6, KeyValueHeads = 2, HeadDim = 256",
        "Heads = 4194304, HeadDim = 4096",
        "The queries, keys and values of a position would have 51539607552 elements",
        "Heads or HeadDim",
        "Heads = 4194304"
    )]
    public Task Spz0011_TooLarge(string good, string bad, string what, string advice, string? pointedAt = null)
    {
        string most = what.Contains("of a position", StringComparison.Ordinal) ? Largest : "2147483647";
        return Expect(
            Declarations.Pronunciation.Replace("DModel = 192", "DModel = 1024").Replace("HeadDim = 32", "HeadDim = 256").Replace(good, bad),
            ("SPZ0011", pointedAt ?? bad, $"{what}, which exceeds the limit of {most}: reduce {advice}")
        );
    }

    [Fact]
    public Task Every_mistake_is_reported_at_once() =>
        Expect(
            Declarations
                .Pronunciation.Replace("Layers = 4", "Layers = 0")
                .Replace("KeyValueHeads = 2", "KeyValueHeads = 4")
                .Replace("Base = 10_000", "Base = -1, RotaryDim = 7")
                .Replace("(512", "(-512")
                .Replace("Epsilon = 1e-5f", "Epsilon = -1f")
                .Replace("sealed partial", "sealed"),
            ("SPZ0004", "Layers = 0", null),
            ("SPZ0006", "KeyValueHeads = 4", null),
            ("SPZ0004", "Base = -1", null),
            ("SPZ0007", "RotaryDim = 7", null),
            ("SPZ0004", "-512", null),
            ("SPZ0004", "Epsilon = -1f", null),
            ("SPZ0001", "PronunciationModel", null)
        );

    [Fact]
    public async Task Diagnostic_points_at_the_part_of_the_class_that_has_the_attributes()
    {
        string other = "namespace Samples;\npartial class PronunciationModel;";
        Diagnostic diagnostic = Assert.Single(await Analysis.Of(other, Without("Norm")));
        Assert.Equal("File1.cs", diagnostic.Location.SourceTree!.FilePath);
        Assert.Equal("PronunciationModel", diagnostic.PointedAt());
    }

    [Theory]
    [InlineData("Heads = 6", "Heads = \"six\"")]
    [InlineData("Heads = 6", "Heads = Missing.Constant")]
    [InlineData("512, ", "")]
    [InlineData("Stack.Decoder, ", "")]
    [InlineData("NormKind.RootMeanSquare", "NormKind.Missing")]
    [InlineData("[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]", "[Norm(NormKind.Layer)] [Norm(NormKind.Layer)]")]
    [InlineData("sealed partial class PronunciationModel;", "partial struct PronunciationModel;")]
    [InlineData("sealed partial class PronunciationModel;", "partial interface PronunciationModel;")]
    [InlineData("sealed partial class PronunciationModel;", "enum PronunciationModel { }")]
    public async Task What_the_compiler_reports_is_not_reported_twice(string good, string bad)
    {
        string declaration = Declarations.Pronunciation.Replace(good, bad);
        Assert.Contains(
            TestProject.Compile(declaration).GetDiagnostics(),
            static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
        );
        Assert.Empty(await Analysis.Of(declaration));
        Assert.False(GeneratorRun.Of(declaration).GeneratesAModel);
    }

    [Fact]
    public void Transformer_written_twice_generates_no_model() =>
        Assert.False(
            GeneratorRun
                .Of(
                    Declarations.Pronunciation,
                    """
                    using Specializer;
                    namespace Samples;
                    [Transformer(Stack.Decoder, Layers = 1, DModel = 8, VocabularySize = 8, ContextLength = 8)]
                    partial class PronunciationModel;
                    """
                )
                .GeneratesAModel
        );

    [Fact]
    public async Task Nothing_for_classes_of_others() =>
        Assert.Empty(
            await Analysis.Of(
                """
                [Other.Transformer]
                [Other.Specializer.Transformer]
                public class Another;

                namespace Other
                {
                    public sealed class TransformerAttribute : System.Attribute;
                }

                namespace Other.Specializer
                {
                    public sealed class TransformerAttribute : System.Attribute;
                }
                """
            )
        );

    [Fact]
    public async Task Pragma_suppresses()
    {
        string declaration = Without("Norm").Replace("public sealed", "#pragma warning disable SPZ0003\npublic sealed");
        Assert.Empty(await Analysis.Of(declaration));
    }

    private static string Without(string part) =>
        string.Join('\n', Declarations.Pronunciation.Split('\n').Where(line => !line.StartsWith("[" + part, StringComparison.Ordinal)));

    private static string Nested(string container, string modifiers) =>
        Declarations
            .Pronunciation.Replace("[Transformer", container + "\n{\n[Transformer")
            .Replace("public sealed partial class", modifiers) + "\n}";

    private static Task Expect(string declaration, params (string Id, string PointedAt, string? Message)[] expected) =>
        Expect(new ProjectOptions(), declaration, expected);

    private static async Task Expect(
        ProjectOptions options,
        string declaration,
        params (string Id, string PointedAt, string? Message)[] expected
    )
    {
        CSharpCompilation compilation = TestProject.Compile(options, declaration);
        ImmutableArray<Diagnostic> diagnostics = await Analysis.Of(compilation);
        Assert.Equal(
            expected.Select(static one => (one.Id, one.PointedAt)),
            diagnostics.Select(static diagnostic => (diagnostic.Id, diagnostic.PointedAt()))
        );
        Assert.All(
            expected.Zip(diagnostics),
            static pair => Assert.Equal(pair.First.Message ?? pair.Second.GetMessage(), pair.Second.GetMessage())
        );
        Assert.All(diagnostics, static diagnostic => Assert.Equal(diagnostic.Descriptor.DefaultSeverity, diagnostic.Severity));
        Assert.Equal(
            diagnostics.Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
            !GeneratorRun.Of(compilation).GeneratesAModel
        );
    }
}
