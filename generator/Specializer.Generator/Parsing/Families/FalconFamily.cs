using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>FalconForCausalLM (Almazrouei et al. 2023), and with it PaLM's parallel blocks with one key/value head.</summary>
internal static class FalconFamily
{
    public static TransformerArchitecture Falcon(ModelConfiguration configuration)
    {
        int width = configuration.Extent("hidden_size");
        bool grouped = configuration.Flag("new_decoder_architecture", false);
        bool parallel = grouped || configuration.Flag("parallel_attn", true);
        bool twoNorms = grouped && configuration.Extent("num_ln_in_parallel_attn", 2) == 2;
        bool bias = configuration.Flag("bias", false);
        configuration.Refuse(configuration.Flag("alibi", false), "alibi", "only rotary positions are supported for this family");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "num_attention_heads", grouped ? "num_kv_heads" : null, null).WithBias(bias, bias);
        if (!grouped && configuration.Flag("multi_query", true))
        {
            attention = attention with { KeyValueHeads = 1 };
        }

        return GptFamilies.Build(
            configuration,
            layers: "num_hidden_layers",
            width,
            configuration.Extent("max_position_embeddings", 2048),
            attention,
            FamilyParts.Rotary(configuration, attention.HeadDimension),
            new FeedForwardArchitecture(configuration.Extent("ffn_hidden_size", 4 * width), configuration.Activation("activation", "gelu"), Gated: false, bias),
            epsilon: "layer_norm_epsilon",
            !parallel ? BlockArrangement.PreNorm : twoNorms ? BlockArrangement.ParallelTwoNorms : BlockArrangement.ParallelOneNorm,
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
                    "lm_head")
                {
                    QueryKeyValue = "transformer.h.{layer}.self_attention.query_key_value",
                },
                // With one key/value head this is [all query heads | key | value]; with one per query head, [q | k | v] per head.
                QueryKeyValueLayout.PerKeyValueHead,
                "transformer.h.{layer}.self_attention.rotary_emb.inv_freq"));
    }
}
