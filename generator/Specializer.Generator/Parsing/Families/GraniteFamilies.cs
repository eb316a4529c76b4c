using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// LLaMA with factors of the embeddings, the scores, the outputs of blocks and the logits, which make hyperparameters independent of
/// the width (Yang et al. 2022): Granite and MiniCPM.
/// </summary>
internal static class GraniteFamilies
{
    private static readonly LlamaFamilies.Defaults s_granite = new(32_000, 4096, 11_008, 32, 32, null, 2048);
    private static readonly LlamaFamilies.Defaults s_miniCpm = new(32_000, 4096, 11_008, 32, 32, null, 2048)
    {
        HasHeadDim = false,
        Tied = true,
    };

    /// <summary>GraniteForCausalLM (IBM 2024): each factor is a field, and logits are divided by theirs.</summary>
    public static TransformerArchitecture Granite(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_granite);
        float Factor(string field) => (float)configuration.Number(field, 1, NumberRange.Positive);
        bool bias = configuration.Flag("attention_bias", false);
        float embeddingScale = Factor("embedding_multiplier"),
            scale = Factor("attention_multiplier");
        bool innerBias = configuration.Flag("mlp_bias", false);
        model = model
            .WithAttention(attention => attention.WithBias(bias, bias) with { Scale = scale })
            .WithFeedForward(feedForward => feedForward with { Bias = innerBias }) with
        {
            Embeddings = model.Embeddings with { Scale = embeddingScale },
            Logits = model.Logits with { Scale = (float)(1 / configuration.Number("logits_scaling", 1, NumberRange.Positive)) },
        };
        return new DecoderClass("Granite").Apply(configuration, WithResidualScale(model, Factor("residual_multiplier")));
    }

    /// <summary>
    /// MiniCPMForCausalLM (Hu et al. 2024): outputs of blocks times scale_depth / √layers, logits divided by hidden_size /
    /// dim_model_base.
    /// </summary>
    public static TransformerArchitecture MiniCpm(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_miniCpm);
        double depth = configuration.Number("scale_depth", 1, NumberRange.Positive),
            width = configuration.Number("dim_model_base", 1, NumberRange.Positive);
        bool bias = configuration.Flag("attention_bias", false);
        // A constant of the training of MiniCPM4.
        configuration.WithoutEffect("mup_denominator");
        configuration.Refuse(
            configuration.IsSection("sparse_config"),
            "sparse_config",
            "sparse attention to blocks of keys is not supported: remove it for dense attention"
        );
        configuration.WithoutEffect("sparse_config");
        model = model.WithAttention(attention => attention.WithBias(bias, bias)) with
        {
            Embeddings = model.Embeddings with { Scale = (float)configuration.Number("scale_emb", 1, NumberRange.Positive) },
            Logits = model.Logits with { Scale = (float)(width / model.Width) },
        };
        DecoderClass classes = new("MiniCPM") { SequenceClassification = "MiniCPMForSequenceClassification" };
        return classes.Apply(configuration, WithResidualScale(model, (float)(depth / Math.Sqrt(model.Layers))));
    }

    private static TransformerArchitecture WithResidualScale(TransformerArchitecture model, float scale) =>
        model.WithEachKind(kind => kind with { ResidualScale = scale });
}
