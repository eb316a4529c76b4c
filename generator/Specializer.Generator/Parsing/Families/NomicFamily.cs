using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// NomicBertModel (Nussbaum et al. 2024): BERT with rotary positions, a gated feed-forward block and fused projections. Its fields have
/// the names of GPT-2 in the files of the published program, and those of BERT in the files of transformers 5.
/// </summary>
internal static class NomicFamily
{
    public static TransformerArchitecture NomicBert(ModelConfiguration configuration)
    {
        ModelClass.Require(configuration, ModelClass.Name(configuration, "NomicBertModel"), ["NomicBertModel"]);
        EncoderFamilies.RefuseDecoder(configuration);
        configuration.Alias("hidden_size", "n_embd");
        configuration.Alias("num_attention_heads", "n_head");
        configuration.Alias("num_hidden_layers", "n_layer");
        configuration.Alias("intermediate_size", "n_inner");
        configuration.Alias("max_position_embeddings", "n_positions");
        configuration.Alias("layer_norm_eps", "layer_norm_epsilon");
        RefuseOthers(configuration);
        int width = configuration.Extent("hidden_size", 768),
            vocabulary = configuration.Extent("vocab_size", 30_522),
            multiple = configuration.Extent("pad_vocab_size_multiple", 1);
        bool isGpt = configuration.Has("activation_function");
        bool bias = configuration.Flag("qkv_proj_bias", isGpt),
            innerBias = configuration.Flag("mlp_fc1_bias", isGpt);
        configuration.Require(
            configuration.Flag("mlp_fc2_bias", isGpt) == innerBias,
            "mlp_fc2_bias",
            "the same as \"mlp_fc1_bias\"",
            "mlp_fc1_bias"
        );
        AttentionArchitecture attention = FamilyParts
            .Attention(configuration, width, ("num_attention_heads", 12), null, "head_dim")
            .WithBias(bias, bias);
        RotaryPositions rotary = RotaryReader.Read(
            configuration,
            attention.HeadDim,
            ["head_dim", "hidden_size", "num_attention_heads"],
            new RotaryDefaults
            {
                BaseFields = ["rotary_emb_base", "rope_theta"],
                Base = isGpt ? 10_000 : 1000,
                ShareFields = ["rotary_emb_fraction", "partial_rotary_factor"],
                Pairing = configuration.Flag("rotary_emb_interleaved", false) ? RotaryPairing.Interleaved : RotaryPairing.HalfSplit,
            }
        );
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers", 12),
            width,
            configuration.Length("max_position_embeddings", 2048),
            ChunkLength: 0,
            new EmbeddingArchitecture((vocabulary + multiple - 1) / multiple * multiple, Scale: 1, Positions: null, Norm: true)
            {
                TokenTypes = configuration.Extent("type_vocab_size", 2),
            },
            FamilyParts.OneKind(
                attention with
                {
                    Positions = rotary,
                    Mask = AttentionMask.Full,
                },
                new FeedForwardArchitecture(
                    configuration.Extent("intermediate_size", 3072),
                    Gate(configuration, isGpt),
                    Gated: true,
                    innerBias
                ),
                LayerArrangement.PostNorm
            ),
            FamilyParts.OnePattern,
            new NormArchitecture(
                NormKind.Layer,
                FamilyParts.Epsilon(configuration, "layer_norm_eps", 1e-12),
                Bias: true,
                UnitOffset: false
            ),
            new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
            Layout
        )
        {
            Stack = Stack.Encoder,
        };
    }

    private static Activation Gate(ModelConfiguration configuration, bool isGpt) =>
        !isGpt
            ? configuration.Activation("hidden_act", "silu")
            : configuration.Text("activation_function") switch
            {
                "swiglu" => Activation.Silu,
                "geglu" => Activation.Gelu,
                _ => configuration.Wrong("activation_function", "swiglu or geglu", Activation.Silu),
            };

    /// <summary>Accounts for the fields of the published program, and rejects values that change the computation.</summary>
    private static void RefuseOthers(ModelConfiguration configuration)
    {
        foreach (
            string flag in new[] { "prenorm", "parallel_block", "causal", "use_rms_norm", "scale_attn_by_inverse_layer_idx", "norm_mlp" }
        )
        {
            configuration.Refuse(configuration.Flag(flag, false), flag, "it is not supported for this family");
        }

        foreach (
            string field in new[]
            {
                "rotary_emb_scale_base",
                "rotary_scaling_factor",
                "num_experts",
                "expert_choice_router",
                "moe_every_n_layers",
            }
        )
        {
            configuration.Refuse(
                configuration.Find(field) is { } value
                    && value is not ({ Kind: JsonKind.Null } or { Kind: JsonKind.Number, Number: 0 })
                    && value is not { Kind: JsonKind.Boolean, Boolean: false },
                field,
                "it is not supported for this family"
            );
        }

        configuration.Refuse(!configuration.Flag("scale_attn_weights", true), "scale_attn_weights", "unscaled scores are not supported");
        configuration.Fix("ffn_div", 1);
        GptFamilies.WithoutSummary(configuration);
        configuration.WithoutEffect(
            "dense_seq_output",
            "last_layer_subset",
            "reorder_and_upcast_attn",
            "fused_bias_fc",
            "fused_dropout_add_ln",
            "use_xentropy",
            "max_trained_positions",
            "pad_vocab_size_multiple",
            "tie_word_embeddings",
            "add_pooling_layer",
            "moe_top_k",
            "moe_impl",
            "moe_normalize_expert_weights",
            "moe_resid_pdrop",
            "num_shared_experts",
            "mlp_checkpoint_lvl",
            "sequence_parallel",
            "fused_mlp"
        );
    }

    private static CheckpointLayout Layout
    {
        get
        {
            const string layer = "encoder.layers.{layer}.";
            return GptFamilies.Layout(
                new CheckpointNames(
                    "embeddings.word_embeddings",
                    "",
                    "",
                    "",
                    "",
                    layer + "attn.out_proj",
                    "",
                    layer + "mlp.fc12",
                    layer + "mlp.fc11",
                    layer + "mlp.fc2",
                    "",
                    ""
                )
                {
                    TokenTypeEmbedding = "embeddings.token_type_embeddings",
                    EmbeddingNorm = "emb_ln",
                    QueryKeyValue = layer + "attn.Wqkv",
                    AttentionOutputNorm = layer + "norm1",
                    FeedForwardOutputNorm = layer + "norm2",
                },
                QueryKeyValueStorage.Concatenated
            );
        }
    }
}
