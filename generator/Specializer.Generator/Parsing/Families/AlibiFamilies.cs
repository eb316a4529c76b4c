using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Families with linear biases on the scores instead of position embeddings (ALiBi): BLOOM and MPT.</summary>
internal static class AlibiFamilies
{
    /// <summary>BloomForCausalLM (BigScience 2022): a norm on the embeddings, tanh GELU, fused heads stored one by one.</summary>
    public static TransformerArchitecture Bloom(ModelConfiguration configuration)
    {
        // The defaults of the class are the sizes of a toy model, so the fields are required.
        configuration.Alias("hidden_size", "n_embed");
        configuration.Alias("n_layer", "num_hidden_layers");
        configuration.Alias("n_head", "num_attention_heads");
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect(
            "slow_but_exact",
            "attention_softmax_in_fp32",
            "masked_softmax_fusion",
            "bias_dropout_fusion",
            "skip_bias_add",
            "skip_bias_add_qkv",
            "offset_alibi"
        );
        int width = configuration.Extent("hidden_size"),
            heads = configuration.Extent("n_head"),
            layers = configuration.Extent("n_layer");
        configuration.Refuse(
            configuration.Has("n_inner") && configuration.Extent("n_inner") != 4 * width,
            "n_inner",
            "transformers ignores it: the inner width is four times \"hidden_size\"",
            "hidden_size"
        );
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("n_head", heads)).WithBias(true, true);
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            ("n_layer", layers),
            width,
            vocabulary: 250_880,
            // BLOOM has no position table; its training used sequences of seq_length.
            configuration.Length("seq_length", 2048),
            attention,
            new AlibiPositions(MaximumBias: 8),
            new FeedForwardArchitecture(4 * width, Activation.GeluTanh, Gated: false, Bias: true),
            epsilon: "layer_norm_epsilon",
            configuration.Flag("apply_residual_connection_post_layernorm", false)
                ? LayerArrangement.NormedResidual
                : LayerArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                new CheckpointNames(
                    "transformer.word_embeddings",
                    "transformer.h.{layer}.input_layernorm",
                    "",
                    "",
                    "",
                    "transformer.h.{layer}.self_attention.dense",
                    "transformer.h.{layer}.post_attention_layernorm",
                    "",
                    "transformer.h.{layer}.mlp.dense_h_to_4h",
                    "transformer.h.{layer}.mlp.dense_4h_to_h",
                    "transformer.ln_f",
                    "lm_head"
                )
                {
                    EmbeddingNorm = "transformer.word_embeddings_layernorm",
                    QueryKeyValue = "transformer.h.{layer}.self_attention.query_key_value",
                },
                QueryKeyValueStorage.PerKeyValueHead
            )
        );
        return DecoderClass.LikeGpt2("Bloom").Apply(configuration, model with { Embeddings = model.Embeddings with { Norm = true } });
    }

    /// <summary>MptForCausalLM (MosaicML 2023): no biases anywhere.</summary>
    public static TransformerArchitecture Mpt(ModelConfiguration configuration)
    {
        configuration.Alias("d_model", "hidden_size");
        configuration.Alias("n_heads", "num_attention_heads");
        configuration.Alias("n_layers", "num_hidden_layers");
        SharedFields.RefuseCrossAttention(configuration);
        int width = configuration.Extent("d_model", 2048);
        ModelConfiguration attentionFields = configuration.Section("attn_config");
        configuration.WithoutEffect("embedding_fraction", "verbose", "init_device", "init_config", "tokenizer_name", "learned_pos_emb");
        configuration.Refuse(
            configuration.Extent("expansion_ratio", 4) != 4,
            "expansion_ratio",
            "transformers ignores it: the inner width is four times \"d_model\""
        );
        configuration.Refuse(!configuration.Flag("no_bias", true), "no_bias", "biases are not supported for this family");
        configuration.Refuse(configuration.Has("logit_scale"), "logit_scale", "scaled logits are not supported for this family");
        configuration.Refuse(
            configuration.Text("norm_type", "low_precision_layernorm") is not ("low_precision_layernorm" or "layernorm"),
            "norm_type",
            "only LayerNorm is supported for this family"
        );
        SharedFields.Account(attentionFields);
        attentionFields.WithoutEffect("attn_impl");
        attentionFields.Refuse(
            !attentionFields.Flag("alibi", true),
            "alibi",
            "positions other than ALiBi are not supported for this family"
        );
        attentionFields.Refuse(
            attentionFields.Number("alibi_bias_max", 8) != 8,
            "alibi_bias_max",
            "transformers ignores it and computes with 8"
        );
        attentionFields.Refuse(attentionFields.Flag("qk_ln", false), "qk_ln", "LayerNorm of queries and keys is not supported");
        attentionFields.Refuse(
            attentionFields.Flag("prefix_lm", false),
            "prefix_lm",
            "bidirectional attention within a prefix is not supported"
        );
        attentionFields.Refuse(
            attentionFields.Flag("attn_uses_sequence_id", false),
            "attn_uses_sequence_id",
            "packed sequences are not supported"
        );
        double clip = attentionFields.OptionalNumber("clip_qkv", null, NumberRange.ZeroOrPositive) ?? 0;
        attentionFields.Refuse(
            attentionFields.Text("attn_type", "multihead_attention") != "multihead_attention",
            "attn_type",
            "only multihead_attention is supported"
        );
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("n_heads", 16));
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            ("n_layers", 24),
            width,
            vocabulary: 50_368,
            configuration.Length("max_seq_len", 2048),
            attention with
            {
                Scale = (float)(attentionFields.OptionalNumber("softmax_scale", null, NumberRange.Positive) ?? attention.Scale),
                ProjectionClip = (float)clip,
            },
            new AlibiPositions(MaximumBias: 8),
            new FeedForwardArchitecture(4 * width, Activation.Gelu, Gated: false, Bias: false),
            epsilon: "layer_norm_epsilon",
            LayerArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                new CheckpointNames(
                    "transformer.wte",
                    "transformer.blocks.{layer}.norm_1",
                    "",
                    "",
                    "",
                    "transformer.blocks.{layer}.attn.out_proj",
                    "transformer.blocks.{layer}.norm_2",
                    "",
                    "transformer.blocks.{layer}.ffn.up_proj",
                    "transformer.blocks.{layer}.ffn.down_proj",
                    "transformer.norm_f",
                    "lm_head"
                )
                {
                    QueryKeyValue = "transformer.blocks.{layer}.attn.Wqkv",
                },
                QueryKeyValueStorage.Concatenated
            )
        );
        return DecoderClass.LikeGpt2("Mpt").Apply(configuration, model with { Norm = model.Norm with { Bias = false } });
    }
}
