using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>GLM (GLM Team 2024) and ERNIE 4.5 (Baidu 2025): LLaMA's blocks with interleaved rotary pairs.</summary>
internal static class GlmFamilies
{
    private static readonly LlamaFamilies.Defaults s_glm = new(151_552, 4096, 13_696, 40, 32, 2, 131_072)
    {
        HeadDim = 128,
        Epsilon = 1.5625e-07,
        Rotary = new RotaryDefaults
        {
            Pairing = RotaryPairing.Interleaved,
            Share = 0.5,
            ShareFields = ["partial_rotary_factor"],
        },
    };

    private static readonly LlamaFamilies.Defaults s_ernie = new(103_424, 1024, 3072, 18, 16, 2, 131_072)
    {
        HeadDim = 128,
        Epsilon = 1e-5,
        Tied = true,
        Rotary = new RotaryDefaults { Pairing = RotaryPairing.Interleaved, Base = 500_000 },
    };

    /// <summary>GlmForCausalLM: half of each head rotated, biases on queries, keys and values, fused gate and up projections.</summary>
    public static TransformerArchitecture Glm(ModelConfiguration configuration) =>
        Classes("Glm").Apply(configuration, Common(configuration));

    /// <summary>Glm4ForCausalLM: GLM with norms also after the blocks.</summary>
    public static TransformerArchitecture Glm4(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration);
        return Classes("Glm4")
            .Apply(
                configuration,
                model.WithArrangement(LayerArrangement.Sandwich) with
                {
                    Checkpoint = model.Checkpoint with
                    {
                        Names = model.Checkpoint.Names with
                        {
                            AttentionOutputNorm = "model.layers.{layer}.post_self_attn_layernorm",
                            FeedForwardOutputNorm = "model.layers.{layer}.post_mlp_layernorm",
                        },
                    },
                }
            );
    }

    /// <summary>Ernie4_5ForCausalLM: whole heads rotated, and biases everywhere or nowhere.</summary>
    public static TransformerArchitecture Ernie45(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_ernie);
        bool bias = configuration.Flag("use_bias", false);
        // Fields of the training program that published files contain.
        configuration.Fix("use_rmsnorm", true);
        configuration.Fix("compression_ratio", 1);
        return new DecoderClass("Ernie4_5").Apply(
            configuration,
            model
                .WithAttention(attention => attention.WithBias(bias, bias))
                .WithFeedForward(feedForward => feedForward with { Bias = bias })
        );
    }

    private static DecoderClass Classes(string family) => DecoderClass.LikeLlama(family);

    private static TransformerArchitecture Common(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_glm);
        bool bias = configuration.Flag("attention_bias", true);
        return model.WithAttention(attention => attention.WithBias(bias, output: false)) with
        {
            Checkpoint = model.Checkpoint with { GateUpConcatenated = true },
        };
    }
}
