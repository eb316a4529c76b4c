using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>A declaration with errors leaves the code that uses the class without any: the class has its members all the same.</summary>
[Feature("diagnostics")]
public sealed class OutlineTests
{
    private const string Decoding = """
        int[] prompt = [1, 2];
        float[] kept = new float[Model.VocabularySize / Model.Layers * (Model.ContextLength - 1)];
        using Model model = Model.Load("model.safetensors", new ModelOptions { Threads = 1 });
        using Model.Session session = model.CreateSession();
        System.ReadOnlySpan<float> logits = session.Prefill(prompt);
        logits = session.Decode(3);
        long bytes = Model.SessionBytes + Model.PackedWeightBytes + Model.ParameterCount + Model.MultiplyAddsPerToken + Model.ChunkLength + Model.DModel;
        """;

    private const string Encoding = """
        float[] output = new float[Model.OutputWidth + Model.TokenTypes];
        using Model model = Model.Load("model.safetensors");
        using Model.Session session = model.CreateSession();
        session.Encode([1, 2], output);
        """;

    private const string Translating = """
        using Model model = Model.Load("model.safetensors");
        using Model.Session session = model.CreateSession(sequences: 2);
        session.Encode([1, 2]);
        int count = GreedySearch.Generate(session, [0], new int[8], endToken: 1);
        long bytes = Model.SequenceBytes + Model.SourceLength + Model.SourceVocabularySize + Model.EncoderLayers;
        """;

    private const string Listening = """
        using Model model = Model.Load("model.safetensors");
        using Model.Session session = model.CreateSession(sequences: 1);
        session.Encode(new float[Model.MelBands * Model.SourceLength]);
        """;

    private const string Seeing = """
        using Model model = Model.Load("model.safetensors");
        using Model.Session session = model.CreateSession();
        session.Encode(new float[Model.ImageSize * Model.ImageSize * Model.Channels], new float[Model.OutputWidth]);
        """;

    private const string Attributes = """
        using Specializer;

        [Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64)]
        [Attention(Heads = 6)]
        [FeedForward(512, Activation.SwiGlu)]
        [Norm(NormKind.RootMeanSquare)]
        public sealed partial class Model;
        """;

    private const string ByFile = """
        using Specializer;

        [Transformer("small/config.json")]
        public sealed partial class Model;
        """;

    private static readonly Dictionary<string, string> s_uses = new()
    {
        [nameof(Decoding)] = Decoding,
        [nameof(Encoding)] = Encoding,
        [nameof(Translating)] = Translating,
        [nameof(Listening)] = Listening,
        [nameof(Seeing)] = Seeing,
    };

    [Theory]
    [InlineData("Heads = 6", "Heads = 7", nameof(Decoding))]
    [InlineData("Layers = 4", "Layers = 0", nameof(Decoding))]
    [InlineData("Layers = 4, ", "", nameof(Decoding))]
    [InlineData("[Attention(Heads = 6)]", "", nameof(Decoding))]
    [InlineData("Stack.Decoder", "Stack.Encoder", nameof(Encoding))]
    [InlineData("Stack.Decoder", "Stack.EncoderDecoder, EncoderLayers = -1", nameof(Translating))]
    [InlineData("partial class Model;", "partial class Model { private static int Tensors => 1; }", nameof(Decoding))]
    public void Of_attributes(string right, string wrong, string use) =>
        AssertNoErrors(GeneratorRun.Of(Project(Attributes.Replace(right, wrong), use)));

    [Theory]
    [InlineData("Heads = 6", "Heads = \"six\"", "CS0029")]
    [InlineData("[Attention(Heads = 6)]", "[Attention(Heads = 6)]\n[Attention(Heads = 6)]", "CS0579")]
    public void What_the_compiler_says_is_all_that_is_said(string right, string wrong, string id)
    {
        GeneratorRun run = GeneratorRun.Of(Project(Attributes.Replace(right, wrong), nameof(Decoding)));
        Assert.Equal([id], Errors(run).Select(static error => error.Id));
    }

    [Theory]
    [InlineData(false, LanguageVersion.Latest)]
    [InlineData(true, LanguageVersion.CSharp12)]
    [InlineData(true, LanguageVersion.CSharp11)]
    [InlineData(true, LanguageVersion.CSharp9)]
    public void Of_projects_that_cannot_have_the_kernels(bool allowUnsafe, LanguageVersion version)
    {
        // Neither unsafe code nor a new word of the language is in it.
        GeneratorRun run = GeneratorRun.Of(
            new ProjectOptions { AllowUnsafe = allowUnsafe, LanguageVersion = version },
            Attributes.Replace("Model;", "Model { }")
        );
        Assert.False(run.GeneratesAModel);
        AssertNoErrors(run);
    }

