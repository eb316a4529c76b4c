using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>An attribute beside a config.json has the same effect as the same value in the file.</summary>
[Feature("configurations")]
public sealed class OverridesTests
{
    private const string Llama = """
        {
          "model_type": "llama", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256,
          "vocab_size": 300, "max_position_embeddings": 128, "tie_word_embeddings": false, "rope_theta": 10000, "rms_norm_eps": 1e-5
        }
        """;

    private const string Encoder = """
        {
          "model_type": "bert", "architectures": ["BertModel"], "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256,
          "vocab_size": 300, "max_position_embeddings": 128, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu"
        }
        """;

    [Theory]
    [InlineData("ContextLength = 64", "", "\"max_position_embeddings\": 128", "\"max_position_embeddings\": 64")]
    [InlineData("VocabularySize = 320", "", "\"vocab_size\": 300", "\"vocab_size\": 320")]
    [InlineData("TiedEmbeddings = true", "", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true")]
    [InlineData("", "[Norm(NormKind.RootMeanSquare, Epsilon = 1e-6f)]", "1e-5", "1e-6")]
    [InlineData("", "[RotaryPositions(Base = 500_000)]", "\"rope_theta\": 10000", "\"rope_theta\": 500000")]
    [InlineData(
        "",
        "[RotaryPositions(Scaling = FrequencyScaling.Linear, Factor = 4)]",
        "\"rope_theta\": 10000",
        "\"rope_theta\": 10000, \"rope_scaling\": { \"rope_type\": \"linear\", \"factor\": 4 }"
    )]
    [InlineData(
        "",
        "[RotaryPositions(Scaling = FrequencyScaling.Llama3, Factor = 8, OriginalContextLength = 64)]",
        "\"rope_theta\": 10000",
        "\"rope_theta\": 10000, \"rope_scaling\": { \"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 64 }"
    )]
    [InlineData(
        "ContextLength = 64, VocabularySize = 320",
        "[RotaryPositions(Base = 500_000)]\n[Norm(NormKind.RootMeanSquare)]",
        "\"vocab_size\": 300, \"max_position_embeddings\": 128, \"tie_word_embeddings\": false, \"rope_theta\": 10000",
        "\"vocab_size\": 320, \"max_position_embeddings\": 64, \"tie_word_embeddings\": false, \"rope_theta\": 500000"
    )]
    public async Task Of_a_LLaMA(string argument, string attributes, string field, string changed)
    {
        Assert.Contains(field, Llama, System.StringComparison.Ordinal);
        string overridden = Declaration(argument, attributes);
        Assert.Empty(await Analysis.Of(TestProject.Compile(overridden), File(Llama)));
        Assert.Equal(Architecture(Declaration("", ""), Llama.Replace(field, changed)), Architecture(overridden, Llama));
        Assert.NotEqual(Architecture(Declaration("", ""), Llama), Architecture(overridden, Llama));
    }

    /// <summary>Whatever the file's values, Base is rope_theta and WindowBase rope_local_base_freq.</summary>
    [Theory]
    [InlineData("Base = 500_000", "", 500_000, 10_000)]
    [InlineData("Base = 500_000", "\"rope_theta\": 10000,", 500_000, 10_000)]
    [InlineData("WindowBase = 20_000", "\"rope_theta\": 10000,", 10_000, 20_000)]
    [InlineData("Base = 500_000, WindowBase = 20_000", "", 500_000, 20_000)]
    public void Each_kind_of_layers_by_its_own_name(string arguments, string fields, double full, double sliding)
    {
        string gemma =
            $$"""{ "model_type": "gemma3_text", {{fields}} "num_hidden_layers": 6, "rope_scaling": { "rope_type": "linear", "factor": 8 } }""";
        TransformerArchitecture model = Architecture(Declaration("ContextLength = 64", $"[RotaryPositions({arguments})]"), gemma);
        RotaryPositions[] positions = [.. model.LayerKinds.Select(static kind => (RotaryPositions)kind.Attention.Positions)];
        Assert.Equal((sliding, full), (positions[0].Base, positions[1].Base));
        Assert.Equal([new NoScaling(), new LinearScaling(8)], positions.Select(static rotary => rotary.Scaling));
    }

    [Fact]
    public Task A_file_without_a_base_of_their_own() =>
        Refused(
            Llama,
            "",
            "[RotaryPositions(WindowBase = 20_000)]",
            "its layers with a window have no rotary positions of their own: remove WindowBase"
        );

    [Fact]
    public void Values_that_the_file_cannot_say()
    {
        TransformerArchitecture architecture = Architecture(
            Declaration("EmbeddingScale = 3.5f, LogitsSoftCap = 30", "[Attention(Scale = 0.5f, SoftCap = 50)]"),
            Llama
        );
        Assert.Equal(
            (3.5f, 30f, 0.5f, 50f),
            (architecture.Embeddings.Scale, architecture.Logits.SoftCap, architecture.Attention.Scale, architecture.Attention.SoftCap)
        );
    }

    [Fact]
    public void Of_an_encoder() =>
        Assert.Equal(
            Architecture(Declaration("", ""), Encoder.Replace("1e-12", "1e-6").Replace("\"vocab_size\": 300", "\"vocab_size\": 320")),
            Architecture(Declaration("VocabularySize = 320", "[Norm(NormKind.Layer, Epsilon = 1e-6f)]"), Encoder)
        );

    [Theory]
    [InlineData("", "[Norm(NormKind.Layer)]", "it declares RMSNorm: write NormKind.RootMeanSquare")]
    [InlineData("SourceLength = 3", "", "SourceLength applies to encoder-decoders only: remove it")]
    public Task What_a_decoder_has_not(string argument, string attributes, string message) => Refused(Llama, argument, attributes, message);

    [Theory]
    [InlineData("TiedEmbeddings = true", "", "it declares an encoder, which has no logits: remove TiedEmbeddings and LogitsSoftCap")]
    [InlineData("", "[RotaryPositions(Base = 3)]", "it declares no rotary positions: remove [RotaryPositions]")]
    [InlineData("", "[Norm(NormKind.RootMeanSquare)]", "it declares LayerNorm: write NormKind.Layer")]
    [InlineData("ContextLength = 129", "", "the model has learned 128 positions, fewer than the ContextLength of 129")]
    public Task What_an_encoder_has_not(string argument, string attributes, string message) =>
        Refused(Encoder, argument, attributes, message);

    [Theory]
    [InlineData("Layers = 3", "", "Layers = 3")]
    [InlineData("", "[Attention(Heads = 3, Scale = 0.5f)]", "Heads = 3")]
    [InlineData("", "[Norm(NormKind.RootMeanSquare, UnitOffset = true)]", "UnitOffset = true")]
    [InlineData("", "[RotaryPositions(Pairing = RotaryPairing.Interleaved)]", "Pairing = RotaryPairing.Interleaved")]
    [InlineData("", "[SlidingWindow(16)]", "SlidingWindow(16)")]
    public async Task What_the_weights_fix_is_the_files_alone(string argument, string attributes, string pointedAt)
    {
        Diagnostic diagnostic = Assert.Single(await Analysis.Of(TestProject.Compile(Declaration(argument, attributes)), File(Llama)));
        Assert.Equal(("SPZ0014", pointedAt), (diagnostic.Id, diagnostic.PointedAt()));
    }

    [Theory]
    [InlineData("VocabularySize = 0", "", "SPZ0004")]
    [InlineData("EmbeddingScale = -1", "", "SPZ0004")]
    [InlineData("", "[Norm(NormKind.RootMeanSquare, Epsilon = -1)]", "SPZ0004")]
    [InlineData("", "[RotaryPositions(Scaling = FrequencyScaling.Linear, Factor = 0.5)]", "SPZ0004")]
    [InlineData("", "[RotaryPositions(Scaling = FrequencyScaling.Ntk, Factor = 2)]", "SPZ0015")]
    public async Task Values_out_of_range(string argument, string attributes, string id) =>
        Assert.Equal(id, Assert.Single(await Analysis.Of(TestProject.Compile(Declaration(argument, attributes)), File(Llama))).Id);

    private static async Task Refused(string configuration, string argument, string attributes, string message)
    {
        Diagnostic[] diagnostics = [.. await Analysis.Of(TestProject.Compile(Declaration(argument, attributes)), File(configuration))];
        Assert.All(
            diagnostics,
            diagnostic =>
                Assert.Equal(
                    "models/small/config.json: " + message,
                    diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)
                )
        );

        // At the attribute and in the file.
        Assert.Equal(2, diagnostics.Length);
    }

    private static string Declaration(string argument, string attributes) =>
        $"using Specializer;\n\n[Transformer(\"models/small/config.json\"{(argument.Length > 0 ? ", " : "")}{argument})]\n{attributes}\npartial class Model;\n";

    private static InMemoryText File(string text) => new("/project/models/small/config.json", text);

    private static TransformerArchitecture Architecture(string declaration, string configuration) =>
        GeneratorRun.Of(TestProject.Compile(declaration), File(configuration)).Declared();
}
