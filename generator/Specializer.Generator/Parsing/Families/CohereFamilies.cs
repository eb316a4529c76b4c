using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Command R (Cohere 2024): LayerNorm without a bias, parallel blocks, interleaved rotary pairs, scaled logits.</summary>
internal static class CohereFamilies
{
    private static readonly LlamaFamilies.Defaults s_cohere = new(256_000, 8192, 22_528, 40, 64, null, 8192)
    {
        Epsilon = 1e-5,
        EpsilonField = "layer_norm_eps",
        HasHeadDim = false,
        Tied = true,
        Rotary = new RotaryDefaults { Pairing = RotaryPairing.Interleaved },
    };

    /// <summary>CohereForCausalLM: with use_qk_norm, a LayerNorm of each query and key head with its own weights (Command R+).</summary>
    public static TransformerArchitecture Cohere(ModelConfiguration configuration)
    {
        LlamaFamilies.Defaults defaults = s_cohere with { Rotary = s_cohere.Rotary with { Base = 500_000 } };
        TransformerArchitecture model = Common(configuration, defaults, "Cohere");
        bool norm = configuration.Has("use_qk_norm") && configuration.Flag("use_qk_norm", false);
        configuration.WithoutEffect("use_qk_norm");
        return new DecoderClass("Cohere").Apply(
            configuration,
            model.WithAttention(attention => attention with { ProjectionNorm = norm ? ProjectionNorm.EachHead : ProjectionNorm.None }) with
            {
                Checkpoint = model.Checkpoint with
                {
                    Names = model.Checkpoint.Names with
                    {
                        QueryNorm = "model.layers.{layer}.self_attn.q_norm",
                        KeyNorm = "model.layers.{layer}.self_attn.k_norm",
                    },
                },
            }
        );
    }

    /// <summary>Cohere2ForCausalLM: rotary positions in layers with a window, none in layers with full attention.</summary>
    public static TransformerArchitecture Cohere2(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, s_cohere, "Cohere2");
        // Fields of the training program; the class has these values.
        configuration.Fix("position_embedding_type", "rope_gptj");
        configuration.Fix("order_of_interleaved_layers", "local_attn_first");
        configuration.Fix("rotary_pct", 1);
        configuration.Fix("use_embedding_sharing", true);
        configuration.Fix("use_gated_activation", true);
        configuration.Fix("use_parallel_block", true);
        configuration.WithoutEffect("use_parallel_embedding");
        int every = configuration.Extent(configuration.FirstOf("sliding_window_pattern", "layer_switch"), 4);
        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, model.Layers, layer => (layer + 1) % every != 0);
        int window = configuration.OptionalExtent("sliding_window", 4096) ?? 0;
        configuration.Refuse(window == 0 && pattern.Contains(0), "sliding_window", "layers with a window require its length");
        LayerKind kind = model.LayerKinds[0];
        return new DecoderClass("Cohere2").Apply(
            configuration,
            FamilyParts.WithKinds(
                model,
                [FamilyParts.Windowed(kind, "Sliding", window), FamilyParts.Windowed(kind, "Full", 0, new NoPositions())],
                layer => pattern[layer % pattern.Count]
            )
        );
    }

    private static TransformerArchitecture Common(ModelConfiguration configuration, LlamaFamilies.Defaults defaults, string family)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, defaults);
        // transformers 5 writes it; the class divides the width by the heads.
        configuration.WithoutEffect("head_dim");
        configuration.Require(
            !configuration.Has("head_dim") || configuration.Extent("head_dim") == model.Attention.HeadDim,
            "head_dim",
            $"\"hidden_size\" divided by \"num_attention_heads\", because {family} ignores it",
            "hidden_size",
            "num_attention_heads"
        );
        bool bias = configuration.Flag("attention_bias", false);
        return model.WithAttention(attention => attention.WithBias(bias, bias)).WithArrangement(LayerArrangement.ParallelOneNorm) with
        {
            Norm = model.Norm with { Kind = NormKind.Layer },
            Logits = model.Logits with { Scale = (float)configuration.Number("logit_scale", 0.0625, NumberRange.Positive) },
        };
    }
}
