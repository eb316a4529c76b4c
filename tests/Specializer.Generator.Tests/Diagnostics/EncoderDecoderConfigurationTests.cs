using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Encoder-decoders declared by a config.json: an unsupported value is reported, with its field.</summary>
[Feature("configurations")]
[Feature("encoder-decoder")]
public sealed class EncoderDecoderConfigurationTests
{
    private const string T5 = """
        {
          "model_type": "t5",
          "vocab_size": 100,
          "d_model": 32,
          "d_kv": 8,
          "d_ff": 64,
          "num_layers": 1,
          "num_heads": 2
        }
        """;

    private const string Bart = """
        {
          "model_type": "bart",
          "vocab_size": 100,
          "d_model": 32,
          "max_position_embeddings": 40,
          "encoder_layers": 1,
          "encoder_attention_heads": 2,
          "encoder_ffn_dim": 64,
          "decoder_layers": 1,
          "decoder_attention_heads": 4,
          "decoder_ffn_dim": 48
        }
        """;

    [Theory]
    [InlineData(T5)]
    [InlineData(Bart)]
    public async Task What_is_supported_compiles_without_warnings(string configuration)
    {
        CSharpCompilation project = TestProject.Compile(Declaration(""));
        Assert.Empty(await Analysis.Of(project, File(configuration)));
        GeneratorRun run = GeneratorRun.Of(project, File(configuration));
        Assert.Contains(
            "global::Specializer.ISequenceToSequenceModel<global::Specializer.TokenInput>",
            run.Files["Model.Model.g.cs"],
            StringComparison.Ordinal
        );
        Assert.Empty(
            run.Output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity >= Microsoft.CodeAnalysis.DiagnosticSeverity.Warning)
        );
    }

    [Theory]
    [InlineData(
        T5,
        "\"d_kv\": 8",
        "\"feed_forward_proj\": \"gated-tanh\"",
        "",
        "\"feed_forward_proj\" is \"gated-tanh\", but must be one of relu, gelu, silu, gated-gelu, gated-relu, gated-silu"
    )]
    [InlineData(
        T5,
        "\"d_kv\": 8",
        "\"relative_attention_num_buckets\": 6",
        "",
        "\"relative_attention_num_buckets\" is 6: it must be a multiple of 4"
    )]
    [InlineData(
        Bart,
        "\"decoder_layers\": 1",
        "\"decoder_layers\": 1, \"normalize_before\": true",
        "",
        "\"normalize_before\" is true: norms before the blocks belong to mBART"
    )]
    [InlineData(
        Bart,
        "\"decoder_layers\": 1",
        "\"decoder_layers\": 1, \"tie_word_embeddings\": false",
        "",
        "\"tie_word_embeddings\" is false: untied logits"
    )]
    [InlineData(
        Bart,
        "\"decoder_layers\": 1",
        "\"decoder_layers\": 1",
        ", SourceLength = 41",
        "the encoder has learned 40 positions, fewer than the SourceLength of 41"
    )]
    [InlineData(
        Bart,
        "\"decoder_layers\": 1",
        "\"decoder_layers\": 1",
        ", ContextLength = 41",
        "the model has learned 40 positions, fewer than the ContextLength of 41"
    )]
    public async Task What_is_not(string configuration, string right, string wrong, string argument, string message)
    {
        CSharpCompilation project = TestProject.Compile(Declaration(argument));
        InMemoryText file = File(configuration.Replace(right, wrong));
        var diagnostics = await Analysis.Of(project, file);
        Assert.NotEmpty(diagnostics);
        Assert.All(
            diagnostics,
            diagnostic =>
                Assert.StartsWith(
                    "small/config.json: " + message,
                    diagnostic.GetMessage(CultureInfo.InvariantCulture),
                    StringComparison.Ordinal
                )
        );
        Assert.False(GeneratorRun.Of(project, file).GeneratesAModel);
    }

    [Fact]
    public async Task A_decoder_has_no_source()
    {
        CSharpCompilation project = TestProject.Compile(
            """
            using Specializer;

            [Transformer(Stack.Decoder, Layers = 1, DModel = 32, VocabularySize = 100, ContextLength = 16, SourceLength = 8)]
            [Attention(Heads = 2)]
            [RotaryPositions(Base = 10_000)]
            [FeedForward(64, Activation.SwiGlu)]
            [Norm(NormKind.RootMeanSquare)]
            partial class Model;
            """
        );
        var diagnostic = Assert.Single(await Analysis.Of(project));
        Assert.Contains("SourceLength", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Contains(
            "only an encoder-decoder has a source",
            diagnostic.GetMessage(CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
    }

    /// <summary>Neither attention nor its relative positions hold anything that grows with the square of a length.</summary>
    [Fact]
    public void Memory_grows_linearly()
    {
        long[] bytes =
        [
            .. new[] { 4096, 8192, 12_288 }.Select(static length =>
                Constant("SessionBytes", length) + Constant("PackedWeightBytes", length)
            ),
        ];
        Assert.True(bytes[0] < bytes[1]);
        Assert.Equal(bytes[1] - bytes[0], bytes[2] - bytes[1]);
    }

    private static long Constant(string name, int length)
    {
        string lengths = length.ToString(CultureInfo.InvariantCulture);
        CSharpCompilation project = TestProject.Compile(
            Declaration($", ContextLength = {lengths}, SourceLength = {lengths}, ChunkLength = 64")
        );
        string model = GeneratorRun.Of(project, File(T5)).Files["Model.Model.g.cs"];
        int start = model.IndexOf("const long " + name + " = ", StringComparison.Ordinal) + ("const long " + name + " = ").Length;
        return long.Parse(model.AsSpan(start, model.IndexOf(';', start) - start), CultureInfo.InvariantCulture);
    }

    private static string Declaration(string argument) =>
        $$"""
            using Specializer;

            [Transformer("small/config.json"{{argument}})]
            partial class Model;
            """;

    private static InMemoryText File(string text) => new("/models/small/config.json", text);
}
