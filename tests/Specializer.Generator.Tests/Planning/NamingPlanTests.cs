using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Planning;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

/// <summary>Under which names the plan of a family's model finds its tensors.</summary>
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
    public void TheBasePrefixIsWhatAllNamesShare(string type, string prefix)
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
    public void TheEmbeddingsOfT5StandForItsHeadWhereItSaysSo(string fields, string substitute, string copy)
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
    public void AModuleUnderWhichSomethingIsReadIsNotLeftOut()
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
    public void ProjectionsOfLlamaMayBeFused()
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

    private static NamingPlan Plan(string json)
    {
        var configuration = ModelConfiguration.Read(json);
        TransformerArchitecture architecture = FamilyParser.Parse(configuration)!;
        Assert.DoesNotContain(configuration.Problems.InOrder, static problem => problem.Kind == ConfigurationProblemKind.Invalid);
        return Planner.Plan(architecture).Naming;
    }
}
