using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;

/// <summary>[TensorNames] beside a config.json, and the tensors that it leaves out.</summary>
[Feature("tensor-names")]
public sealed class TensorNameOverridesTests
{
    private const string Llama = """
        {
          "model_type": "llama", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 6, "intermediate_size": 256,
          "vocab_size": 300, "max_position_embeddings": 128, "tie_word_embeddings": false, "rope_theta": 10000, "rms_norm_eps": 1e-5
        }
        """;

    private const string Bart = """
        {
          "model_type": "bart", "d_model": 96, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 6, "decoder_attention_heads": 6,
          "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "vocab_size": 300, "max_position_embeddings": 64
        }
        """;

    [Fact]
    public async Task A_name_takes_the_place_of_the_familys()
    {
        string declaration = Declaration(
            "[TensorNames(Query = \"model.layers.{layer}.attn.q\", Logits = \"output\", NormWeightSuffix = \".scale\", Ignored = new[] { \"adapter.*\", \"model.layers.{layer}.cache\" })]"
        );
        Assert.Empty(await Analysis.Of(TestProject.Compile(declaration), File(Llama)));
        CheckpointLayout plain = Architecture(Declaration(""), Llama).Checkpoint,
            given = Architecture(declaration, Llama).Checkpoint;
        Assert.Equal(
            plain with
            {
                Names = plain.Names with { Query = "model.layers.{layer}.attn.q", Logits = "output" },
                Suffixes = plain.Suffixes with { NormWeight = ".scale" },
                Ignored = new(plain.Ignored.Concat(["adapter.*", "model.layers.{layer}.cache"])),
            },
            given
        );
    }

    [Fact]
    public void Projections_in_one_tensor()
    {
        CheckpointLayout given = Architecture(
            Declaration(
                "[TensorNames(QueryKeyValue = \"h.{layer}.qkv\", QueryKeyValueStorage = QueryKeyValueStorage.Concatenated, InputsFirst = true)]"
            ),
            Llama
        ).Checkpoint;
        Assert.Equal(
            ("h.{layer}.qkv", QueryKeyValueStorage.Concatenated, true),
            (given.Names.QueryKeyValue, given.QueryKeyValue, given.InputsFirst)
        );
    }

    /// <summary>A family with fused tensors is given the names of a file's separate ones.</summary>
    [Fact]
    public void Projections_that_a_file_holds_apart()
    {
        NamingPlan naming = Planner
            .Plan(Architecture(Declaration("[TensorNames(Query = \"{layer}.q\", Key = \"{layer}.k\", Value = \"{layer}.v\")]"), Gpt2))
            .Naming;
        Assert.Equal(
            ["{layer}.q.weight", "{layer}.k.weight", "{layer}.v.weight"],
            naming
                .Alternatives.Single(static one => one.Name == "transformer.h.{layer}.attn.c_attn.weight")
                .Parts.Select(static part => part.Name)
        );
    }

    [Theory]
    [InlineData("GateUp = \"{layer}.gu\"", "[TensorNames] names GateUp, which the model does not have: remove it")]
    [InlineData("CrossKeyValue = \"{layer}.kv\"", "[TensorNames] names CrossKeyValue, which the model does not have: remove it")]
    [InlineData(
        "QueryKeyValueStorage = QueryKeyValueStorage.Separate",
        "[TensorNames] declares separate queries, keys and values: name them with Query, Key and Value"
    )]
    public Task Other_forms_that_the_model_has_not(string arguments, string message) => Refused(Gpt2, arguments, message);

    [Fact]
    public void Both_stacks_of_an_encoder_decoder_are_named()
    {
        TransformerArchitecture given = Architecture(
            Declaration("[TensorNames(Query = \"{stack}.{layer}.q\", CrossQuery = \"cross.{layer}.q\", TokenEmbedding = \"words\")]"),
            Bart
        );
        Assert.Equal(
            ("decoder.{layer}.q", "cross.{layer}.q", "words"),
            (given.Checkpoint.Names.Query, given.Checkpoint.Names.CrossQuery, given.Checkpoint.Names.TokenEmbedding)
        );
        Assert.Equal(
            ("encoder.{layer}.q", "words"),
            (given.Encoder!.Checkpoint.Names.Query, given.Encoder.Checkpoint.Names.TokenEmbedding)
        );
    }

