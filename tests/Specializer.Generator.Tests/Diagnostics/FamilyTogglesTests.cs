using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Architecture;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;

/// <summary>Fields of families that change what is computed: what each declares, and that the values without effect change no character.</summary>
[Feature("configurations")]
public sealed class FamilyTogglesTests
{
    private const string Albert =
        "\"model_type\": \"albert\", \"vocab_size\": 300, \"hidden_size\": 96, \"num_hidden_layers\": 4, \"num_attention_heads\": 6, \"intermediate_size\": 200";
    private const string Bloom = "\"model_type\": \"bloom\", \"vocab_size\": 300, \"hidden_size\": 96, \"n_layer\": 2, \"n_head\": 6";
    private const string Gpt2 =
        "\"model_type\": \"gpt2\", \"vocab_size\": 300, \"n_embd\": 96, \"n_layer\": 2, \"n_head\": 6, \"n_positions\": 64";
    private const string Mpt =
        "\"model_type\": \"mpt\", \"vocab_size\": 300, \"d_model\": 96, \"n_layers\": 2, \"n_heads\": 6, \"max_seq_len\": 64";
    private const string Rotary =
        "\"vocab_size\": 300, \"hidden_size\": 96, \"num_hidden_layers\": 4, \"num_attention_heads\": 6, \"num_key_value_heads\": 2, \"intermediate_size\": 200, \"max_position_embeddings\": 64, \"rope_theta\": 10000";
    private const string Qwen2 = "\"model_type\": \"qwen2\", " + Rotary,
        Qwen3 = "\"model_type\": \"qwen3\", \"head_dim\": 16, " + Rotary;
    private const string Mistral = "\"model_type\": \"mistral\", " + Rotary,
        Phi3 = "\"model_type\": \"phi3\", " + Rotary;

    [Theory]
    [InlineData(Albert, "\"inner_group_num\": 1")]
    [InlineData(Bloom, "\"apply_residual_connection_post_layernorm\": false")]
    [InlineData(Gpt2, "\"scale_attn_by_inverse_layer_idx\": false, \"reorder_and_upcast_attn\": true")]
    [InlineData(Gpt2, "\"reorder_and_upcast_attn\": false")]
    [InlineData(Mpt, "\"attn_config\": { \"clip_qkv\": null }")]
    [InlineData(Mpt, "\"attn_config\": { \"clip_qkv\": 0 }")]
    [InlineData(Qwen2, "\"use_sliding_window\": false, \"sliding_window\": 8, \"max_window_layers\": 1")]
    [InlineData(Qwen2, "\"use_sliding_window\": true, \"sliding_window\": null, \"max_window_layers\": 1")]
    [InlineData(Qwen2, "\"use_sliding_window\": true, \"sliding_window\": 8, \"max_window_layers\": 4")]
    [InlineData(Qwen2, "\"use_sliding_window\": true, \"sliding_window\": 8")]
    [InlineData(
        Qwen2,
        "\"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\", \"full_attention\"]"
    )]
    [InlineData(Qwen3, "\"sliding_window\": 8, \"max_window_layers\": 0")]
    [InlineData(Phi3, "\"sliding_window\": null")]
    public void Values_without_effect_change_no_character(string fields, string more) =>
        Assert.Equal(Run(fields).Files, Run(fields + ", " + more).Files);

