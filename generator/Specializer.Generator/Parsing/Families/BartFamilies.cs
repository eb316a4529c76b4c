using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>BART and its relatives: norms after each block, as in Vaswani et al. 2017, or before it.</summary>
internal static class BartFamilies
{
    /// <summary>
    /// BartForConditionalGeneration (Lewis et al. 2020): learned positions with an offset of 2, a norm on the embeddings, a bias
    /// on the logits.
    /// </summary>
    public static TransformerArchitecture Bart(ModelConfiguration configuration)
    {
        configuration.Refuse(
            configuration.Flag("normalize_before", false),
            "normalize_before",
            "norms before the blocks belong to mBART: set \"model_type\": \"mbart\""
        );
        configuration.Refuse(
            configuration.Flag("add_final_layer_norm", false),
            "add_final_layer_norm",
            "a final norm belongs to mBART: set \"model_type\": \"mbart\""
        );
        return Learned(configuration, "BartForConditionalGeneration", preNorm: false);
    }

    /// <summary>MBartForConditionalGeneration (Liu et al. 2020): BART with norms before the blocks and after each stack.</summary>
    public static TransformerArchitecture MBart(ModelConfiguration configuration)
    {
        configuration.Refuse(
            !configuration.Flag("normalize_before", true),
            "normalize_before",
            "norms after the blocks belong to BART: set \"model_type\": \"bart\""
        );
        configuration.Refuse(
            !configuration.Flag("add_final_layer_norm", true),
            "add_final_layer_norm",
            "only stacks with a final norm are supported for this family"
        );
        return Learned(configuration, "MBartForConditionalGeneration", preNorm: true);
    }

    private static TransformerArchitecture Learned(ModelConfiguration configuration, string name, bool preNorm)
    {
        ModelClass.Require(configuration, ModelClass.Name(configuration, name), [name]);
        configuration.Refuse(
            configuration.Flag("static_position_embeddings", false),
            "static_position_embeddings",
            "this family has learned positions"
        );
        configuration.Refuse(
            !configuration.Flag("normalize_embedding", true),
            "normalize_embedding",
            "embeddings without a norm are not supported for this family"
        );
        int positions = configuration.Extent("max_position_embeddings", 1024);
        return Build(
            configuration,
            new LearnedPositions(Offset: 2, positions + 2),
            embeddingNorm: true,
            epsilon: 1e-5,
            logitsBias: true,
            "gelu",
            preNorm
        );
    }

    /// <summary>
    /// MarianMTModel (Junczys-Dowmunt et al. 2018; OPUS-MT): sinusoidal positions with all sines first, a bias on the logits.
    /// </summary>
    public static TransformerArchitecture Marian(ModelConfiguration configuration)
    {
        configuration.Refuse(
            configuration.Flag("normalize_before", false),
            "normalize_before",
            "norms before the blocks are not supported for this family"
        );
        configuration.Refuse(
            configuration.Flag("normalize_embedding", false),
            "normalize_embedding",
            "a norm on the embeddings is not supported for this family"
        );
        configuration.Refuse(
            configuration.Flag("add_final_layer_norm", false),
            "add_final_layer_norm",
            "a final norm is not supported for this family"
        );
        configuration.Refuse(
            !configuration.Flag("static_position_embeddings", true),
            "static_position_embeddings",
            "this family has sinusoidal positions"
        );
        ModelClass.Require(configuration, ModelClass.Name(configuration, "MarianMTModel"), ["MarianMTModel"]);
        bool shared = configuration.Flag("share_encoder_decoder_embeddings", true);
        int vocabulary = configuration.Extent("vocab_size", MarianVocabulary),
            decoderVocabulary = configuration.OptionalExtent("decoder_vocab_size", null) ?? vocabulary;
        configuration.Require(
            !shared || decoderVocabulary == vocabulary,
            "decoder_vocab_size",
            "the same as \"vocab_size\", because \"share_encoder_decoder_embeddings\" is true",
            "vocab_size",
            "share_encoder_decoder_embeddings"
        );

        TransformerArchitecture model = Build(
            configuration,
            new SinusoidalPositions(Interleaved: false),
            embeddingNorm: false,
            epsilon: 1e-5,
            logitsBias: true,
            "gelu",
            vocabulary: MarianVocabulary
        );
        if (shared)
        {
            return model;
        }

        // Each side has a vocabulary; the logits are computed with the decoder's embeddings.
        CheckpointLayout Own(CheckpointLayout layout, string side) =>
            layout with
            {
                Names = layout.Names with { TokenEmbedding = "model." + side + ".embed_tokens" },
            };
        return model with
        {
            Embeddings = model.Embeddings with { VocabularySize = decoderVocabulary },
            Checkpoint = Own(model.Checkpoint, "decoder"),
            Encoder = model.Encoder! with
            {
                Checkpoint = Own(model.Encoder.Checkpoint, "encoder"),
                Logits = model.Encoder.Logits with { Tied = false },
            },
        };
    }

