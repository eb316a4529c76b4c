using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>StableLmForCausalLM (Stability AI 2023): LLaMA with LayerNorm and a quarter of each head rotated.</summary>
internal static class StableLmFamily
{
    private static readonly LlamaFamilies.Defaults s_stableLm = new(50_304, 2560, 6912, 32, 32, 32, 4096)
    {
        Epsilon = 1e-5,
        EpsilonField = "layer_norm_eps",
        HasHeadDim = false,
        Rotary = new RotaryDefaults { Share = 0.25, ShareFields = ["partial_rotary_factor"] },
    };

    public static TransformerArchitecture StableLm(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_stableLm);
        configuration.Refuse(
            configuration.Flag("qk_layernorm", false),
            "qk_layernorm",
            "LayerNorm of query and key heads is not supported for this family"
        );
        bool bias = configuration.Flag("use_qkv_bias", false),
            parallel = configuration.Flag("use_parallel_residual", false);
        model = model
            .WithAttention(attention => attention.WithBias(bias, output: false))
            .WithArrangement(parallel ? LayerArrangement.ParallelOneNorm : LayerArrangement.PreNorm);
        return DecoderClass
            .LikeLlama("StableLm")
            .Apply(configuration, model with { Norm = model.Norm with { Kind = NormKind.Layer, Bias = true } });
    }
}