    [Fact]
    public void Groups_of_layers_share_their_weights()
    {
        GeneratorRun run = Run(Albert + ", \"num_hidden_groups\": 2, \"inner_group_num\": 3");
        TransformerArchitecture architecture = run.Declared();
        Assert.Equal((12, 2, 3, 6), (architecture.Layers, architecture.LayersPerSet, architecture.SetsPerGroup, architecture.WeightSets));
        string weights = run.Files["Model.Weights.g.cs"];
        for (int inner = 0; inner < 3; inner++)
        {
            Assert.Contains(
                $"new(\"albert.encoder.albert_layer_groups.{{layer}}.albert_layers.{inner}.ffn.weight\", 2, [200, 96])",
                weights,
                System.StringComparison.Ordinal
            );
        }

        Assert.DoesNotContain("{inner}", weights, System.StringComparison.Ordinal);
        Assert.Contains("((layer / 6 * 3) + (layer % 3)) * LayerStride", run.Files["Model.Session.g.cs"], System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_other_toggles_are_declared()
    {
        Assert.Equal(
            LayerArrangement.NormedResidual,
            Run(Bloom + ", \"apply_residual_connection_post_layernorm\": true").Declared().Arrangement
        );
        Assert.True(Run(Gpt2 + ", \"scale_attn_by_inverse_layer_idx\": true").Declared().Attention.ScaleByInverseLayer);
        Assert.Equal(6.5f, Run(Mpt + ", \"attn_config\": { \"clip_qkv\": 6.5 }").Declared().Attention.ProjectionClip);
    }

    [Theory]
    [InlineData(Qwen2, "\"use_sliding_window\": true, \"sliding_window\": 8, \"max_window_layers\": 2", "0011")]
    [InlineData(Qwen2, "\"use_sliding_window\": true, \"sliding_window\": 8, \"max_window_layers\": 0", "1")]
    [InlineData(
        Qwen2,
        "\"use_sliding_window\": true, \"sliding_window\": 8, \"layer_types\": [\"sliding_attention\", \"full_attention\", \"sliding_attention\", \"full_attention\"]",
        "10"
    )]
    [InlineData(Qwen3, "\"use_sliding_window\": true, \"sliding_window\": 8, \"max_window_layers\": 3", "0001")]
    [InlineData(
        Qwen3,
        "\"use_sliding_window\": true, \"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"sliding_attention\", \"sliding_attention\", \"full_attention\"]",
        "011"
    )]
    [InlineData(Mistral, "\"sliding_window\": 8", "1")]
    [InlineData(
        Mistral,
        "\"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\", \"sliding_attention\"]",
        "0001"
    )]
    [InlineData(Phi3, "\"sliding_window\": 8", "1")]
    public void Windows_by_layer(string fields, string more, string slides)
    {
        TransformerArchitecture architecture = Run(fields + ", " + more).Declared();
        Assert.Equal(
            slides,
            string.Concat(
                architecture.LayerPattern.Select(kind =>
                    architecture.LayerKinds[kind].Attention.Window switch
                    {
                        0 => '0',
                        8 => '1',
                        _ => '?',
                    }
                )
            )
        );
        Assert.Single(architecture.LayerKinds.Select(static kind => kind.Attention.Positions).Distinct());
    }

    [Theory]
    [InlineData(
        Albert,
        "\"inner_group_num\": 4194304",
        "\"inner_group_num\" is 4194304, but must be at most 1024, and at most 4194304 when multiplied by \"num_hidden_layers\""
    )]
    [InlineData(Albert, "\"inner_group_num\": 0", "\"inner_group_num\" is 0, but must be an integer from 1 to 4194304")]
    [InlineData(Mpt, "\"attn_config\": { \"clip_qkv\": -1 }", "\"attn_config.clip_qkv\" is -1, but must be 0 or a positive number")]
    [InlineData(Mpt, "\"attn_config\": { \"clip_qkv\": 1e300 }", "\"attn_config.clip_qkv\" is 1E+300, but must be 0 or a positive number")]
    [InlineData(Mpt, "\"attn_config\": { \"clip_qkv\": 1e-60 }", "\"attn_config.clip_qkv\" is 1E-60, but must be 0 or a positive number")]
    [InlineData(
        Qwen2,
        "\"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\", \"full_attention\"]",
        "\"layer_types\" is an array: it names layers with a window, but \"use_sliding_window\" is not true or \"sliding_window\" is null"
    )]
    [InlineData(
        Qwen2,
        "\"use_sliding_window\": true, \"layer_types\": [\"sliding_attention\"]",
        "\"layer_types\" is an array, but must be an array with sliding_attention or full_attention for each of the 4 layers"
    )]
    [InlineData(
        Qwen3,
        "\"use_sliding_window\": true, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\", \"chunked_attention\"]",
        "\"layer_types\" is an array, but must be an array with sliding_attention or full_attention"
    )]
    [InlineData(
        Qwen3,
        "\"use_sliding_window\": true, \"sliding_window\": 0",
        "\"sliding_window\" is 0, but must be an integer from 1 to 4194304"
    )]
    [InlineData(
        Mistral,
        "\"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\", \"sliding_attention\"]",
        "\"layer_types\" is an array: it names layers with a window, but \"sliding_window\" is null"
    )]
    public async Task What_cannot_be(string fields, string more, string message)
    {
        var diagnostics = await Analysis.Of(Project, File(fields + ", " + more));
        Assert.Equal(["SPZ0013", "SPZ0013"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.All(
            diagnostics,
            diagnostic => Assert.Contains(message, diagnostic.GetMessage(CultureInfo.InvariantCulture), System.StringComparison.Ordinal)
        );
    }

    private static CSharpCompilation Project =>
        TestProject.Compile("using Specializer;\n[Transformer(\"small/config.json\")]\npartial class Model;");

    private static GeneratorRun Run(string fields)
    {
        GeneratorRun run = GeneratorRun.Of(Project, File(fields));
        Assert.True(run.GeneratesAModel);
        return run;
    }

    private static InMemoryText File(string fields) => new("/project/small/config.json", "{ " + fields + " }");
}
