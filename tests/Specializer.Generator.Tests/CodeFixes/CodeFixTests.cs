using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Specializer.CodeFixes;
using Specializer.Generator.Diagnostics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.CodeFixes;

/// <summary>Every suggested fix produces a valid declaration and leaves the rest of the file unchanged.</summary>
[Feature("code-fixes")]
public sealed class CodeFixTests
{
    private const string Configuration =
        """{ "model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 4, "num_hidden_layers": 2, "vocab_size": 100, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "hidden_act": "silu" }""";

    [Theory]
    [InlineData(
        "public sealed partial class PronunciationModel",
        "public sealed class PronunciationModel",
        "Make 'PronunciationModel' partial"
    )]
    [InlineData(
        "public sealed partial class PronunciationModel",
        "/// <summary>A model.</summary>\nclass PronunciationModel",
        "Make 'PronunciationModel' partial",
        "/// <summary>A model.</summary>\npartial class PronunciationModel"
    )]
    [InlineData("Heads = 6, KeyValueHeads = 2, HeadDim = 32", "Heads = 7 /* many */", "Write 'Heads = 6'", "Heads = 6 /* many */")]
    [InlineData("Heads = 6, KeyValueHeads = 2, HeadDim = 32", "Heads = 7", "Write 'Heads = 8'", "Heads = 8")]
    [InlineData("KeyValueHeads = 2", "KeyValueHeads = 4", "Write 'KeyValueHeads = 3'", "KeyValueHeads = 3")]
    [InlineData("KeyValueHeads = 2", "KeyValueHeads = 4", "Write 'KeyValueHeads = 6'", "KeyValueHeads = 6")]
    [InlineData("Base = 10_000", "RotaryDim = 7", "Write 'RotaryDim = 6'", "RotaryDim = 6")]
    [InlineData("Base = 10_000", "Base = 10_000, RotaryDim = 64", "Write 'RotaryDim = 32'", "Base = 10_000, RotaryDim = 32")]
    [InlineData(", Mask = AttentionMask.Causal", ", Mask = AttentionMask.Full", "Remove 'Mask = AttentionMask.Full'", "")]
    [InlineData("[FeedForward(", "[AlibiPositions]\n[FeedForward(", "Remove 'AlibiPositions'", "[FeedForward(")]
    [InlineData("[FeedForward(", "[Pooling(PoolingKind.Last), FeedForward(", "Remove 'Pooling(PoolingKind.Last)'", "[FeedForward(")]
    public Task Decoder(string good, string bad, string title, string? expected = null) =>
        AssertFixes(Declarations.Pronunciation.Replace(good, bad), title, Declarations.Pronunciation.Replace(good, expected ?? good));

    [Theory]
    [InlineData(
        "Mask = AttentionMask.Full, ",
        "Mask = AttentionMask.Prefix, ",
        "Write 'Mask = AttentionMask.Full'",
        "Mask = AttentionMask.Full, "
    )]
    [InlineData(
        "Mask = AttentionMask.Full, QueryKeyValueBias = true",
        "QueryKeyValueBias = true",
        "Write 'Mask = AttentionMask.Full'",
        "QueryKeyValueBias = true, Mask = AttentionMask.Full"
    )]
    [InlineData("ContextLength = 48", "ContextLength = 48, TiedEmbeddings = true", "Remove 'TiedEmbeddings = true'", "ContextLength = 48")]
    public Task Encoder(string good, string bad, string title, string expected) =>
        AssertFixes(Declarations.Encoder.Replace(good, bad), title, Declarations.Encoder.Replace(good, expected));

    [Fact]
    public Task Types_are_named_as_the_file_needs_them()
    {
        const string Bare = """
            [Specializer.Transformer(Specializer.Stack.Encoder, Layers = 2, DModel = 64, VocabularySize = 100, ContextLength = 48)]
            [Specializer.Attention(Heads = 4)]
            [Specializer.FeedForward(100, Specializer.Activation.Gelu)]
            [Specializer.Norm(Specializer.NormKind.Layer)]
            public sealed partial class Model;
            """;
        return AssertFixes(
            Bare,
            "Write 'Mask = AttentionMask.Full'",
            Bare.Replace("Heads = 4", "Heads = 4, Mask = Specializer.AttentionMask.Full")
        );
    }

    [Theory]
    [InlineData(
        "[Transformer(\"models/small/config.json\")]\n[AlibiPositions]",
        "Remove 'AlibiPositions'",
        "[Transformer(\"models/small/config.json\")]"
    )]
    [InlineData(
        "[Transformer(\"models/small/config.json\", DModel = 64, ContextLength = 32)]",
        "Remove 'DModel = 64'",
        "[Transformer(\"models/small/config.json\", ContextLength = 32)]"
    )]
    [InlineData(
        "[Transformer(\"models/smal/config.json\")]",
        "Write '\"models/small/config.json\"'",
        "[Transformer(\"models/small/config.json\")]"
    )]
    public Task Beside_a_configuration(string bad, string title, string expected)
    {
        const string Class = "using Specializer;\n\n[Transformer]\npublic sealed partial class Model;\n";
        return AssertFixes(
            Class.Replace("[Transformer]", bad),
            title,
            Class.Replace("[Transformer]", expected),
            new InMemoryText("/project/models/small/config.json", Configuration)
        );
    }

    [Fact]
    public async Task Unsafe_blocks()
    {
        using var project = new FixedProject(new ProjectOptions { AllowUnsafe = false }, Declarations.Pronunciation);
        Assert.True((await project.OptionsAfter("Allow unsafe blocks in 'Project'")).AllowUnsafe);
    }

    [Fact]
    public async Task Nothing_is_offered_where_there_is_no_obvious_way()
    {
        using var project = new FixedProject(new ProjectOptions(), Declarations.Pronunciation.Replace("Layers = 4", "Layers = 0"));
        Assert.Empty(await project.Offers());
    }

    /// <summary>The compiler loads the generator without an editor's assemblies, so it must not need them.</summary>
    [Fact]
    public void The_generator_knows_nothing_of_the_code_fixes()
    {
        Assert.DoesNotContain(
            typeof(SpecializerGenerator).Assembly.GetReferencedAssemblies(),
            static name => name.Name!.Contains("Workspaces") || name.Name.Contains("CodeFixes")
        );
        Assert.Contains(typeof(MakePartialCodeFix).Assembly.GetReferencedAssemblies(), static name => name.Name == "Specializer.Generator");
    }

    [Fact]
    public void Every_provider_is_exported_for_the_editor()
    {
        IEnumerable<System.Type> providers = typeof(MakePartialCodeFix)
            .Assembly.GetTypes()
            .Where(static type => typeof(CodeFixProvider).IsAssignableFrom(type));
        Assert.All(
            providers,
            static type => Assert.Equal([LanguageNames.CSharp], type.GetCustomAttribute<ExportCodeFixProviderAttribute>()!.Languages)
        );
        Assert.Equal(3, providers.Count());
    }

    private static async Task AssertFixes(string bad, string title, string expected, params AdditionalText[] files)
    {
        using var project = new FixedProject(new ProjectOptions(), bad, files);
        Assert.NotEmpty(await project.Diagnostics());
        await project.Apply(title);
        Assert.Equal(expected, await project.Text());
        Assert.Empty(await project.Diagnostics());
        Assert.NotEmpty(GeneratorRun.Of(await project.Compilation(), files).Files);
    }
}
