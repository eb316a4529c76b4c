using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>HunYuanDenseV1ForCausalLM (Tencent 2025): LLaMA with a norm of each query and key head after its rotation.</summary>
internal static class HunYuanFamily
{
    private static readonly LlamaFamilies.Defaults s_hunYuan = new(290_943, 4096, 11_008, 32, 32, null, 2048)
    {
        Epsilon = 1e-5,
        Rotary = new RotaryDefaults { ReadsAlpha = true },
    };

    public static TransformerArchitecture Dense(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_hunYuan);
        bool bias = configuration.Flag("attention_bias", false);
        // Fields of the published program; the class has these values.
        configuration.Fix("use_qk_norm", true);
        configuration.Fix("mlp_bias", false);
        configuration.Fix("use_cla", false);
        configuration.WithoutEffect("attention_head_dim", "cla_share_factor", "eod_token_id", "org_vocab_size", "rope_type");
        configuration.Require(
            !configuration.Has("attention_head_dim") || configuration.Extent("attention_head_dim") == model.Attention.HeadDim,
            "attention_head_dim",
            "the same as \"head_dim\"",
            "head_dim"
        );
        return DecoderClass
            .LikeLlama("HunYuanDenseV1")
            .Apply(
                configuration,
                model.WithAttention(attention => attention.WithBias(bias, bias) with { QueryKeyNorm = true, NormsRotated = true }) with
                {
                    Checkpoint = model.Checkpoint with
                    {
                        Names = model.Checkpoint.Names with
                        {
                            QueryNorm = "model.layers.{layer}.self_attn.query_layernorm",
                            KeyNorm = "model.layers.{layer}.self_attn.key_layernorm",
                        },
                    },
                }
            );
    }
}
