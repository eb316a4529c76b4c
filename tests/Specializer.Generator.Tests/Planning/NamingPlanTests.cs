using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

using TensorRows = Specializer.Generator.Planning.TensorRows;

/// <summary>Under which names the plan of a family's model finds its tensors.</summary>
[Feature("tensor-names")]
public sealed class NamingPlanTests
{
    private const string Decoder =
        "\"hidden_size\": 96, \"num_hidden_layers\": 2, \"num_attention_heads\": 6, \"intermediate_size\": 128, \"vocab_size\": 300, \"max_position_embeddings\": 64";
    private const string T5 =
        "\"model_type\": \"t5\", \"d_model\": 96, \"d_kv\": 16, \"num_heads\": 6, \"num_layers\": 2, \"d_ff\": 128, \"vocab_size\": 300";

    [Theory]
    [InlineData("llama", "model.")]
    [InlineData("mistral", "model.")]
    [InlineData("qwen2", "model.")]
    [InlineData("qwen3", "model.")]
    [InlineData("gemma", "model.")]
    [InlineData("phi", "model.")]
    [InlineData("gpt_neox", "gpt_neox.")]
    [InlineData("bert", "bert.")]
    [InlineData("roberta", "roberta.")]
    [InlineData("longformer", "longformer.")]
    [InlineData("albert", "albert.")]
    [InlineData("vit", "vit.")]
    public void The_base_prefix_is_what_all_names_share(string type, string prefix)
    {
        string own =
            type is "mistral" or "qwen2" or "qwen3" or "gemma" ? ", \"num_key_value_heads\": 2"
            : type == "longformer" ? ", \"attention_window\": 8"
            : type == "vit" ? ", \"image_size\": 16, \"patch_size\": 4"
            : "";
        Assert.Equal(prefix, Plan($"{{ \"model_type\": \"{type}\", {Decoder}{own} }}").BasePrefix);
    }

    [Theory]
    [InlineData("\"tie_word_embeddings\": true", "", "lm_head.weight")]
    [InlineData("\"tie_word_embeddings\": true, \"scale_decoder_outputs\": false", "shared.weight", "")]
    [InlineData("\"tie_word_embeddings\": false", "", "")]
    public void The_embeddings_of_T5_stand_for_its_head_where_it_says_so(string fields, string substitute, string copy)
    {
        NamingPlan naming = Plan($"{{ {T5}, {fields} }}");
        TensorAlternatives? head = naming.Alternatives.FirstOrDefault(static alternatives => alternatives.Name == "lm_head.weight");
        Assert.Equal(substitute, string.Join(' ', head?.Substitutes ?? EquatableArray<string>.Empty));
        Assert.Equal(
            new[] { "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", copy }.Where(static name => name.Length > 0),
            naming.Alternatives.First(static alternatives => alternatives.Name == "shared.weight").Copies
        );
    }

    [Fact]
    public void A_module_under_which_something_is_read_is_not_left_out()
    {
        Assert.Contains("lm_head.*", Plan($"{{ \"model_type\": \"roberta\", {Decoder} }}").Ignored);
        Assert.DoesNotContain(
            "lm_head.*",
            Plan($"{{ \"model_type\": \"roberta\", \"architectures\": [\"RobertaForMaskedLM\"], {Decoder} }}").Ignored
        );
        Assert.DoesNotContain("lm_head.*", Plan($"{{ \"model_type\": \"llama\", \"tie_word_embeddings\": true, {Decoder} }}").Ignored);
        Assert.Contains("score.*", Plan($"{{ \"model_type\": \"llama\", {Decoder} }}").Ignored);
    }