    /// <summary>
    /// The Transformer of Vaswani et al. 2017 with Marian's tensor names: interleaved sinusoidal positions, one embedding table
    /// for both sides and the logits.
    /// </summary>
    public static TransformerArchitecture Transformer2017(ModelConfiguration configuration)
    {
        configuration.Refuse(
            configuration.Flag("normalize_before", false),
            "normalize_before",
            "norms before the blocks are not supported for this family"
        );
        configuration.Refuse(
            !configuration.Flag("share_encoder_decoder_embeddings", true),
            "share_encoder_decoder_embeddings",
            "both sides share one embedding table in this family"
        );
        configuration.Refuse(
            !configuration.Flag("static_position_embeddings", true),
            "static_position_embeddings",
            "this family has sinusoidal positions"
        );
        string positions = configuration.Text("position_encoding", "sinusoidal_interleaved");
        configuration.Refuse(
            positions != "sinusoidal_interleaved",
            "position_encoding",
            "only sinusoidal_interleaved is supported for this family"
        );
        return Build(
            configuration,
            new SinusoidalPositions(Interleaved: true),
            embeddingNorm: false,
            FamilyParts.Epsilon(configuration, "layer_norm_eps", 1e-5),
            logitsBias: false,
            "relu",
            vocabulary: 0
        );
    }

    private const int BartVocabulary = 50_265,
        MarianVocabulary = 58_101;

    /// <summary>Builds the parts that the family and its relatives have in common.</summary>
    public static TransformerArchitecture Build(
        ModelConfiguration configuration,
        PositionTable positions,
        bool embeddingNorm,
        double epsilon,
        bool logitsBias,
        string activation,
        bool preNorm = false,
        int vocabulary = BartVocabulary,
        bool scales = false
    )
    {
        configuration.Alias("d_model", "hidden_size");
        configuration.Alias("encoder_attention_heads", "num_attention_heads");
        configuration.Alias("encoder_layers", "num_hidden_layers");
        configuration.WithoutEffect(
            "init_std",
            "extra_pos_embeddings",
            "force_bos_token_to_be_generated",
            "is_decoder",
            "is_encoder_decoder",
            "add_cross_attention"
        );
        configuration.Refuse(configuration.Flag("add_bias_logits", false), "add_bias_logits", "transformers ignores it for this family");
        configuration.Refuse(
            configuration.Flag("do_blenderbot_90_layernorm", false),
            "do_blenderbot_90_layernorm",
            "transformers ignores it for this family"
        );
        configuration.Refuse(
            !configuration.Flag("tie_word_embeddings", true),
            "tie_word_embeddings",
            "untied logits are not supported for this family"
        );
        TransformerArchitecture encoder = Stack(
                configuration,
                "encoder",
                positions,
                embeddingNorm,
                epsilon,
                activation,
                preNorm,
                vocabulary,
                scales
            )
            .WithAttention(static attention => attention with { Mask = AttentionMask.Full }) with
        {
            Stack = Architecture.Stack.Encoder,
        };
        TransformerArchitecture decoder = Stack(
            configuration,
            "decoder",
            positions,
            embeddingNorm,
            epsilon,
            activation,
            preNorm,
            vocabulary,
            scales
        );
        return decoder with
        {
            Stack = Architecture.Stack.EncoderDecoder,
            Encoder = encoder,
            CrossAttention = decoder.Attention.ForCross(),
            Logits = decoder.Logits with { Bias = logitsBias },
            Checkpoint = decoder.Checkpoint with
            {
                Names = decoder.Checkpoint.Names with { LogitsBias = logitsBias ? "final_logits_bias" : "" },
            },
        };
    }

