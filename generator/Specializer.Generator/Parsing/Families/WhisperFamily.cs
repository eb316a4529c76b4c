using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// WhisperForConditionalGeneration (Radford et al. 2022): an encoder of log-mel spectrograms behind two convolutions, norms
/// before the blocks and behind each stack, keys without a bias.
/// </summary>
internal static class WhisperFamily
{
    public static TransformerArchitecture Whisper(ModelConfiguration configuration)
    {
        configuration.Refuse(!configuration.Flag("tie_word_embeddings", true), "tie_word_embeddings", "a matrix of its own for the logits is not supported for this family");
        ActivationFunction activation = configuration.Activation("activation_function", "gelu");
        int width = configuration.Extent("d_model");
        int sourcePositions = configuration.Extent("max_source_positions", 1500), targetPositions = configuration.Extent("max_target_positions", 448);
        TransformerArchitecture decoder = Stack(
            configuration,
            "decoder",
            targetPositions,
            new EmbeddingArchitecture(
                configuration.Extent("vocab_size"), configuration.Flag("scale_embedding", false) ? (float)Math.Sqrt(width) : 1, new LearnedPositions(0, targetPositions), Norm: false));

        // The features are convolved with the exact GELU, whatever the layers have.
        TransformerArchitecture encoder = Stack(
            configuration,
            "encoder",
            sourcePositions,
            new EmbeddingArchitecture(VocabularySize: 0, Scale: 1, new LearnedPositions(0, sourcePositions), Norm: false)
            {
                Sound = new SoundArchitecture(configuration.Extent("num_mel_bins", 80), ActivationFunction.Gelu),
            });
        encoder = encoder with
        {
            Stack = Architecture.Stack.Encoder,
            LayerKinds = FamilyParts.OneKind(new NoPositions(), mask: AttentionMask.Full),
            Logits = encoder.Logits with { Tied = false },
        };
        return decoder with { Stack = Architecture.Stack.EncoderDecoder, Encoder = encoder, CrossAttention = decoder.Attention };

        TransformerArchitecture Stack(ModelConfiguration of, string side, int positions, EmbeddingArchitecture embeddings) => new(
            of.Extent(side + "_layers"),
            width,
            positions,
            ChunkLength: 0,
            embeddings,
            FamilyParts.Attention(of, width, side + "_attention_heads", null, null).WithBias(true, true) with { KeyBias = false },
            FamilyParts.OneKind(new NoPositions()),
            FamilyParts.OnePattern,
            new FeedForwardArchitecture(of.Extent(side + "_ffn_dim"), activation, Gated: false, Bias: true),
            new NormArchitecture(NormFormula.Layer, 1e-5f, Bias: true, UnitOffset: false),
            BlockArrangement.PreNorm,
            new LogitsArchitecture(Tied: true, Bias: false, SoftCap: 0),
            Layout(side));
    }

    private static CheckpointLayout Layout(string side)
    {
        string stack = "model." + side + ".", layer = stack + "layers.{layer}.";
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
                "proj_out")
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
            QueryKeyValueLayout.Separate);
    }
}