    [Fact]
    public void Projections_of_LLaMA_may_be_fused()
    {
        NamingPlan naming = Plan($"{{ \"model_type\": \"qwen2\", \"num_key_value_heads\": 2, {Decoder} }}");
        TensorAlternatives[] expected =
        [
            new("model.layers.{layer}.self_attn.q_proj.bias") { PartOf = new("model.layers.{layer}.self_attn.qkv_proj.bias", 0, 160) },
            new("model.layers.{layer}.self_attn.v_proj.weight")
            {
                PartOf = new("model.layers.{layer}.self_attn.qkv_proj.weight", 128, 160),
            },
            new("model.layers.{layer}.mlp.up_proj.weight") { PartOf = new("model.layers.{layer}.mlp.gate_up_proj.weight", 128, 256) },
        ];
        Assert.Equal(
            expected,
            new[] { "self_attn.q_proj.bias", "self_attn.v_proj.weight", "mlp.up_proj.weight" }.Select(name =>
                naming.Alternatives.First(alternatives => alternatives.Name == "model.layers.{layer}." + name)
            )
        );
    }

    /// <summary>Falcon's second architecture: two key/value heads, each with two heads of queries before it.</summary>
    [Fact]
    public void Heads_of_falcon_may_be_apart()
    {
        NamingPlan naming = Plan(
            $"{{ \"model_type\": \"falcon\", {Decoder.Replace("\"num_attention_heads\": 6", "\"num_attention_heads\": 4", StringComparison.Ordinal)}, \"new_decoder_architecture\": true, \"num_kv_heads\": 2, \"bias\": true }}"
        );
        const string Layer = "transformer.h.{layer}.self_attention.";
        foreach (string suffix in new[] { ".weight", ".bias" })
        {
            TensorAlternatives alternatives = naming.Alternatives.Single(one => one.Name == Layer + "query_key_value" + suffix);
            Assert.Equal(
                [
                    new TensorRows(Layer + "q_proj" + suffix, 0, 96) { GroupRows = 48, GroupStride = 96 },
                    new TensorRows(Layer + "k_proj" + suffix, 48, 48) { GroupRows = 24, GroupStride = 96 },
                    new TensorRows(Layer + "v_proj" + suffix, 72, 48) { GroupRows = 24, GroupStride = 96 },
                ],
                alternatives.Parts
            );
            Assert.False(alternatives.InputsFirst);
        }
    }

    /// <summary>Every set of weights of a group has names of its own.</summary>
    [Fact]
    public void Projections_of_alberts_inner_layers_may_be_fused()
    {
        NamingPlan naming = Plan($"{{ \"model_type\": \"albert\", {Decoder}, \"inner_group_num\": 2 }}");
        foreach (int inner in new[] { 0, 1 })
        {
            string layer = $"albert.encoder.albert_layer_groups.{{layer}}.albert_layers.{inner}.attention.";
            Assert.Equal(
                new TensorRows(layer + "qkv_proj.weight", 96, 288),
                naming.Alternatives.Single(one => one.Name == layer + "key.weight").PartOf
            );
        }
    }

    /// <summary>A name that is in use has no other meaning.</summary>
    [Fact]
    public void A_usual_name_that_is_taken_is_no_other_form()
    {
        var configuration = ModelConfiguration.Read($"{{ \"model_type\": \"llama\", {Decoder} }}");
        TransformerArchitecture architecture = FamilyParser.Parse(configuration)!;
        architecture = architecture with
        {
            Checkpoint = architecture.Checkpoint with
            {
                Names = architecture.Checkpoint.Names with { AttentionOutput = "model.layers.{layer}.self_attn.qkv_proj" },
            },
        };
        Assert.DoesNotContain(
            Planner.Plan(architecture).Naming.Alternatives,
            static one => one.Name.Contains("self_attn", StringComparison.Ordinal)
        );
    }

    private static NamingPlan Plan(string json)
    {
        var configuration = ModelConfiguration.Read(json);
        TransformerArchitecture architecture = FamilyParser.Parse(configuration)!;
        Assert.DoesNotContain(configuration.Problems.InOrder, static problem => problem.Kind == ConfigurationProblemKind.Invalid);
        return Planner.Plan(architecture).Naming;
    }
}
