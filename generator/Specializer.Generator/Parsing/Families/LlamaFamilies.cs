using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>LLaMA and the families derived from it: RMSNorm before each block, rotary positions, a gated feed-forward block.</summary>
internal static class LlamaFamilies
{
    /// <summary>The sizes that the configuration class of a family uses for absent fields.</summary>
    internal sealed record Defaults(int Vocabulary, int Width, int Inner, int Layers, int Heads, int? KeyValueHeads, int Positions)
    {
        public int? HeadDim { get; init; }

        public string Activation { get; init; } = "silu";

        public double Epsilon { get; init; } = 1e-6;

        /// <summary>The field of the ε of norms; null if the class has a constant.</summary>
        public string? EpsilonField { get; init; } = "rms_norm_eps";

        /// <summary>Whether the class reads <c>head_dim</c>; otherwise heads divide the width.</summary>
        public bool HasHeadDim { get; init; } = true;

        public bool Tied { get; init; }

        public RotaryDefaults Rotary { get; init; } = new();
    }

    private static readonly Defaults s_llama = new(32_000, 4096, 11_008, 32, 32, null, 2048);
    private static readonly Defaults s_mistral = new(32_000, 4096, 14_336, 32, 32, 8, 131_072);
    private static readonly Defaults s_qwen = new(151_936, 4096, 22_016, 32, 32, 32, 32_768);
    private static readonly Defaults s_phi3 = new(32_064, 3072, 8192, 32, 32, null, 4096)
    {
        Epsilon = 1e-5,
        Rotary = new RotaryDefaults
        {
            ShareFields = ["partial_rotary_factor"],
            OriginalContext = 4096,
            YarnIsLongRope = true,
        },
    };

