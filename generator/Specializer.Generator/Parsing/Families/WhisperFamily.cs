using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// WhisperForConditionalGeneration (Radford et al. 2022): an encoder of log-mel spectrograms with two convolutions, pre-norm
/// blocks, a norm after each stack, keys without a bias.
/// </summary>
internal static class WhisperFamily
{
    public static TransformerArchitecture Whisper(ModelConfiguration configuration)
    {
        configuration.Refuse(
            !configuration.Flag("tie_word_embeddings", true),
            "tie_word_embeddings",
            "untied logits are not supported for this family"
        );
        configuration.Alias("d_model", "hidden_size");
        configuration.Alias("encoder_attention_heads", "num_attention_heads", "num_key_value_heads");
        configuration.Alias("encoder_layers", "num_hidden_layers");
        ModelClass.Require(
            configuration,
            ModelClass.Name(configuration, "WhisperForConditionalGeneration"),
            ["WhisperForConditionalGeneration"]
        );
        configuration.WithoutEffect(
            "init_std",
            "is_decoder",
            "is_encoder_decoder",
            "add_cross_attention",
            "median_filter_width",
            "forced_decoder_ids",
            "classifier_proj_size",
            "use_weighted_layer_sum",
            "apply_spec_augment",
            "mask_time_prob",
            "mask_time_length",
            "mask_time_min_masks",
            "mask_feature_prob",
            "mask_feature_length",
            "mask_feature_min_masks",
            "lang_to_id",
            "task_to_id",
            "no_timestamps_token_id",
            "alignment_heads",
            "is_multilingual"
        );
        Activation activation = configuration.Activation("activation_function", "gelu");
        int width = configuration.Extent("d_model", 384);
        int sourcePositions = configuration.Extent("max_source_positions", 1500),
            targetPositions = configuration.Extent("max_target_positions", 448);
        TransformerArchitecture decoder = Stack(
            configuration,
            "decoder",
            targetPositions,
            new EmbeddingArchitecture(
                configuration.Extent("vocab_size", 51_865),
                configuration.Flag("scale_embedding", false) ? (float)Math.Sqrt(width) : 1,
                new LearnedPositions(0, targetPositions),
                Norm: false
            )
        );

        // The convolutions use the exact GELU, whatever the layers use.
        TransformerArchitecture encoder = Stack(
            configuration,
            "encoder",
            sourcePositions,
            new EmbeddingArchitecture(VocabularySize: 0, Scale: 1, new LearnedPositions(0, sourcePositions), Norm: false)
            {
                Speech = new SpeechArchitecture(configuration.Extent("num_mel_bins", 80), Activation.Gelu),
            }
        );
        encoder = encoder.WithAttention(static attention => attention with { Mask = AttentionMask.Full }) with
        {
            Stack = Architecture.Stack.Encoder,
            Logits = encoder.Logits with { Tied = false },
        };
        return decoder with { Stack = Architecture.Stack.EncoderDecoder, Encoder = encoder, CrossAttention = decoder.Attention.ForCross() };

        TransformerArchitecture Stack(ModelConfiguration of, string side, int positions, EmbeddingArchitecture embeddings) =>
            new(
                of.Extent(side + "_layers", 4),
                width,
                positions,
                ChunkLength: 0,
                embeddings,
                FamilyParts.OneKind(
                    FamilyParts.Attention(of, width, (side + "_attention_heads", 6)).WithBias(true, true) with
                    {
                        KeyBias = false,
                    },
                    new FeedForwardArchitecture(of.Extent(side + "_ffn_dim", 1536), activation, Gated: false, Bias: true),
                    LayerArrangement.PreNorm
                ),
                FamilyParts.OnePattern,
                new NormArchitecture(NormKind.Layer, 1e-5f, Bias: true, UnitOffset: false),
                new LogitsArchitecture(Tied: true, Bias: false, SoftCap: 0),
                Layout(side)
            );
    }

    private static CheckpointLayout Layout(string side)
    {
        string stack = "model." + side + ".",
            layer = stack + "layers.{layer}.";
        return GptFamilies.Layout(
            new CheckpointNames(
                side == "encoder" ? "" : "model.decoder.embed_tokens",
                layer + "self_attn_layer_norm",
                layer + "self_attn.q_proj",
                layer + "self_attn.k_proj",
                layer + "self_attn.v_proj",
                layer + "self_attn.out_proj",
                layer + "final_layer_norm",
                Gate: "",
                layer + "fc1",
                layer + "fc2",
                stack + "layer_norm",
                "proj_out"
            )
            {
                PositionEmbedding = stack + "embed_positions",
                FirstConvolution = stack + "conv1",
                SecondConvolution = stack + "conv2",
                CrossAttentionNorm = layer + "encoder_attn_layer_norm",
                CrossQuery = layer + "encoder_attn.q_proj",
                CrossKey = layer + "encoder_attn.k_proj",
                CrossValue = layer + "encoder_attn.v_proj",
                CrossOutput = layer + "encoder_attn.out_proj",
            },
            QueryKeyValueStorage.Separate
        );
    }
}