    [Theory]
    [InlineData("\"model_type\": \"llama\", \"hidden_size\": 96, \"num_attention_heads\": 7", nameof(Decoding))]
    [InlineData("\"model_type\": \"gpt2\", \"n_layer\": 0", nameof(Decoding))]
    [InlineData("\"model_type\": \"bert\", \"hidden_size\": -1", nameof(Encoding))]
    [InlineData("\"model_type\": \"t5\", \"d_model\": 64, \"num_heads\": 0", nameof(Translating))]
    [InlineData("\"model_type\": \"whisper\", \"d_model\": 64", nameof(Listening))]
    [InlineData("\"model_type\": \"vit\", \"hidden_size\": 64", nameof(Seeing))]
    [InlineData("\"model_type\": \"lama\"", nameof(Decoding))]
    [InlineData("\"model_type\"", nameof(Decoding))]
    public void Of_a_file(string fields, string use) =>
        AssertNoErrors(GeneratorRun.Of(Project(ByFile, use), new InMemoryText("/project/small/config.json", "{" + fields + "}")));

    [Theory]
    [InlineData("", nameof(Decoding))]
    [InlineData(", SourceLength = 8", nameof(Translating))]
    [InlineData(")]\n[Pooling(PoolingKind.Mean", nameof(Encoding))]
    public void Without_a_file_the_attributes_tell_the_kind(string arguments, string use) =>
        AssertNoErrors(GeneratorRun.Of(Project(ByFile.Replace(".json\"", ".json\"" + arguments), use)));

    [Fact]
    public void A_file_in_another_place_tells_the_kind() =>
        AssertNoErrors(
            GeneratorRun.Of(
                Project(ByFile, nameof(Seeing)),
                new InMemoryText("/project/models/other/config.json", "{ \"model_type\": \"vit\", \"hidden_size\": 64 }")
            )
        );

    [Fact]
    public void Known_constants_are_kept()
    {
        string text = GeneratorRun.Of(Attributes.Replace("Heads = 6", "Heads = 7")).Files.Values.Single();
        Assert.Contains("public const int DModel = 192;", text, StringComparison.Ordinal);
        Assert.Contains("public const int ContextLength = 64;", text, StringComparison.Ordinal);
        Assert.Contains(
            "Not known, since the declaration has errors.</summary>\n    public const long SessionBytes = 1;",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Running_it_says_what_is_wrong()
    {
        Type type = Assembly.Load(GeneratorRun.Of(Attributes.Replace("Heads = 6", "Heads = 7")).Emit()).GetType("Model")!;
        var exception = Assert.Throws<NotSupportedException>(() =>
            type.GetMethod("Load", [typeof(string), typeof(ModelOptions)])!
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, ["x", null], null)
        );
        Assert.Equal(
            "The declaration of 'Model' has errors, so its members are not generated. Fix the reported errors and rebuild.",
            exception.Message
        );
    }

    [Fact]
    public void An_unrelated_edit_recomputes_nothing()
    {
        CSharpCompilation project = TestProject.Compile(Attributes.Replace("Heads = 6", "Heads = 7"), "class Unrelated { }");
        GeneratorRun run = GeneratorRun.Of(project).Then(project.Edit(1, "class Unrelated { int number; }"));
        Assert.NotEmpty(run.Outputs());
        Assert.All(run.Outputs(), static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_fixed_declaration_is_generated()
    {
        CSharpCompilation project = TestProject.Compile(Attributes.Replace("Heads = 6", "Heads = 7"));
        Assert.True(GeneratorRun.Of(project).Then(project.Edit(0, Attributes)).GeneratesAModel);
    }

    private static CSharpCompilation Project(string declaration, string use) =>
        TestProject.Compile(
            declaration,
            $"using Specializer;\n\nstatic class Use\n{{\n    static void Run()\n    {{\n{s_uses[use]}\n    }}\n}}\n"
        );

    private static Diagnostic[] Errors(GeneratorRun run) =>
        [.. run.Output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];

    private static void AssertNoErrors(GeneratorRun run)
    {
        Assert.False(run.GeneratesAModel);
        Assert.Empty(Errors(run));
    }
}
