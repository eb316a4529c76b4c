using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>FalconForCausalLM (Almazrouei et al. 2023), with the parallel blocks and multi-query attention of PaLM.</summary>
internal static class FalconFamily
{
    public static TransformerArchitecture Falcon(ModelConfiguration configuration)
    {
        configuration.Alias("hidden_size", "n_embed");
        // Names of the first files; the class does not read them, and their values are the same.
        configuration.Alias("num_hidden_layers", "n_layer");
        configuration.Alias("num_attention_heads", "n_head");
        SharedFields.RefuseCrossAttention(configuration);
        int width = configuration.Extent("hidden_size", 4544);
        bool grouped = configuration.Flag("new_decoder_architecture", false);
        bool parallel = configuration.Flag("parallel_attn", true);
        configuration.Refuse(
            grouped && !parallel,
            "parallel_attn",
            "with \"new_decoder_architecture\" the blocks run in parallel",
            "new_decoder_architecture"
        );
        int norms = configuration.OptionalExtent("num_ln_in_parallel_attn", null) ?? (grouped ? 2 : 1);
        configuration.Refuse(
            norms > 2 || (norms == 2 && !grouped),
            "num_ln_in_parallel_attn",
            "two norms require \"new_decoder_architecture\"",
            "new_decoder_architecture"
        );
        bool bias = configuration.Flag("bias", false),
            one = configuration.Flag("multi_query", true);
        configuration.Refuse(configuration.Flag("alibi", false), "alibi", "only rotary positions are supported for this family");
        configuration.Refuse(
            configuration.Flag("apply_residual_connection_post_layernorm", false),
            "apply_residual_connection_post_layernorm",
            "transformers ignores it for this family"
        );
        // One key/value head for all queries, one for each of num_kv_heads groups, or one for each query head.
        AttentionArchitecture attention = FamilyParts
            .Attention(configuration, width, ("num_attention_heads", 71), ("num_kv_heads", null))
            .WithBias(bias, bias);
        if (!grouped && one)
        {
            attention = attention with { KeyValueHeads = 1 };
        }

        bool twoNorms = norms == 2 && grouped;
        return DecoderClass
            .LikeGpt2("Falcon")
            .Apply(
                configuration,
                GptFamilies.Build(
                    configuration,
                    ("num_hidden_layers", 32),
                    width,
                    vocabulary: 65_024,
                    configuration.Length("max_position_embeddings", 2048),
                    attention,
                    RotaryReader.Read(configuration, attention.HeadDim, ["hidden_size", "num_attention_heads"], new RotaryDefaults()),
                    new FeedForwardArchitecture(
                        configuration.OptionalExtent("ffn_hidden_size", null) ?? 4 * width,
                        configuration.Activation("activation", "gelu"),
                        Gated: false,
                        bias
                    ),
                    epsilon: "layer_norm_epsilon",
                    !parallel ? LayerArrangement.PreNorm
                        : twoNorms ? LayerArrangement.ParallelTwoNorms
                        : LayerArrangement.ParallelOneNorm,
                    logitsBias: false,
                    tied: configuration.Flag("tie_word_embeddings", true),
                    GptFamilies.Layout(
                        new CheckpointNames(
                            "transformer.word_embeddings",
                            twoNorms ? "transformer.h.{layer}.ln_attn" : "transformer.h.{layer}.input_layernorm",
                            "",
                            "",
                            "",
                            "transformer.h.{layer}.self_attention.dense",
                            twoNorms ? "transformer.h.{layer}.ln_mlp" : "transformer.h.{layer}.post_attention_layernorm",
                            "",
                            "transformer.h.{layer}.mlp.dense_h_to_4h",
                            "transformer.h.{layer}.mlp.dense_4h_to_h",
                            "transformer.ln_f",
                            "lm_head"
                        )
                        {
                            QueryKeyValue = "transformer.h.{layer}.self_attention.query_key_value",
                        },
                        // With one key/value head this is [all query heads | key | value]; with one per query head, [q | k | v] per head.
                        QueryKeyValueStorage.PerKeyValueHead,
                        "transformer.h.{layer}.self_attention.rotary_emb.inv_freq"
                    )
                )
            );
    }
}