    [Theory]
    [InlineData("Query = \"q\"", "Query = \"q\" must contain \"{layer}\" once, in the place of the layer number")]
    [InlineData("Logits = \"{layer}\"", "Logits = \"{layer}\" must not contain \"{layer}\", because the model has only one such tensor")]
    [InlineData(
        "Logits = \"out.weight\"",
        "Logits = \"out.weight\" ends in a suffix that is added automatically: remove \".weight\" and \".bias\""
    )]
    [InlineData(
        "TokenEmbedding = \"wte\", Logits = \"wte\"",
        "Logits = \"wte\" is TokenEmbedding's name too: every tensor needs a name of its own"
    )]
    [InlineData("Ignored = new[] { \"\" }", "Ignored = \"\" is empty: write the whole name of a tensor, or a prefix and a *")]
    [InlineData("Ignored = new string[] { null! }", "Ignored = \"\" is empty: write the whole name of a tensor, or a prefix and a *")]
    [InlineData("Ignored = new[] { \"*\" }", "Ignored = \"*\" ignores every tensor: name the tensors to ignore")]
    [InlineData("Ignored = new[] { \"a.*.b\" }", "Ignored = \"a.*.b\" may contain * only at its end")]
    [InlineData("Ignored = new[] { \"{layer}.{layer}\" }", "Ignored = \"{layer}.{layer}\" may contain \"{layer}\" only once")]
    [InlineData("Ignored = new[] { \"a\\\\b\" }", "Ignored = \"a\\b\" contains a quotation mark, a backslash or a control character")]
    public async Task A_name_that_cannot_be_right(string arguments, string message)
    {
        foreach (string declaration in new[] { Declaration($"[TensorNames({arguments})]"), Attributes($"[TensorNames({arguments})]") })
        {
            Diagnostic diagnostic = Assert.Single(await Analysis.Of(TestProject.Compile(declaration), File(Llama)));
            Assert.Equal(("SPZ0016", message), (diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
        }
    }

    private const string Gpt2 =
        "{ \"model_type\": \"gpt2\", \"n_embd\": 96, \"n_layer\": 2, \"n_head\": 6, \"vocab_size\": 300, \"n_positions\": 64 }";

    [Theory]
    [InlineData("QueryNorm = \"{layer}.q\"", "[TensorNames] names QueryNorm, which the model does not have: remove it")]
    [InlineData(
        "Query = \"{stack}.{layer}.q\"",
        "[TensorNames] gives Query a name with \"{stack}\", but only one stack has such a tensor: remove it"
    )]
    [InlineData(
        "Query = \"model.layers.{layer}.self_attn.k_proj\"",
        "[TensorNames] gives Query the name of Key: every tensor needs a name of its own"
    )]
    public Task What_the_files_model_has_not(string arguments, string message) => Refused(Llama, arguments, message);

    [Theory]
    [InlineData(
        "Query = \"{layer}.q\"",
        "[TensorNames] gives Query a name without \"{stack}\", but each stack has its own: write it in the place of \"encoder\" or \"decoder\""
    )]
    [InlineData(
        "CrossQuery = \"{stack}.{layer}.q\"",
        "[TensorNames] gives CrossQuery a name with \"{stack}\", but only one stack has such a tensor: remove it"
    )]
    [InlineData(
        "QueryKeyValueStorage = QueryKeyValueStorage.Concatenated",
        "[TensorNames] declares one fused tensor of queries, keys and values: name it with QueryKeyValue"
    )]
    public Task What_two_stacks_have(string arguments, string message) => Refused(Bart, arguments, message);

    [Fact]
    public void Tensors_are_left_out_of_a_model_of_attributes_too() =>
        Assert.Contains(
            "adapter.*",
            GeneratorRun
                .Of(TestProject.Compile(Attributes("[TensorNames(Ignored = new[] { \"adapter.*\" })]")))
                .Declared()
                .Checkpoint.Ignored
        );

    private static async Task Refused(string configuration, string arguments, string message)
    {
        Diagnostic[] diagnostics =
        [
            .. (await Analysis.Of(TestProject.Compile(Declaration($"[TensorNames({arguments})]")), File(configuration))).Where(
                static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
            ),
        ];
        Assert.NotEmpty(diagnostics);
        Assert.All(
            diagnostics,
            diagnostic => Assert.Equal("models/small/config.json: " + message, diagnostic.GetMessage(CultureInfo.InvariantCulture))
        );
    }

    private static string Declaration(string attributes) =>
        $"using Specializer;\n\n[Transformer(\"models/small/config.json\")]\n{attributes}\npartial class Model;\n";

    private static string Attributes(string attributes) =>
        $$"""
            using Specializer;

            [Transformer(Stack.Decoder, Layers = 2, DModel = 96, VocabularySize = 300, ContextLength = 64)]
            [Attention(Heads = 6)]
            [RotaryPositions]
            [FeedForward(256, Activation.SwiGlu)]
            [Norm(NormKind.RootMeanSquare)]
            {{attributes}}
            partial class Model;
            """;

    private static InMemoryText File(string text) => new("/project/models/small/config.json", text);

    private static TransformerArchitecture Architecture(string declaration, string configuration) =>
        GeneratorRun.Of(TestProject.Compile(declaration), File(configuration)).Declared();
}