    private static TransformerArchitecture Stack(
        ModelConfiguration configuration,
        string side,
        PositionTable positions,
        bool embeddingNorm,
        double epsilon,
        string activation,
        bool preNorm,
        int vocabulary,
        bool scales
    )
    {
        int width = configuration.Extent("d_model", 1024);
        return new TransformerArchitecture(
            configuration.Extent(side + "_layers", 12),
            width,
            configuration.Length("max_position_embeddings", 1024),
            ChunkLength: 0,
            new EmbeddingArchitecture(
                vocabulary == 0 ? configuration.Extent("vocab_size") : configuration.Extent("vocab_size", vocabulary),
                configuration.Flag("scale_embedding", scales) ? (float)Math.Sqrt(width) : 1,
                positions,
                embeddingNorm
            ),
            FamilyParts.OneKind(
                FamilyParts.Attention(configuration, width, (side + "_attention_heads", 16)).WithBias(true, true),
                new FeedForwardArchitecture(
                    configuration.Extent(side + "_ffn_dim", 4096),
                    configuration.Activation("activation_function", activation),
                    Gated: false,
                    Bias: true
                ),
                preNorm ? LayerArrangement.PreNorm : LayerArrangement.PostNorm
            ),
            FamilyParts.OnePattern,
            new NormArchitecture(NormKind.Layer, (float)epsilon, Bias: true, UnitOffset: false),
            new LogitsArchitecture(Tied: true, Bias: false, SoftCap: 0),
            Layout(side, preNorm)
        );
    }

    private static CheckpointLayout Layout(string side, bool preNorm)
    {
        string layer = "model." + side + ".layers.{layer}.";
        return GptFamilies.Layout(
            new CheckpointNames(
                "model.shared",
                AttentionNorm: preNorm ? layer + "self_attn_layer_norm" : "",
                layer + "self_attn.q_proj",
                layer + "self_attn.k_proj",
                layer + "self_attn.v_proj",
                layer + "self_attn.out_proj",
                FeedForwardNorm: preNorm ? layer + "final_layer_norm" : "",
                Gate: "",
                layer + "fc1",
                layer + "fc2",
                preNorm ? "model." + side + ".layer_norm" : "",
                "lm_head"
            )
            {
                PositionEmbedding = "model." + side + ".embed_positions",
                EmbeddingNorm = "model." + side + ".layernorm_embedding",
                AttentionOutputNorm = preNorm ? "" : layer + "self_attn_layer_norm",
                FeedForwardOutputNorm = preNorm ? "" : layer + "final_layer_norm",
                CrossAttentionNorm = layer + "encoder_attn_layer_norm",
                CrossQuery = layer + "encoder_attn.q_proj",
                CrossKey = layer + "encoder_attn.k_proj",
                CrossValue = layer + "encoder_attn.v_proj",
                CrossOutput = layer + "encoder_attn.out_proj",
            },
            QueryKeyValueStorage.Separate,
            // Sinusoidal positions, which are computed at load time, and a version marker of the first files.
            "model.encoder.embed_positions.weight",
            "model.decoder.embed_positions.weight",
            "model.encoder.embed_positions.weights",
            "model.decoder.embed_positions.weights",
            "model.encoder.version",
            "model.decoder.version"
        );
    }
}
