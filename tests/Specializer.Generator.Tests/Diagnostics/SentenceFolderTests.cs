using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Architecture;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using Activation = Specializer.Generator.Architecture.Activation;

/// <summary>Folders as sentence-transformers saves them: their modules give the head, and what is wrong is reported in the file that has it.</summary>
[Feature("sentence-encoders")]
public sealed partial class SentenceFolderTests
{
    private const string Declaration = """
        using Specializer;

        [Transformer("mini/config.json")]
        partial class Model;
        """;

    private const string Bert = """
        { "model_type": "bert", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300 }
        """;

    private const string Llama = """
        { "model_type": "llama", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "intermediate_size": 256, "vocab_size": 300, "max_position_embeddings": 128 }
        """;

    private const string Pooling = """
        { "word_embedding_dimension": 96, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false }
        """;

    private const string Dense =
        """{ "in_features": 96, "out_features": 40, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh" }""";

    private const string SecondDense = """
        {
          "in_features": 40, "out_features": 24, "bias": false, "activation_function": "torch.nn.modules.linear.Identity",
          "module_input_name": "sentence_embedding", "module_output_name": null, "use_residual": false
        }
        """;

    [Theory]
    [InlineData("cls_token", "First")]
    [InlineData("mean_tokens", "Mean")]
    [InlineData("max_tokens", "Max")]
    [InlineData("weightedmean_tokens", "WeightedMean")]
    [InlineData("lasttoken", "Last")]
    public void A_flag_chooses_the_pooling(string flag, string pooling)
    {
        string[] flags = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"];
        string file =
            $"{{ \"word_embedding_dimension\": 96, \"include_prompt\": true, {string.Join(", ", flags.Select(name => $"\"pooling_mode_{name}\": {(name == flag ? "true" : "false")}"))} }}";
        HeadArchitecture head = Head(Llama, Files("Transformer, 1_Pooling", ("1_Pooling/config.json", file)))!;
        Assert.Equal((Enum.Parse<Architecture.PoolingKind>(pooling), false, 0), (head.Pooling, head.Normalize, head.Projections.Count));
    }

    [Theory]
    [InlineData("\"mean\"", "Mean")]
    [InlineData("\"cls\"", "First")]
    [InlineData("\"lasttoken\"", "Last")]
    [InlineData("[\"weightedmean\"]", "WeightedMean")]
    public void The_spelling_of_version6(string mode, string pooling)
    {
        string file = $"{{ \"embedding_dimension\": 96, \"pooling_mode\": {mode}, \"include_prompt\": true }}";
        HeadArchitecture head = Head(
            Bert,
            Files(
                "Transformer, 1_Pooling, 2_Normalize",
                (
                    "modules.json",
                    ModulesOf(
                        "base.modules.transformer.Transformer:, sentence_transformer.modules.pooling.Pooling:1_Pooling, base.modules.normalize.Normalize:2_Normalize"
                    )
                ),
                ("1_Pooling/config.json", file),
                ("2_Normalize/config.json", """{ "module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding" }""")
            )
        )!;
        Assert.Equal((Enum.Parse<Architecture.PoolingKind>(pooling), true), (head.Pooling, head.Normalize));
    }

    /// <summary>EmbeddingGemma has two projections, LaBSE one with tanh.</summary>
    [Fact]
    public void Projections_follow_the_pooling_and_are_normalised_at_the_end()
    {
        AdditionalText[] files = Files(
            "Transformer, 1_Pooling, 2_Dense, 3_Dense, 4_Normalize",
            ("1_Pooling/config.json", Pooling),
            ("2_Dense/config.json", Dense),
            ("3_Dense/config.json", SecondDense)
        );
        HeadArchitecture head = Head(Bert, files)!;
        Assert.Equal(
            [
                new ProjectionArchitecture("2_Dense/linear", 40, Activation.Tanh, Bias: true) { Folder = "2_Dense" },
                new ProjectionArchitecture("3_Dense/linear", 24, null, Bias: false) { Folder = "3_Dense" },
            ],
            head.Projections
        );
        Assert.True(head.Normalize);
        var generated = GeneratorRun.Of(TestProject.Compile(Declaration), [.. files, File("config.json", Bert)]).Files;
        Assert.Contains(
            "global::Specializer.Checkpoint.Open(path, [\"2_Dense\", \"3_Dense\"]);",
            generated["Model.Model.g.cs"],
            StringComparison.Ordinal
        );
        Assert.Contains("new(\"3_Dense/linear.weight\", 0, [24, 40])", generated["Model.Weights.g.cs"], StringComparison.Ordinal);
        Assert.Contains("public const int OutputWidth = 24;", generated["Model.Model.g.cs"], StringComparison.Ordinal);
    }

    /// <summary>ColBERT, as PyLate saves it: no pooling, a projection of every token.</summary>
    [Fact]
    public void Without_a_pooling_every_token_is_projected()
    {
        HeadArchitecture head = Head(
            Bert,
            Files(
                "",
                ("modules.json", ModulesOf("models.Transformer:, +pylate.models.Dense.Dense:1_Dense")),
                (
                    "1_Dense/config.json",
                    """{ "in_features": 96, "out_features": 40, "bias": false, "activation_function": "torch.nn.modules.linear.Identity", "use_residual": false }"""
                )
            )
        )!;
        Assert.Equal(
            (Architecture.PoolingKind.None, false, "1_Dense/linear"),
            (head.Pooling, head.Normalize, Assert.Single(head.Projections).Name)
        );
    }

    [Fact]
    public void The_transformer_alone_gives_the_states_of_every_token() => Assert.Null(Head(Llama, Files("Transformer")));

    /// <summary>gte-Qwen2 names the class with logits that it was trained from, and sees both ways: the folder takes the body's states.</summary>
    [Theory]
    [InlineData("\"is_causal\": false", "Full")]
    [InlineData("\"is_causal\": true", "Causal")]
    public void A_decoder_of_a_folder_gives_states_whatever_its_class(string field, string mask)
    {
        string file = Llama.Insert(Llama.IndexOf('{') + 1, $" \"architectures\": [\"LlamaForCausalLM\"], {field},");
        TransformerArchitecture model = GeneratorRun
            .Of(
                TestProject.Compile(Declaration),
                [.. Files("Transformer, 1_Pooling", ("1_Pooling/config.json", Pooling)), File("config.json", file)]
            )
            .Declared();
        Assert.Equal((Architecture.Stack.Encoder, mask), (model.Stack, Assert.Single(model.LayerKinds).Attention.Mask.ToString()));
        Assert.Equal(Architecture.PoolingKind.Mean, model.Head!.Pooling);
    }

    [Fact]
    public void An_older_folder_has_the_transformer_in_a_folder_of_its_own()
    {
        AdditionalText[] files =
        [
            new InMemoryText(
                "/project/models/mini/modules.json",
                ModulesOf("models.Transformer:0_Transformer, models.Pooling:1_Pooling, models.Dense:2_Dense")
            ),
            new InMemoryText("/project/models/mini/0_Transformer/config.json", Bert),
            new InMemoryText("/project/models/mini/1_Pooling/config.json", Pooling),
            new InMemoryText("/project/models/mini/2_Dense/config.json", Dense),
        ];
        ProjectionArchitecture projection = Assert.Single(
            GeneratorRun
                .Of(TestProject.Compile(Declaration.Replace("mini/config", "0_Transformer/config")), files)
                .Declared()
                .Head!.Projections
        );
        Assert.Equal(("2_Dense/linear", "../2_Dense"), (projection.Name, projection.Folder));
    }

    /// <summary>[Pooling] replaces all settings of the folder, including invalid ones.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task A_pooling_of_the_class_stands_in_the_place_of_the_folders(string pooling)
    {
        AdditionalText[] files =
        [
            .. Files("Transformer, 1_Pooling, 2_Dense", ("1_Pooling/config.json", pooling), ("2_Dense/config.json", Dense)),
            File("config.json", Bert),
        ];
        CSharpCompilation project = TestProject.Compile(Declaration.Replace("partial class", "[Pooling(PoolingKind.Last)]\npartial class"));
        Assert.Empty(await Analysis.Of(project, files));
        Assert.Equal(
            new HeadArchitecture(Architecture.PoolingKind.Last, null, Norm: false, Normalize: false, null),
            GeneratorRun.Of(project, files).Declared().Head
        );
    }

    [Fact]
    public async Task A_modules_file_is_no_model()
    {
        // One that the attribute could mean, were it a model's.
        AdditionalText[] files = [.. Files("Transformer, 1_Pooling", ("1_Pooling/config.json", Pooling)), File("config.json", Bert)];
        CSharpCompilation project = TestProject.Compile(Declaration.Replace("mini/config.json", "config.json"));
        Assert.Empty(await Analysis.Of(project, files));
        Assert.True(GeneratorRun.Of(project, files).GeneratesAModel);
        Diagnostic diagnostic = Assert.Single(
            await Analysis.Of(TestProject.Compile(Declaration.Replace("mini/config.json", "1_Pooling/config.json")), files)
        );
        Assert.Contains("only 'mini/config.json' exists", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>The files of all-MiniLM-L6-v2.</summary>
    [Fact]
    public void A_published_folder()
    {
        HeadArchitecture head = Head(
            Bert,
            Files(
                "Transformer, 1_Pooling, 2_Normalize",
                (
                    "1_Pooling/config.json",
                    Pooling.TrimEnd().TrimEnd('}')
                        + ", \"pooling_mode_weightedmean_tokens\": false, \"pooling_mode_lasttoken\": false, \"include_prompt\": true }"
                ),
                ("sentence_bert_config.json", """{ "max_seq_length": 256, "do_lower_case": false }"""),
                (
                    "config_sentence_transformers.json",
                    """
                    {
                      "__version__": { "sentence_transformers": "5.0.0", "transformers": "4.54.0", "pytorch": "2.7.1" }, "model_type": "SentenceTransformer",
                      "prompts": { "query": "", "document": "" }, "default_prompt_name": null, "similarity_fn_name": "cosine"
                    }
                    """
                )
            )
        )!;
        Assert.Equal(new HeadArchitecture(Architecture.PoolingKind.Mean, null, Norm: false, Normalize: true, null), head);
    }

    private static async Task<Diagnostic[]> Problems(Dictionary<string, string> texts) =>
        [
            .. await Analysis.Of(
                TestProject.Compile(Declaration),
                [.. texts.Select(static text => File(text.Key, text.Value)), File("config.json", Bert)]
            ),
        ];

    private static HeadArchitecture? Head(string configuration, AdditionalText[] files)
    {
        TransformerArchitecture architecture = GeneratorRun
            .Of(TestProject.Compile(Declaration), [.. files, File("config.json", configuration)])
            .Declared();
        Assert.Equal(Architecture.Stack.Encoder, architecture.Stack);
        return architecture.Head;
    }

    private static AdditionalText[] Files(string modules, params (string Name, string Text)[] others) =>
        [
            .. others.Any(static other => other.Name == "modules.json") ? [] : new[] { File("modules.json", Modules(modules)) },
            .. others.Select(static other => File(other.Name, other.Text)),
        ];

    /// <summary>A modules.json as version 5 writes it, of "Transformer, 1_Pooling, 2_Dense".</summary>
    private static string Modules(string modules) =>
        ModulesOf(
            string.Join(
                ", ",
                modules
                    .Split(", ")
                    .Select(static module =>
                        module.Contains('_') ? $"models.{module[(module.IndexOf('_') + 1)..]}:{module}" : $"models.{module}:"
                    )
            )
        );

    /// <summary>One of "type:path, type:path"; a type is inside sentence_transformers unless it begins with a plus.</summary>
    private static string ModulesOf(string modules) =>
        "[\n"
        + string.Join(
            ",\n",
            modules
                .Split(", ")
                .Select(
                    static (module, at) =>
                    {
                        string[] parts = module.Split(':');
                        string type = parts[0].StartsWith('+') ? parts[0][1..] : "sentence_transformers." + parts[0];
                        return FormattableString.Invariant(
                            $"  {{ \"idx\": {at}, \"name\": \"{at}\", \"path\": \"{parts[1]}\", \"type\": \"{type}\" }}"
                        );
                    }
                )
        )
        + "\n]";

    private static InMemoryText File(string name, string text) => new("/project/models/mini/" + name, text);
}
