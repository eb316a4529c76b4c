using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Architecture;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Models declared by a config.json: problems are reported at the attribute and in the file's own line.</summary>
[Feature("configurations")]
public sealed class ConfigurationTests
{
    private const string Declaration = """
        using Specializer;

        [Transformer("small/config.json")]
        partial class Model;
        """;

    private const string Configuration = """
        {
          "model_type": "llama",
          "hidden_size": 96,
          "num_hidden_layers": 2,
          "num_attention_heads": 6,
          "intermediate_size": 256,
          "vocab_size": 300,
          "max_position_embeddings": 128
        }
        """;

    [Fact]
    public async Task A_valid_file_is_generated()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        Assert.Empty(await Analysis.Of(project, File(Configuration)));
        Assert.Contains(
            "public const int DModel = 96;",
            GeneratorRun.Of(project, File(Configuration)).Files["Model.Model.g.cs"],
            System.StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("./small/config.json")]
    [InlineData("../../models/small/config.json")]
    [InlineData("models\\\\small\\\\config.json")]
    public void Paths_are_compared_by_their_ends(string path) =>
        Assert.NotEmpty(
            GeneratorRun
                .Of(
                    TestProject.Compile(Declaration.Replace("small/config.json", path)),
                    new InMemoryText("/project/models/small/config.json", Configuration)
                )
                .Files
        );

    [Theory]
    [InlineData("", new[] { 4.0, 4, 4, 4, 4, 4, 4, 4 })]
    [InlineData(", ContextLength = 65", new[] { 4.0, 4, 4, 4, 4, 4, 4, 4 })]
    [InlineData(", ContextLength = 64", new[] { 1.0, 1, 1, 1, 1, 1, 1, 1 })]
    public void Sessions_within_the_original_context_turn_by_the_short_factors(string contextLength, double[] factors)
    {
        string configuration = Configuration.Replace(
            "\"vocab_size\": 300,",
            """
            "vocab_size": 300, "original_max_position_embeddings": 64,
            "rope_scaling": { "type": "longrope", "short_factor": [1, 1, 1, 1, 1, 1, 1, 1], "long_factor": [4, 4, 4, 4, 4, 4, 4, 4] },
            """
        );
        GeneratorRun run = GeneratorRun.Of(
            TestProject.Compile(Declaration.Replace("config.json\"", "config.json\"" + contextLength)),
            File(configuration)
        );
        var positions = (RotaryPositions)run.Declared().LayerKinds.Single().Attention.Positions;
        Assert.Equal(factors, ((LongScaling)positions.Scaling).Factors);

        // A longer context has both, by the length of a sequence.
        Assert.Equal(factors[0] == 4 ? 64 : 0, run.Declared().OriginalContextLength);
        Assert.Equal(factors[0] == 4, run.Files["Model.Weights.g.cs"].Contains("ShortRotaryTable", System.StringComparison.Ordinal));
        Assert.Empty(run.Output.GetDiagnostics().Where(static problem => problem.Severity > DiagnosticSeverity.Hidden));
    }

    [Theory]
    [InlineData("96", "-96", "\"hidden_size\" is -96, but must be an integer from 1 to 4194304")]
    [InlineData("96", "\"wide\"", "\"hidden_size\" is \"wide\", but must be an integer from 1 to 4194304")]
    [InlineData(
        "\"num_attention_heads\": 6",
        "\"num_attention_heads\": 7",
        "\"num_attention_heads\" is 7, but must be a divisor of the width 96"
    )]
    [InlineData("\"llama\"", "\"lama\"", "\"model_type\" is \"lama\", but must be one of albert, bart, bert, bloom, ")]
    [InlineData("\"vocab_size\": 300,", "\"vocab_size\": 300, \"vocab_size\": 301,", "the name \"vocab_size\" occurs twice")]
    [InlineData("300,", "300", "the file is not JSON: expected ',', found '\"'")]
    [InlineData("300", "NaN", "\"vocab_size\" is NaN, but must be an integer from 1 to 4194304")]
    [InlineData("300", "nan", "the file is not JSON: expected a value, found 'n'")]
    [InlineData(
        "300",
        "300, \"rope_scaling\": {\"rope_type\": \"proportional\"}",
        "\"rope_scaling.rope_type\" is \"proportional\", but must be one of default, linear, dynamic, llama3, yarn, longrope"
    )]
    [InlineData(
        "300",
        "300, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2, \"beta_fast\": 1}",
        "\"rope_scaling.beta_fast\" is 1, but must be more than \"beta_slow\", which is 1"
    )]
    public async Task What_is_wrong_in_the_file(string right, string wrong, string message)
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText file = File(Configuration.Replace(right, wrong));
        var diagnostics = await Analysis.Of(project, file);
        Assert.Equal(["SPZ0013", "SPZ0013"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.All(
            diagnostics,
            diagnostic =>
                Assert.StartsWith(
                    "small/config.json: " + message,
                    diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture),
                    System.StringComparison.Ordinal
                )
        );
        Assert.Equal("\"small/config.json\"", Assert.Single(diagnostics, static diagnostic => diagnostic.Location.IsInSource).PointedAt());
        Location inFile = Assert.Single(diagnostics, static diagnostic => !diagnostic.Location.IsInSource).Location;
        Assert.Equal(file.Path, inFile.GetLineSpan().Path);
        Assert.False(GeneratorRun.Of(project, file).GeneratesAModel);
    }

