using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>OPTForCausalLM (Zhang et al. 2022): GPT-2's blocks with ReLU and learned positions that begin at row 2.</summary>
internal static class OptFamily
{
    public static TransformerArchitecture Opt(ModelConfiguration configuration)
    {
        configuration.Alias("hidden_size", "d_model");
        configuration.WithoutEffect("init_std");
        SharedFields.RefuseCrossAttention(configuration);
        int width = configuration.Extent("hidden_size", 768),
            positions = configuration.Extent("max_position_embeddings", 2048);
        bool bias = configuration.Flag("enable_bias", true),
            preNorm = configuration.Flag("do_layer_norm_before", true),
            finalNorm = preNorm && !configuration.Flag("_remove_final_layer_norm", false);
        configuration.Refuse(
            !configuration.Flag("layer_norm_elementwise_affine", true),
            "layer_norm_elementwise_affine",
            "norms without a weight are not supported for this family"
        );
        configuration.Refuse(
            (configuration.OptionalExtent("word_embed_proj_dim", null) ?? width) != width,
            "word_embed_proj_dim",
            "embeddings of another width (OPT-350m) are not supported for this family: it must be \"hidden_size\"",
            "hidden_size"
        );
        const string layer = "model.decoder.layers.{layer}.";
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            ("num_hidden_layers", 12),
            width,
            vocabulary: 50_272,
            positions,
            FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)).WithBias(bias, bias),
            new NoPositions(),
            new FeedForwardArchitecture(
                configuration.Extent("ffn_dim", 3072),
                configuration.Activation("activation_function", "relu"),
                Gated: false,
                bias
            ),
            epsilon: null,
            preNorm ? LayerArrangement.PreNorm : LayerArrangement.PostNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                new CheckpointNames(
                    "model.decoder.embed_tokens",
                    preNorm ? layer + "self_attn_layer_norm" : "",
                    layer + "self_attn.q_proj",
                    layer + "self_attn.k_proj",
                    layer + "self_attn.v_proj",
                    layer + "self_attn.out_proj",
                    preNorm ? layer + "final_layer_norm" : "",
                    "",
                    layer + "fc1",
                    layer + "fc2",
                    finalNorm ? "model.decoder.final_layer_norm" : "",
                    "lm_head"
                )
                {
                    PositionEmbedding = "model.decoder.embed_positions",
                    AttentionOutputNorm = preNorm ? "" : layer + "self_attn_layer_norm",
                    FeedForwardOutputNorm = preNorm ? "" : layer + "final_layer_norm",
                },
                QueryKeyValueStorage.Separate,
                "model.decoder.version"
            ),
            new LearnedPositions(Offset: 2, positions + 2)
        );
        DecoderClass classes = new("OPT") { SequenceClassification = "OPTForSequenceClassification", AnswersQuestions = true };
        return classes.Apply(configuration, model);
    }
}
