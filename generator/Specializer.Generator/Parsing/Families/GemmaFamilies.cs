using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Gemma (Gemma Team 2024, 2025): norms with 1 + w, embeddings times the square root of the width, gated tanh GELU.</summary>
internal static class GemmaFamilies
{
    private static readonly LlamaFamilies.Defaults s_gemma = new(256_000, 3072, 24_576, 28, 16, 16, 8192)
    {
        HeadDim = 256,
        Activation = "gelu_pytorch_tanh",
        Tied = true,
    };

    private static readonly LlamaFamilies.Defaults s_gemma2 = s_gemma with
    {
        Width = 2304,
        Inner = 9216,
        Layers = 26,
        Heads = 8,
        KeyValueHeads = 4,
    };

    private static readonly LlamaFamilies.Defaults s_gemma3 = s_gemma2 with
    {
        Vocabulary = 262_208,
        Positions = 131_072,
        Rotary = new RotaryDefaults { Base = 1_000_000, LayerType = "full_attention" },
    };

    private static readonly DecoderClass s_gemma3Classes = new("Gemma3")
    {
        Body = "Gemma3TextModel",
        SequenceClassification = "Gemma3TextForSequenceClassification",
    };

    /// <summary>GemmaForCausalLM.</summary>
    public static TransformerArchitecture Gemma(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, s_gemma, "hidden_act");
        // The first files have "gelu" here but mean the tanh form. transformers runs that form unless this field is present.
        bool own = configuration.Has("hidden_activation");
        RefuseBidirectional(configuration);
        Activation activation =
            own ? configuration.Activation("hidden_activation")
            : model.FeedForward.Activation == Activation.Gelu ? Activation.GeluTanh
            : model.FeedForward.Activation;
        return DecoderClass
            .LikeLlama("Gemma")
            .Apply(configuration, model.WithFeedForward(feedForward => feedForward with { Activation = activation }));
    }

    /// <summary>
    /// Gemma2ForCausalLM: norms also after the blocks, soft caps on scores and logits, a window in every other layer.
    /// </summary>
    public static TransformerArchitecture Gemma2(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Sandwiched(configuration, s_gemma2, scoreCap: 50, logitsCap: 30);
        AttentionPositions positions = model.Attention.Positions;
        RefuseBidirectional(configuration);
        // The name of sliding_window in the first release, which no class reads.
        configuration.WithoutEffect("sliding_window_size");
        return DecoderClass
            .LikeLlama("Gemma2")
            .Apply(configuration, WithWindows(configuration, model, positions, positions, static layer => layer % 2 == 0));
    }

    /// <summary>
    /// Gemma3ForCausalLM: normalized query and key heads, one full layer after every five with a window, two rotary bases.
    /// </summary>
    public static TransformerArchitecture Gemma3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Sandwiched(configuration, s_gemma3, scoreCap: null, logitsCap: null);
        configuration.Refuse(
            model.Attention.SoftCap != 0,
            "attn_logit_softcapping",
            "Gemma 3 does not cap scores, and transformers ignores it: write null"
        );
        bool bidirectional = configuration.Has("use_bidirectional_attention") && configuration.Flag("use_bidirectional_attention", false);
        ModelConfiguration rotary = configuration.Section("rope_parameters");
        configuration.Refuse(
            rotary.Count > 0 && !rotary.IsGiven("full_attention") && !rotary.IsGiven("sliding_attention"),
            "rope_parameters",
            "this family requires one object for full_attention and one for sliding_attention in it; transformers ignores a shared one"
        );
        // Only the frequencies of layers with full attention are scaled.
        RotaryPositions local = RotaryReader.Read(
            configuration,
            model.Attention.HeadDim,
            ["head_dim"],
            new RotaryDefaults
            {
                BaseFields = ["rope_local_base_freq"],
                LayerType = "sliding_attention",
                IsScaled = false,
                LongestContext = s_gemma3.Positions,
            }
        );
        string every = configuration.FirstOf("sliding_window_pattern", "_sliding_window_pattern");
        int pattern = configuration.Extent(every, 6);
        model = WithWindows(configuration, model, local, model.Attention.Positions, layer => (layer + 1) % pattern != 0);
        model = model.WithAttention(static attention => attention with { QueryKeyNorm = true, OwnPositions = attention.Window > 0 }) with
        {
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with
                {
                    QueryNorm = "model.layers.{layer}.self_attn.q_norm",
                    KeyNorm = "model.layers.{layer}.self_attn.k_norm",
                },
            },
        };
        return s_gemma3Classes.Apply(configuration, model, bidirectional);
    }

    private static TransformerArchitecture Common(ModelConfiguration configuration, LlamaFamilies.Defaults defaults, string activation)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, defaults, activation);
        bool bias = configuration.Flag("attention_bias", false);
        return model.WithAttention(attention => attention.WithBias(bias, bias)) with
        {
            Embeddings = model.Embeddings with { Scale = (float)Math.Sqrt(model.Width) },
            Norm = model.Norm with { UnitOffset = true },
        };
    }

    private static TransformerArchitecture Sandwiched(
        ModelConfiguration configuration,
        LlamaFamilies.Defaults defaults,
        double? scoreCap,
        double? logitsCap
    )
    {
        TransformerArchitecture model = Common(configuration, defaults, "hidden_activation");
        // Later versions of these classes read only hidden_activation.
        configuration.WithoutEffect("hidden_act");
        float scale = (float)(1 / Math.Sqrt(configuration.Number("query_pre_attn_scalar", 256, NumberRange.Positive))),
            cap = FamilyParts.SoftCap(configuration, "attn_logit_softcapping", scoreCap);
        return model
            .WithAttention(attention => attention with { Scale = scale, SoftCap = cap })
            .WithArrangement(LayerArrangement.Sandwich) with
        {
            Logits = model.Logits with { SoftCap = FamilyParts.SoftCap(configuration, "final_logit_softcapping", logitsCap) },
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

    private static void RefuseBidirectional(ModelConfiguration configuration) =>
        configuration.Refuse(
            configuration.Has("use_bidirectional_attention") && configuration.Flag("use_bidirectional_attention", false),
            "use_bidirectional_attention",
            "bidirectional attention is not supported for this class"
        );

    private static TransformerArchitecture WithWindows(
        ModelConfiguration configuration,
        TransformerArchitecture model,
        AttentionPositions sliding,
        AttentionPositions full,
        Func<int, bool> slides
    ) =>
        model with
        {
            LayerKinds = new([
                FamilyParts.Windowed(model.LayerKinds[0], "Sliding", configuration.Extent("sliding_window", 4096), sliding),
                FamilyParts.Windowed(model.LayerKinds[0], "Full", 0, full),
            ]),
            LayerPattern = FamilyParts.WindowPattern(configuration, model.Layers, slides),
        };
}
