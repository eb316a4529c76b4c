using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Gemma (Gemma Team 2024, 2025): 1 + w in the norms, embeddings times the square root of the width, a gated tanh GELU.</summary>
internal static class GemmaFamilies
{
    /// <summary>GemmaForCausalLM.</summary>
    public static TransformerArchitecture Gemma(ModelConfiguration configuration) => Common(configuration);

    /// <summary>Gemma2ForCausalLM: norms behind the blocks too, capped scores and logits, every other layer with a window.</summary>
    public static TransformerArchitecture Gemma2(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Sandwiched(configuration);
        AttentionPositions positions = model.LayerKinds[0].Positions;
        return model with
        {
            Attention = model.Attention with { SoftCap = (float)configuration.Number("attn_logit_softcapping", 0) },
            LayerKinds = new EquatableArray<LayerKind>([new LayerKind("Sliding", configuration.Extent("sliding_window"), positions), new LayerKind("Full", 0, positions)]),
            LayerPattern = Pattern(configuration, model.Layers, static layer => layer % 2 == 0),
            Logits = model.Logits with { SoftCap = (float)configuration.Number("final_logit_softcapping", 0) },
        };
    }

    /// <summary>Gemma3ForCausalLM: normalised query and key heads, five layers with a window to one without, two rotary bases.</summary>
    public static TransformerArchitecture Gemma3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Sandwiched(configuration);
        int pattern = configuration.Extent("sliding_window_pattern", 6);
        var full = (RotaryPositions)model.LayerKinds[0].Positions;
        double localBase = configuration.Number("rope_local_base_freq", 10_000);
        return model with
        {
            Attention = model.Attention with { QueryKeyNorm = true, SoftCap = (float)configuration.Number("attn_logit_softcapping", 0) },
            LayerKinds = new EquatableArray<LayerKind>(
            [
                // Only layers that see everything have their frequencies scaled.
                new LayerKind("Sliding", configuration.Extent("sliding_window"), full with { Base = localBase, Scaling = new NoScaling() }),
                new LayerKind("Full", 0, full),
            ]),
            LayerPattern = Pattern(configuration, model.Layers, layer => (layer + 1) % pattern != 0),
            Logits = model.Logits with { SoftCap = (float)configuration.Number("final_logit_softcapping", 0) },
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with { QueryNorm = "model.layers.{layer}.self_attn.q_norm", KeyNorm = "model.layers.{layer}.self_attn.k_norm" },
            },
        };
    }

    private static TransformerArchitecture Common(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, window: 0);
        bool bias = configuration.Flag("attention_bias", false);
        return model with
        {
            Embeddings = model.Embeddings with { Scale = (float)Math.Sqrt(model.Width) },
            Attention = model.Attention.WithBias(bias, bias),
            FeedForward = model.FeedForward with { Activation = configuration.Activation(configuration.FirstOf("hidden_activation", "hidden_act"), "gelu_pytorch_tanh") },
            Norm = model.Norm with { UnitOffset = true },
            Logits = model.Logits with { Tied = configuration.Flag("tie_word_embeddings", true) },
        };
    }

    private static TransformerArchitecture Sandwiched(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration);
        return model with
        {
            Attention = model.Attention with { Scale = (float)(1 / Math.Sqrt(configuration.Number("query_pre_attn_scalar", model.Attention.HeadDimension))) },
            Arrangement = BlockArrangement.Sandwich,
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with
                {
                    AttentionOutputNorm = "model.layers.{layer}.post_attention_layernorm",
                    FeedForwardNorm = "model.layers.{layer}.pre_feedforward_layernorm",
                    FeedForwardOutputNorm = "model.layers.{layer}.post_feedforward_layernorm",
                },
            },
        };
    }

    /// <summary>Kind 0 where a layer has a window, kind 1 where not; the shortest pattern that repeats over the layers.</summary>
    private static EquatableArray<int> Pattern(ModelConfiguration configuration, int layers, Func<int, bool> slides)
    {
        string[] types = configuration.Items("layer_types").Select(static item => item.Text).ToArray();
        configuration.Require(
            types.Length == 0 || (types.Length == layers && types.All(static type => type is "sliding_attention" or "full_attention")),
            "layer_types",
            "one of sliding_attention and full_attention for each layer",
            "num_hidden_layers");
        if (types.Length != layers)
        {
            types = [];
        }

        int[] kinds = Enumerable.Range(0, layers).Select(layer => (types.Length > 0 ? types[layer] == "sliding_attention" : slides(layer)) ? 0 : 1).ToArray();
        int length = Enumerable.Range(1, layers).First(period => Enumerable.Range(0, layers).All(layer => kinds[layer] == kinds[layer % period]));
        return new EquatableArray<int>(kinds.Take(length));
    }
}
