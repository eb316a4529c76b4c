using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Families whose scores fall with the distance instead of knowing positions: BLOOM and MPT.</summary>
internal static class AlibiFamilies
{
    /// <summary>BloomForCausalLM (BigScience 2022): a norm on the embeddings, tanh GELU, heads stored one by one.</summary>
    public static TransformerArchitecture Bloom(ModelConfiguration configuration)
    {
        int width = configuration.Extent(configuration.FirstOf("hidden_size", "n_embed"));
        configuration.Refuse(
            configuration.Flag("apply_residual_connection_post_layernorm", false), "apply_residual_connection_post_layernorm", "a residual stream taken behind the norm is not supported");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, configuration.FirstOf("n_head", "num_attention_heads"), null, null).WithBias(true, true);
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            layers: configuration.FirstOf("n_layer", "num_hidden_layers"),
            width,
            // BLOOM has no table of positions; its training used sequences of seq_length.
            configuration.Extent("seq_length", 2048),
            attention,
            new AlibiPositions(MaximumBias: 8),
            new FeedForwardArchitecture(4 * width, ActivationFunction.GeluTanh, Gated: false, Bias: true),
            epsilon: "layer_norm_epsilon",
            BlockArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                new CheckpointNames(
                    "transformer.word_embeddings", "transformer.h.{layer}.input_layernorm", "", "", "", "transformer.h.{layer}.self_attention.dense",
                    "transformer.h.{layer}.post_attention_layernorm", "", "transformer.h.{layer}.mlp.dense_h_to_4h", "transformer.h.{layer}.mlp.dense_4h_to_h", "transformer.ln_f", "lm_head")
                {
                    EmbeddingNorm = "transformer.word_embeddings_layernorm",
                    QueryKeyValue = "transformer.h.{layer}.self_attention.query_key_value",
                },
                QueryKeyValueLayout.PerKeyValueHead));
        return model with { Embeddings = model.Embeddings with { Norm = true } };
    }

    /// <summary>MptForCausalLM (MosaicML 2023): no biases anywhere.</summary>
    public static TransformerArchitecture Mpt(ModelConfiguration configuration)
    {
        int width = configuration.Extent("d_model");
        ModelConfiguration attentionFields = configuration.Section("attn_config");
        configuration.Refuse(!configuration.Flag("no_bias", true), "no_bias", "biases are not supported for this family");
        configuration.Refuse(configuration.Has("logit_scale"), "logit_scale", "scaled logits are not supported for this family");
        attentionFields.Refuse(!attentionFields.Flag("alibi", true), "alibi", "positions other than ALiBi are not supported for this family");
        attentionFields.Refuse(attentionFields.Flag("qk_ln", false), "qk_ln", "LayerNorm of queries and keys is not supported");
        attentionFields.Refuse(attentionFields.Flag("prefix_lm", false), "prefix_lm", "a prefix that sees itself whole is not supported");
        attentionFields.Refuse(attentionFields.Has("clip_qkv"), "clip_qkv", "clipped projections are not supported");
        attentionFields.Refuse(attentionFields.Text("attn_type", "multihead_attention") != "multihead_attention", "attn_type", "only multihead_attention is supported");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "n_heads", null, null);
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            layers: "n_layers",
            width,
            configuration.Extent("max_seq_len", 2048),
            attention with { Scale = (float)attentionFields.Number("softmax_scale", attention.Scale) },
            new AlibiPositions(attentionFields.Number("alibi_bias_max", 8)),
            new FeedForwardArchitecture(configuration.Extent("expansion_ratio", 4) * width, ActivationFunction.Gelu, Gated: false, Bias: false),
            epsilon: "layer_norm_epsilon",
            BlockArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                new CheckpointNames(
                    "transformer.wte", "transformer.blocks.{layer}.norm_1", "", "", "", "transformer.blocks.{layer}.attn.out_proj", "transformer.blocks.{layer}.norm_2",
                    "", "transformer.blocks.{layer}.ffn.up_proj", "transformer.blocks.{layer}.ffn.down_proj", "transformer.norm_f", "lm_head")
                {
                    QueryKeyValue = "transformer.blocks.{layer}.attn.Wqkv",
                },
                QueryKeyValueLayout.Concatenated));
        return model with { Norm = model.Norm with { Bias = false } };
    }
}
