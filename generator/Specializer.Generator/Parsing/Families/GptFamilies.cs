using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>GPT-2 and its successors with LayerNorm: GPT-J, GPT-NeoX, Phi.</summary>
internal static class GptFamilies
{
    /// <summary>The names of GPT-2's tensors, whose query, key and value projections are fused.</summary>
    public static CheckpointNames Gpt2Names { get; } =
        new(
            "transformer.wte",
            "transformer.h.{layer}.ln_1",
            "",
            "",
            "",
            "transformer.h.{layer}.attn.c_proj",
            "transformer.h.{layer}.ln_2",
            "",
            "transformer.h.{layer}.mlp.c_fc",
            "transformer.h.{layer}.mlp.c_proj",
            "transformer.ln_f",
            "lm_head"
        )
        {
            PositionEmbedding = "transformer.wpe",
            QueryKeyValue = "transformer.h.{layer}.attn.c_attn",
        };

    /// <summary>GPT2LMHeadModel (Radford et al. 2019): learned positions, matrices stored [inputs, outputs].</summary>
    public static TransformerArchitecture Gpt2(ModelConfiguration configuration)
    {
        AliasGpt(configuration);
        int width = configuration.Extent("n_embd", 768);
        int positions = configuration.Extent("n_positions", 1024);
        SharedFields.RefuseCrossAttention(configuration);
        WithoutSummary(configuration);
        // A different order of the same operations for half precision.
        configuration.WithoutEffect("reorder_and_upcast_attn");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("n_head", 12)).WithBias(true, true);
        return (DecoderClass.LikeGpt2("GPT2") with { Causal = "GPT2LMHeadModel" }).Apply(
            configuration,
            Build(
                configuration,
                ("n_layer", 12),
                width,
                vocabulary: 50_257,
                positions,
                attention with
                {
                    Scale = configuration.Flag("scale_attn_weights", true) ? attention.Scale : 1,
                    ScaleByInverseLayer = configuration.Flag("scale_attn_by_inverse_layer_idx", false),
                },
                new NoPositions(),
                new FeedForwardArchitecture(
                    configuration.OptionalExtent("n_inner", null) ?? 4 * width,
                    configuration.Activation("activation_function", "gelu_new"),
                    Gated: false,
                    Bias: true
                ),
                epsilon: "layer_norm_epsilon",
                LayerArrangement.PreNorm,
                logitsBias: false,
                tied: configuration.Flag("tie_word_embeddings", true),
                new CheckpointLayout(
                    Gpt2Names,
                    QueryKeyValueStorage.Concatenated,
                    GateUpConcatenated: false,
                    InputsFirst: true,
                    // Buffers of the causal mask.
                    new EquatableArray<string>(["transformer.h.{layer}.attn.bias", "transformer.h.{layer}.attn.masked_bias"])
                ),
                new LearnedPositions(0, positions)
            )
        );
    }

    /// <summary>GPTJForCausalLM (Wang and Komatsuzaki 2021): one norm for both blocks, interleaved rotary pairs.</summary>
    public static TransformerArchitecture GptJ(ModelConfiguration configuration)
    {
        AliasGpt(configuration);
        SharedFields.RefuseCrossAttention(configuration);
        WithoutSummary(configuration);
        // The file of GPT-J-6B declares rotary positions; the class has no others. The other field is a default of the mesh code.
        configuration.Refuse(!configuration.Flag("rotary", true), "rotary", "this family has rotary positions");
        configuration.WithoutEffect("scale_attn_weights");
        int width = configuration.Extent("n_embd", 4096);
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("n_head", 16));
        int rotary = configuration.Extent("rotary_dim", 64);
        configuration.Refuse(
            rotary > attention.HeadDim || rotary % 2 != 0,
            "rotary_dim",
            "it must be even and at most the width of a head",
            "n_embd",
            "n_head"
        );
        return (DecoderClass.LikeGpt2("GPTJ") with { TokenLabels = null }).Apply(
            configuration,
            Build(
                configuration,
                ("n_layer", 28),
                width,
                vocabulary: 50_400,
                configuration.Length("n_positions", 2048),
                attention,
                new RotaryPositions(
                    10_000,
                    rotary % 2 == 0 && rotary <= attention.HeadDim ? rotary : 2,
                    RotaryPairing.Interleaved,
                    new NoScaling()
                ),
                new FeedForwardArchitecture(
                    configuration.OptionalExtent("n_inner", null) ?? 4 * width,
                    configuration.Activation("activation_function", "gelu_new"),
                    Gated: false,
                    Bias: true
                ),
                epsilon: "layer_norm_epsilon",
                LayerArrangement.ParallelOneNorm,
                logitsBias: true,
                tied: configuration.Flag("tie_word_embeddings", false),
                Layout(
                    new CheckpointNames(
                        "transformer.wte",
                        "transformer.h.{layer}.ln_1",
                        "transformer.h.{layer}.attn.q_proj",
                        "transformer.h.{layer}.attn.k_proj",
                        "transformer.h.{layer}.attn.v_proj",
                        "transformer.h.{layer}.attn.out_proj",
                        "",
                        "",
                        "transformer.h.{layer}.mlp.fc_in",
                        "transformer.h.{layer}.mlp.fc_out",
                        "transformer.ln_f",
                        "lm_head"
                    ),
                    QueryKeyValueStorage.Separate,
                    "transformer.h.{layer}.attn.bias",
                    "transformer.h.{layer}.attn.masked_bias"
                )
            )
        );
    }

    /// <summary>GPTNeoXForCausalLM (Black et al. 2022): a norm for each block; blocks in parallel or in sequence.</summary>
    public static TransformerArchitecture GptNeoX(ModelConfiguration configuration)
    {
        SharedFields.RefuseCrossAttention(configuration);
        int width = configuration.Extent("hidden_size", 6144);
        bool bias = configuration.Flag("attention_bias", true);
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("num_attention_heads", 64)).WithBias(bias, bias);
        RotaryPositions rotary = RotaryReader.Read(
            configuration,
            attention.HeadDim,
            ["hidden_size", "num_attention_heads"],
            new RotaryDefaults
            {
                BaseFields = ["rope_theta", "rotary_emb_base"],
                Share = 0.25,
                ShareFields = ["rotary_pct", "partial_rotary_factor"],
            }
        );
        configuration.Refuse(
            rotary.Base != 10_000
                && configuration.Has("rope_theta")
                && !configuration.Has("rotary_emb_base")
                && !configuration.Has("rope_parameters"),
            "rope_theta",
            "transformers ignores it for this family, whose field is rotary_emb_base: write the base used in training there"
        );
        configuration.Refuse(
            rotary.RotaryDim != attention.HeadDim / 4
                && configuration.Has("partial_rotary_factor")
                && !configuration.Has("rotary_pct")
                && !configuration.Has("rope_parameters"),
            "partial_rotary_factor",
            "transformers ignores it for this family, whose field is rotary_pct: write the fraction used in training there"
        );
        return DecoderClass
            .LikeGpt2("GPTNeoX")
            .Apply(
                configuration,
                Build(
                    configuration,
                    ("num_hidden_layers", 44),
                    width,
                    vocabulary: 50_432,
                    configuration.Length("max_position_embeddings", 2048),
                    attention,
                    rotary,
                    new FeedForwardArchitecture(
                        configuration.Extent("intermediate_size", 24_576),
                        configuration.Activation("hidden_act", "gelu"),
                        Gated: false,
                        Bias: true
                    ),
                    epsilon: "layer_norm_eps",
                    configuration.Flag("use_parallel_residual", true) ? LayerArrangement.ParallelTwoNorms : LayerArrangement.PreNorm,
                    logitsBias: false,
                    tied: configuration.Flag("tie_word_embeddings", false),
                    Layout(
                        new CheckpointNames(
                            "gpt_neox.embed_in",
                            "gpt_neox.layers.{layer}.input_layernorm",
                            "",
                            "",
                            "",
                            "gpt_neox.layers.{layer}.attention.dense",
                            "gpt_neox.layers.{layer}.post_attention_layernorm",
                            "",
                            "gpt_neox.layers.{layer}.mlp.dense_h_to_4h",
                            "gpt_neox.layers.{layer}.mlp.dense_4h_to_h",
                            "gpt_neox.final_layer_norm",
                            "embed_out"
                        )
                        {
                            QueryKeyValue = "gpt_neox.layers.{layer}.attention.query_key_value",
                        },
                        QueryKeyValueStorage.PerKeyValueHead,
                        "gpt_neox.layers.{layer}.attention.bias",
                        "gpt_neox.layers.{layer}.attention.masked_bias",
                        "gpt_neox.layers.{layer}.attention.rotary_emb.inv_freq"
                    )
                )
            );
    }

    /// <summary>PhiForCausalLM (Li et al. 2023): one norm for both blocks, biases everywhere, partial rotation.</summary>
    public static TransformerArchitecture Phi(ModelConfiguration configuration)
    {
        SharedFields.RefuseCrossAttention(configuration);
        int width = configuration.Extent("hidden_size", 2048);
        configuration.Refuse(
            configuration.Flag("qk_layernorm", false),
            "qk_layernorm",
            "LayerNorm of query and key heads is not supported"
        );
        AttentionArchitecture attention = FamilyParts
            .Attention(configuration, width, ("num_attention_heads", 32), ("num_key_value_heads", null), "head_dim")
            .WithBias(true, true);
        RotaryPositions rotary = RotaryReader.Read(
            configuration,
            attention.HeadDim,
            ["head_dim", "hidden_size", "num_attention_heads"],
            new RotaryDefaults { Share = 0.5, ShareFields = ["partial_rotary_factor"] }
        );
        return DecoderClass
            .LikeLlama("Phi")
            .Apply(
                configuration,
                Build(
                    configuration,
                    ("num_hidden_layers", 24),
                    width,
                    vocabulary: 51_200,
                    configuration.Length("max_position_embeddings", 2048),
                    attention,
                    rotary,
                    new FeedForwardArchitecture(
                        configuration.Extent("intermediate_size", 8192),
                        configuration.Activation("hidden_act", "gelu_new"),
                        Gated: false,
                        Bias: true
                    ),
                    epsilon: "layer_norm_eps",
                    LayerArrangement.ParallelOneNorm,
                    logitsBias: true,
                    tied: configuration.Flag("tie_word_embeddings", false),
                    Layout(
                        new CheckpointNames(
                            "model.embed_tokens",
                            "model.layers.{layer}.input_layernorm",
                            "model.layers.{layer}.self_attn.q_proj",
                            "model.layers.{layer}.self_attn.k_proj",
                            "model.layers.{layer}.self_attn.v_proj",
                            "model.layers.{layer}.self_attn.dense",
                            "",
                            "",
                            "model.layers.{layer}.mlp.fc1",
                            "model.layers.{layer}.mlp.fc2",
                            "model.final_layernorm",
                            "lm_head"
                        ),
                        QueryKeyValueStorage.Separate,
                        "model.layers.{layer}.self_attn.rotary_emb.inv_freq"
                    )
                )
            );
    }

    /// <summary>Builds the parts of a decoder with LayerNorm.</summary>
    /// <remarks>Without a field of the ε, it is the 1e-5 of PyTorch.</remarks>
    public static TransformerArchitecture Build(
        ModelConfiguration configuration,
        (string Field, int Default) layers,
        int width,
        int vocabulary,
        int contextLength,
        AttentionArchitecture attention,
        AttentionPositions positions,
        FeedForwardArchitecture feedForward,
        string? epsilon,
        LayerArrangement arrangement,
        bool logitsBias,
        bool tied,
        CheckpointLayout checkpoint,
        PositionTable? positionTable = null
    ) =>
        new TransformerArchitecture(
            configuration.Extent(layers.Field, layers.Default),
            width,
            contextLength,
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", vocabulary), Scale: 1, positionTable, Norm: false),
            FamilyParts.OneKind(attention with { Positions = positions }, feedForward, arrangement),
            FamilyParts.OnePattern,
            new NormArchitecture(
                NormKind.Layer,
                epsilon is null ? 1e-5f : FamilyParts.Epsilon(configuration, epsilon, 1e-5),
                Bias: true,
                UnitOffset: false
            ),
            new LogitsArchitecture(tied, logitsBias, SoftCap: 0),
            checkpoint
        );

    /// <summary>Creates a layout with matrices [outputs, inputs].</summary>
    public static CheckpointLayout Layout(CheckpointNames names, QueryKeyValueStorage queryKeyValue, params string[] ignored) =>
        new(names, queryKeyValue, GateUpConcatenated: false, InputsFirst: false, new EquatableArray<string>(ignored));

    /// <summary>Adds the usual names of fields that GPT-2's and GPT-J's classes name differently.</summary>
    public static void AliasGpt(ModelConfiguration configuration)
    {
        configuration.Alias("n_embd", "hidden_size");
        configuration.Alias("n_positions", "max_position_embeddings");
        configuration.Alias("n_head", "num_attention_heads");
        configuration.Alias("n_layer", "num_hidden_layers");
        // The length of training sequences, which the first files have beside n_positions.
        configuration.WithoutEffect("n_ctx");
    }

    /// <summary>Accounts for the fields of a summary head, which only GPT2DoubleHeadsModel has.</summary>
    public static void WithoutSummary(ModelConfiguration configuration) =>
        configuration.WithoutEffect(
            "summary_type",
            "summary_use_proj",
            "summary_activation",
            "summary_proj_to_labels",
            "summary_first_dropout",
            "n_special",
            "predict_special_tokens"
        );
}
