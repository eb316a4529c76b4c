using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>OLMo (Groeneveld et al. 2024, OLMo Team 2025) and EXAONE 4, with norms that differ from those of LLaMA.</summary>
internal static class OlmoFamilies
{
    private const string PostAttention = "model.layers.{layer}.post_attention_layernorm";
    private const string PostFeedForward = "model.layers.{layer}.post_feedforward_layernorm";

    private static readonly LlamaFamilies.Defaults s_olmo = new(50_304, 4096, 11_008, 32, 32, null, 2048) { HasHeadDim = false };

    /// <summary>OlmoForCausalLM: LayerNorm without a weight, and projections that may be clipped.</summary>
    public static TransformerArchitecture Olmo(ModelConfiguration configuration)
    {
        // The class has no field for the ε of its norms.
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_olmo with { EpsilonField = null, Epsilon = 1e-5 });
        bool bias = configuration.Flag("attention_bias", false);
        double? clip = configuration.OptionalNumber("clip_qkv", null, NumberRange.Positive);
        return DecoderClass
            .LikeLlama("Olmo")
            .Apply(
                configuration,
                model.WithAttention(attention => attention.WithBias(bias, bias) with { ProjectionClip = (float)(clip ?? 0) }) with
                {
                    Norm = model.Norm with { Kind = NormKind.Layer, HasWeight = false },
                }
            );
    }

    /// <summary>Olmo2ForCausalLM: norms of the outputs of blocks, and of all query heads and all key heads.</summary>
    public static TransformerArchitecture Olmo2(ModelConfiguration configuration) =>
        DecoderClass.LikeLlama("Olmo2").Apply(configuration, NormedOutputs(configuration, s_olmo with { Epsilon = 1e-5 }));

    /// <summary>Olmo3ForCausalLM: OLMo 2 with a window in three of four layers. Only the frequencies of full layers are scaled.</summary>
    public static TransformerArchitecture Olmo3(ModelConfiguration configuration)
    {
        RotaryDefaults full = new() { Base = 500_000, LayerType = "full_attention" };
        TransformerArchitecture model = NormedOutputs(configuration, s_olmo with { Epsilon = 1e-5, Rotary = full });
        ModelConfiguration parameters = configuration.Section("rope_parameters");
        configuration.Refuse(
            parameters.Count > 0 && !parameters.IsGiven("full_attention") && !parameters.IsGiven("sliding_attention"),
            "rope_parameters",
            "this family requires one object for full_attention and one for sliding_attention in it"
        );
        RotaryPositions local = RotaryReader.Read(
            configuration,
            model.Attention.HeadDim,
            ["hidden_size", "num_attention_heads"],
            full with
            {
                LayerType = "sliding_attention",
                IsScaled = false,
                LongestContext = s_olmo.Positions,
            }
        );
        return new DecoderClass("Olmo3").Apply(configuration, WithWindows(configuration, model, local, model.Attention.Positions));
    }

    /// <summary>
    /// Exaone4ForCausalLM (LG AI Research 2025): OLMo 2's norms of outputs, a norm of each query and key head, and, with a window, no
    /// positions in the layers without one.
    /// </summary>
    public static TransformerArchitecture Exaone4(ModelConfiguration configuration)
    {
        LlamaFamilies.Defaults defaults = new(102_400, 4096, 16_384, 32, 32, 32, 2048) { Epsilon = 1e-5 };
        TransformerArchitecture model = NormedOutputs(configuration, defaults, hasBias: false);
        model = model.WithAttention(static attention => attention with { ProjectionNorm = ProjectionNorm.None, QueryKeyNorm = true });
        AttentionPositions rotary = model.Attention.Positions;
        bool slides = !configuration.IsGiven("sliding_window") || configuration.Has("sliding_window");
        DecoderClass classes = DecoderClass.LikeLlama("Exaone4", answersQuestions: true);
        if (slides)
        {
            return classes.Apply(configuration, WithWindows(configuration, model, rotary, new NoPositions()));
        }

        configuration.WithoutEffect("sliding_window_pattern");
        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, model.Layers, static _ => false);
        configuration.Refuse(
            pattern.Contains(0),
            "layer_types",
            "it names layers with a window, but \"sliding_window\" is null",
            "sliding_window"
        );
        return classes.Apply(configuration, model);
    }

    private static TransformerArchitecture NormedOutputs(
        ModelConfiguration configuration,
        LlamaFamilies.Defaults defaults,
        bool hasBias = true
    )
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, defaults);
        bool bias = hasBias && configuration.Flag("attention_bias", false);
        return model
            .WithAttention(attention => attention.WithBias(bias, bias) with { ProjectionNorm = ProjectionNorm.AllHeads })
            .WithArrangement(LayerArrangement.OutputNorm) with
        {
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with
                {
                    AttentionNorm = "",
                    FeedForwardNorm = "",
                    AttentionOutputNorm = PostAttention,
                    FeedForwardOutputNorm = PostFeedForward,
                    QueryNorm = "model.layers.{layer}.self_attn.q_norm",
                    KeyNorm = "model.layers.{layer}.self_attn.k_norm",
                },
            },
        };
    }

    /// <summary>Returns the model with a window in three of four layers, or in those that <c>layer_types</c> names.</summary>
    private static TransformerArchitecture WithWindows(
        ModelConfiguration configuration,
        TransformerArchitecture model,
        AttentionPositions sliding,
        AttentionPositions full
    )
    {
        // A text such as "LLLG" describes layer_types, which must then be present.
        int every = 4;
        if (configuration.IsText("sliding_window_pattern"))
        {
            configuration.Require(configuration.Has("layer_types"), "sliding_window_pattern", "a number, or a text beside \"layer_types\"");
        }
        else
        {
            every = configuration.OptionalExtent("sliding_window_pattern", 4) ?? 4;
        }

        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, model.Layers, layer => (layer + 1) % every != 0);
        return FamilyParts.WithKinds(
            model,
            [
                FamilyParts.Windowed(model.LayerKinds[0], "Sliding", configuration.Extent("sliding_window", 4096), sliding),
                FamilyParts.Windowed(model.LayerKinds[0], "Full", 0, full),
            ],
            layer => pattern[layer % pattern.Count]
        );
    }
}