    /// <summary>BLOOM's configuration class gives the sizes of a toy to absent fields.</summary>
    [Fact]
    public async Task Fields_without_a_safe_default_are_missing()
    {
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration), File("""{ "model_type": "bloom", "vocab_size": 300 }"""));
        string[] messages =
        [
            .. diagnostics
                .Where(static diagnostic => diagnostic.Location.IsInSource)
                .Select(static diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(
            ["hidden_size", "n_head", "n_layer"],
            messages.Select(static message => message.Split('"')[1]).Order(System.StringComparer.Ordinal)
        );
        Assert.All(messages, static message => Assert.EndsWith("is missing", message, System.StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pooling_stands_in_the_place_of_an_encoders_head()
    {
        const string Bert = """
            {
              "model_type": "bert", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300
            }
            """;
        CSharpCompilation pooled = TestProject.Compile(
            Declaration.Replace("partial class", "[Pooling(PoolingKind.Mean, Normalize = true)]\npartial class")
        );
        Assert.Empty(await Analysis.Of(pooled, File(Bert)));
        var files = GeneratorRun.Of(pooled, File(Bert)).Files;
        Assert.Contains(
            "TKernels.PoolMean96Normalized(hidden, pooled, input.Length, worker, workers);",
            files["Model.Session.g.cs"],
            System.StringComparison.Ordinal
        );
        Assert.Contains("\"bert.pooler.dense.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
        Assert.DoesNotContain("new(\"bert.pooler.dense.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "PoolingKind.Last, Normalize = true",
        "TKernels.PoolLast96Normalized(hidden, pooled, input.Length, worker, workers);",
        true
    )]
    [InlineData("PoolingKind.WeightedMean", "TKernels.PoolWeightedMean96(hidden, pooled, input.Length, worker, workers);", true)]
    [InlineData("PoolingKind.None", "WriteOutput(Memory + HiddenOffset", false)]
    public async Task Pooling_beside_a_decoder_gives_the_states_of_its_body(string pooling, string call, bool oneForTheSequence)
    {
        CSharpCompilation pooled = TestProject.Compile(Declaration.Replace("partial class", $"[Pooling({pooling})]\npartial class"));
        Assert.Empty(await Analysis.Of(pooled, File(Configuration)));
        var files = GeneratorRun.Of(pooled, File(Configuration)).Files;
        Assert.Contains(
            "global::Specializer.IEncoderModel<global::Specializer.TokenInput>",
            files["Model.Model.g.cs"],
            System.StringComparison.Ordinal
        );
        Assert.Contains(
            "OutputPerToken = " + (oneForTheSequence ? "false" : "true"),
            files["Model.Model.g.cs"],
            System.StringComparison.Ordinal
        );
        Assert.Contains(call, files["Model.Session.g.cs"], System.StringComparison.Ordinal);
        Assert.Contains("// Final norm.", files["Model.Session.g.cs"], System.StringComparison.Ordinal);

        // The logits' tensor may be in the file, and is not read.
        Assert.Contains("\"lm_head.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
        Assert.DoesNotContain("new(\"lm_head.weight\"", files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\"BertModel\"",
        "\"BertForHolograms\"",
        "\"architectures\" names \"BertForHolograms\", which is not supported: this family is as BertModel, BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification"
    )]
    [InlineData(
        "\"absolute\"",
        "\"relative_key\"",
        "\"position_embedding_type\" is \"relative_key\": only absolute positions are supported for this family"
    )]
    [InlineData("\"is_decoder\": false", "\"is_decoder\": true", "\"is_decoder\" is true: this family is supported as an encoder only")]
    [InlineData(
        "\"bert\"",
        "\"albert\", \"inner_group_num\": 2",
        "\"architectures\" names \"BertModel\", which is not supported: this family is as AlbertModel"
    )]
    public async Task What_an_encoder_cannot_do(string right, string wrong, string message)
    {
        string file = """
            {
              "model_type": "bert", "architectures": ["BertModel"], "position_embedding_type": "absolute", "is_decoder": false,
              "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300
            }
            """.Replace(right, wrong);
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration), File(file));
        Assert.Contains(
            diagnostics.Where(static diagnostic => diagnostic.Location.IsInSource),
            diagnostic =>
                diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains(message, System.StringComparison.Ordinal)
        );
    }

    /// <summary>The tensors that each head reads, by the names of Hugging Face's classes.</summary>
    [Theory]
    [InlineData("bert", "BertModel", 96, "bert.pooler.dense.weight [96, 96]")]
    [InlineData(
        "bert",
        "BertForMaskedLM",
        300,
        "cls.predictions.transform.dense.weight [96, 96]; cls.predictions.transform.LayerNorm.weight [96]; cls.predictions.bias [300]"
    )]
    [InlineData(
        "bert",
        "BertForSequenceClassification",
        3,
        "bert.pooler.dense.weight [96, 96]; classifier.weight [3, 96]; classifier.bias [3]"
    )]
    [InlineData("bert", "BertForTokenClassification", 3, "classifier.weight [3, 96]; classifier.bias [3]")]
    [InlineData("roberta", "RobertaForMaskedLM", 300, "lm_head.dense.weight [96, 96]; lm_head.layer_norm.weight [96]; lm_head.bias [300]")]
    [InlineData(
        "roberta",
        "RobertaForSequenceClassification",
        3,
        "classifier.dense.weight [96, 96]; classifier.out_proj.weight [3, 96]; classifier.out_proj.bias [3]"
    )]
    [InlineData("distilbert", "DistilBertForSequenceClassification", 3, "pre_classifier.weight [96, 96]; classifier.weight [3, 96]")]
    [InlineData(
        "albert",
        "AlbertForMaskedLM",
        300,
        "predictions.dense.weight [24, 96]; predictions.LayerNorm.weight [24]; predictions.bias [300]"
    )]
    [InlineData("albert", "AlbertForSequenceClassification", 3, "albert.pooler.weight [96, 96]; classifier.weight [3, 96]")]
    public void Heads_of_encoders(string family, string name, int outputs, string tensors)
    {
        string own = family switch
        {
            "distilbert" => "\"dim\": 96, \"n_layers\": 2, \"n_heads\": 6, \"hidden_dim\": 256",
            _ => "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 256"
                + (family == "albert" ? ", \"embedding_size\": 24" : ""),
        };
        string file = $$"""{ "model_type": "{{family}}", "architectures": ["{{name}}"], "num_labels": 3, "vocab_size": 300, {{own}} }""";
        var files = GeneratorRun.Of(TestProject.Compile(Declaration), File(file)).Files;
        Assert.Contains($"public const int OutputWidth = {outputs};", files["Model.Model.g.cs"], System.StringComparison.Ordinal);
        foreach (
            string tensor in tensors
                .Split("; ")
                .Append(
                    family
                        + "."
                        + (
                            family == "distilbert" || family == "albert"
                                ? "embeddings.LayerNorm.bias"
                                : "encoder.layer.{layer}.output.LayerNorm.bias"
                        )
                )
        )
        {
            string[] parts = tensor.Split(' ', 2);
            string row = parts.Length == 2 ? $"new(\"{parts[0]}\", 0, {parts[1]})" : $"new(\"{parts[0]}\", ";
            Assert.Contains(row, files["Model.Weights.g.cs"], System.StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_files_own_line_is_named()
    {
        var diagnostics = await Analysis.Of(TestProject.Compile(Declaration), File(Configuration.Replace("256", "0")));
        Assert.Equal(
            5,
            Assert.Single(diagnostics, static diagnostic => !diagnostic.Location.IsInSource).Location.GetLineSpan().StartLinePosition.Line
        );
    }

    [Theory]
    [InlineData(
        "/project/other/config.json",
        "only 'other/config.json' exists: write that path, or add <AdditionalFiles Include=\"small/config.json\" /> to the project file"
    )]
    [InlineData(
        "/project/verysmall/config.json",
        "only 'verysmall/config.json' exists: write that path, or add <AdditionalFiles Include=\"small/config.json\" /> to the project file"
    )]
    [InlineData(
        "/project/small/package.json",
        "none does: add <AdditionalFiles Include=\"small/config.json\" /> to the project file, or write more of the path"
    )]
    public async Task A_missing_file(string path, string found)
    {
        var diagnostic = Assert.Single(await Analysis.Of(TestProject.Compile(Declaration), new InMemoryText(path, Configuration)));
        Assert.Equal("SPZ0012", diagnostic.Id);
        Assert.Contains(
            $"'small/config.json', but {found}",
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture),
            System.StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_files_that_end_alike()
    {
        var diagnostic = Assert.Single(
            await Analysis.Of(
                TestProject.Compile(Declaration),
                new InMemoryText("/a/small/config.json", Configuration),
                new InMemoryText("/b/small/config.json", Configuration)
            )
        );
        Assert.Equal("SPZ0012", diagnostic.Id);
    }

    /// <summary>A build copies what a project includes to its bin and obj; **/config.json then finds both.</summary>
    [Theory]
    [InlineData("/project/small/config.json")]
    [InlineData("/project/small//config.json")]
    [InlineData("/project/bin/Release/net10.0/small/config.json")]
    [InlineData("/project/obj/copies/small/config.json")]
    public async Task The_same_file_again_or_its_copy_in_a_builds_output(string copy)
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText original = new("/project/small/config.json", Configuration);
        Assert.Empty(await Analysis.Of(project, new InMemoryText(copy, Configuration), original));
        Assert.True(GeneratorRun.Of(project, original, new InMemoryText(copy, Configuration)).GeneratesAModel);
    }

    /// <summary>A model in a folder called bin, and nowhere else, is found.</summary>
    [Fact]
    public async Task A_folder_called_bin_is_like_any_other()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        Assert.Empty(await Analysis.Of(project, new InMemoryText("/project/bin/small/config.json", Configuration)));
        var diagnostic = Assert.Single(
            await Analysis.Of(
                project,
                new InMemoryText("/a/small/config.json", Configuration),
                new InMemoryText("/b/bin/small/config.json", Configuration)
            )
        );
        Assert.Equal("SPZ0012", diagnostic.Id);
    }

    [Fact]
    public async Task The_advised_item_is_written_as_MSBuild_reads_it()
    {
        var diagnostic = Assert.Single(await Analysis.Of(TestProject.Compile(Declaration.Replace("small/", "it's 100%25;a&b/"))));
        Assert.Contains(
            "<AdditionalFiles Include=\"it%27s 100%2525%3Ba&amp;b/config.json\" />",
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture),
            System.StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Parts_beside_the_file()
    {
        var diagnostics = await Analysis.Of(
            TestProject.Compile(Declaration.Replace("json\")]", "json\", DModel = 96)]\n[FeedForward(96, Activation.Relu)]")),
            File(Configuration)
        );
        Assert.Equal(["SPZ0014", "SPZ0014"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.Equal(["DModel = 96", "FeedForward(96, Activation.Relu)"], diagnostics.Select(static diagnostic => diagnostic.PointedAt()));
    }

    [Fact]
    public void Another_file_recomputes_no_plan()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText unrelated = new("/project/unrelated.json", "{}");
        GeneratorRun run = GeneratorRun
            .Of(project, File(Configuration), unrelated)
            .Then(project, unrelated, new InMemoryText(unrelated.Path, "{ }"));
        Assert.All(run.Step(TrackingNames.Plans), static output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
        Assert.All(run.Outputs(), static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_changed_field_is_generated_anew()
    {
        CSharpCompilation project = TestProject.Compile(Declaration);
        InMemoryText before = File(Configuration),
            after = File(Configuration.Replace("300", "301"));
        GeneratorRun run = GeneratorRun.Of(project, before).Then(project, before, after);
        Assert.Contains("public const int VocabularySize = 301;", run.Files["Model.Model.g.cs"], System.StringComparison.Ordinal);
    }

    private static InMemoryText File(string text) => new("/project/small/config.json", text);
}