    /// <summary>LlamaForCausalLM (Touvron et al. 2023).</summary>
    public static TransformerArchitecture Llama(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, s_llama);
        bool bias = configuration.Flag("attention_bias", false),
            innerBias = configuration.Flag("mlp_bias", false);
        return DecoderClass
            .LikeLlama("Llama", answersQuestions: true)
            .Apply(
                configuration,
                model
                    .WithAttention(attention => attention.WithBias(bias, bias))
                    .WithFeedForward(feedForward => feedForward with { Bias = innerBias })
            );
    }

    /// <summary>
    /// MistralForCausalLM (Jiang et al. 2023): a position attends to <c>sliding_window</c> positions, including itself. With
    /// <c>layer_types</c>, only some layers have the window; transformers 5 reads such a file as MinistralForCausalLM, which is
    /// otherwise equal.
    /// </summary>
    public static TransformerArchitecture Mistral(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, s_mistral);
        int window = configuration.OptionalExtent("sliding_window", 4096) ?? 0;
        configuration.Refuse(configuration.Flag("attention_bias", false), "attention_bias", "this family has no biases");
        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, model.Layers, _ => window > 0);
        configuration.Refuse(
            window == 0 && pattern.Contains(0),
            "layer_types",
            "it names layers with a window, but \"sliding_window\" is null",
            "sliding_window"
        );
        return DecoderClass
            .LikeLlama("Mistral", answersQuestions: true)
            .Apply(configuration, window == 0 ? model : FamilyParts.WithWindow(model, window, pattern));
    }

    /// <summary>Qwen2ForCausalLM: biases on queries, keys and values, implied by the family.</summary>
    public static TransformerArchitecture Qwen2(ModelConfiguration configuration) => Qwen2(configuration, s_qwen, "Qwen2");

    /// <summary>The text model of Qwen2-VL and Qwen2.5-VL: Qwen2 with rotary positions that have three axes for images.</summary>
    public static TransformerArchitecture Qwen2OfImages(ModelConfiguration configuration) =>
        Qwen2(
            configuration,
            // Sizes of Qwen2VLTextConfig (transformers 5).
            new Defaults(152_064, 8192, 29_568, 80, 64, 8, 32_768)
            {
                Epsilon = 1e-5,
                Rotary = new RotaryDefaults { HasImageAxes = true, Base = 1_000_000 },
            },
            "Qwen2"
        );

    private static TransformerArchitecture Qwen2(ModelConfiguration configuration, Defaults defaults, string family)
    {
        TransformerArchitecture model = WithWindows(configuration, Common(configuration, defaults));
        return DecoderClass
            .LikeLlama(family, answersQuestions: true)
            .Apply(configuration, model.WithAttention(static attention => attention.WithBias(queryKeyValue: true, output: false)));
    }

    /// <summary>Qwen3ForCausalLM: every query and key head is normalized before the rotation.</summary>
    public static TransformerArchitecture Qwen3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = WithWindows(configuration, Common(configuration, s_qwen with { HeadDim = 128 }));
        bool bias = configuration.Flag("attention_bias", false);
        return DecoderClass
            .LikeLlama("Qwen3", answersQuestions: true)
            .Apply(
                configuration,
                model.WithAttention(attention => attention.WithBias(bias, bias) with { QueryKeyNorm = true }) with
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

    /// <summary>Phi3ForCausalLM: fused projections, partial rotation, factors for long contexts.</summary>
    public static TransformerArchitecture Phi3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, s_phi3);
        // Fields of the published program that transformers does not read. These values do not change the results.
        foreach (string field in new[] { "mlp_bias", "lm_head_bias" })
        {
            RefuseFlag(configuration, field, "transformers ignores it: this family has no biases");
        }

        foreach (string field in new[] { "full_attn_mod", "interpolate_factor" })
        {
            configuration.WithoutEffect(field);
            configuration.Refuse(
                configuration.Has(field) && configuration.Number(field) != 1,
                field,
                "transformers ignores it, so that only 1 is supported"
            );
        }

        int window = configuration.OptionalExtent("sliding_window", null) ?? 0;
        configuration.Refuse(configuration.Flag("attention_bias", false), "attention_bias", "this family has no biases");
        return DecoderClass
            .LikeLlama("Phi3")
            .Apply(
                configuration,
                model.WithAttention(attention => attention with { Window = window }) with
                {
                    Checkpoint = model.Checkpoint with
                    {
                        Names = model.Checkpoint.Names with
                        {
                            QueryKeyValue = "model.layers.{layer}.self_attn.qkv_proj",
                            GateUp = "model.layers.{layer}.mlp.gate_up_proj",
                        },
                        QueryKeyValue = QueryKeyValueStorage.Concatenated,
                        GateUpConcatenated = true,
                    },
                }
            );
    }

    /// <summary>Rejects a flag that the class in transformers does not read and whose behavior is that of false.</summary>
    private static void RefuseFlag(ModelConfiguration configuration, string field, string why)
    {
        configuration.WithoutEffect(field);
        configuration.Refuse(configuration.Has(field) && configuration.Flag(field, false), field, why);
    }

    /// <summary>Builds the parts that all of them have in common.</summary>
    public static TransformerArchitecture Common(ModelConfiguration configuration, Defaults defaults, string activation = "hidden_act")
    {
        SharedFields.RefuseCrossAttention(configuration);
        // Fields of the training program of SmolLM. A conversion reorders its pairs to halves.
        configuration.WithoutEffect("is_llama_config");
        RefuseFlag(configuration, "rope_interleaved", "transformers ignores it and rotates the halves of a head");
        int width = configuration.Extent("hidden_size", defaults.Width);
        AttentionArchitecture attention = FamilyParts.Attention(
            configuration,
            width,
            ("num_attention_heads", defaults.Heads),
            ("num_key_value_heads", defaults.KeyValueHeads),
            defaults.HasHeadDim ? "head_dim" : null,
            defaults.HeadDim
        );
        int positions = configuration.Length("max_position_embeddings", defaults.Positions);
        RotaryPositions rotary = RotaryReader.Read(
            configuration,
            attention.HeadDim,
            ["head_dim", "hidden_size", "num_attention_heads"],
            defaults.Rotary with
            {
                LongestContext = defaults.Positions,
            }
        );
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers", defaults.Layers),
            width,
            positions,
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", defaults.Vocabulary), Scale: 1, Positions: null, Norm: false),
            FamilyParts.OneKind(
                attention with
                {
                    Positions = rotary,
                },
                new FeedForwardArchitecture(
                    configuration.Extent("intermediate_size", defaults.Inner),
                    configuration.Activation(activation, defaults.Activation),
                    Gated: true,
                    Bias: false
                ),
                LayerArrangement.PreNorm
            ),
            FamilyParts.OnePattern,
            new NormArchitecture(
                NormKind.RootMeanSquare,
                defaults.EpsilonField is { } epsilon
                    ? FamilyParts.Epsilon(configuration, epsilon, defaults.Epsilon)
                    : (float)defaults.Epsilon,
                Bias: false,
                UnitOffset: false
            ),
            new LogitsArchitecture(configuration.Flag("tie_word_embeddings", defaults.Tied), Bias: false, SoftCap: 0),
            CheckpointLayout.Llama
        );
    }

    /// <summary>
    /// Qwen's windows in transformers 5 (up to 4.51, eager and SDPA attention applied them to every layer). Without
    /// <c>use_sliding_window</c> there are none, whatever <c>sliding_window</c> is. With it, the layers from
    /// <c>max_window_layers</c> on have a window, or those that <c>layer_types</c> names.
    /// </summary>
    private static TransformerArchitecture WithWindows(ModelConfiguration configuration, TransformerArchitecture model)
    {
        configuration.Refuse(
            configuration.Flag("use_mrope", false),
            "use_mrope",
            "positions with several axes are not supported for this family"
        );
        bool uses = configuration.Flag("use_sliding_window", false);
        int window = configuration.OptionalExtent("sliding_window", 4096) ?? 0;
        // Files have 0 here for a window in all layers.
        double first = configuration.Number("max_window_layers", 28, NumberRange.ZeroOrPositive);
        bool slides = uses && window > 0;
        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, model.Layers, layer => slides && layer >= first);
        if (!slides)
        {
            configuration.Refuse(
                Enumerable.Range(0, pattern.Count).Any(layer => pattern[layer] == 0),
                "layer_types",
                "it names layers with a window, but \"use_sliding_window\" is not true or \"sliding_window\" is null",
                "use_sliding_window",
                "sliding_window"
            );
            return model;
        }

        return FamilyParts.WithWindow(model, window, pattern);
    }
}
