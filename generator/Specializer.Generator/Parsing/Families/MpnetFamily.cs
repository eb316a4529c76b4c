using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// MPNetModel and its heads (Song et al. 2020): RoBERTa's body without token types, with one table of relative positions for all layers
/// in addition to learned ones.
/// </summary>
internal static class MpnetFamily
{
    /// <summary>The distance from which on all keys are in the last bucket; the class has no field for it.</summary>
    private const int MaximumDistance = 128;

    public static TransformerArchitecture Mpnet(ModelConfiguration configuration)
    {
        EncoderFamilies.RefuseDecoder(configuration);
        EncoderClass model = EncoderClass.Of(configuration, "MPNet", "mpnet.");
        string layer = model.Prefix + "encoder.layer.{layer}.";
        CheckpointNames names = EncoderFamilies.BertNames(model) with
        {
            TokenTypeEmbedding = "",
            Query = layer + "attention.attn.q",
            Key = layer + "attention.attn.k",
            Value = layer + "attention.attn.v",
            AttentionOutput = layer + "attention.attn.o",
            AttentionOutputNorm = layer + "attention.LayerNorm",
            RelativeBias = model.Prefix + "encoder.relative_attention_bias.weight",
        };
        names = model.Kind switch
        {
            EncoderHead.MaskedLanguageModel => names with
            {
                HeadDense = "lm_head.dense",
                HeadNorm = "lm_head.layer_norm",
                Logits = "lm_head.decoder",
                LogitsBias = "lm_head.bias",
            },
            EncoderHead.SequenceClassification => names with { HeadDense = "classifier.dense", Logits = "classifier.out_proj" },
            _ => names,
        };
        int width = configuration.Extent("hidden_size", 768),
            rows = configuration.Extent("max_position_embeddings", 512),
            buckets = T5Family.Buckets(configuration);
        configuration.Require(rows > 2, "max_position_embeddings", "more than 2, because the first position has row 2");
        HeadArchitecture head = model.Head(configuration, width, 30_527, "hidden_act", "gelu");
        TransformerArchitecture architecture = EncoderFamilies.Encoder(
            configuration,
            ("num_hidden_layers", 12),
            width,
            new EmbeddingArchitecture(
                configuration.Extent("vocab_size", 30_527),
                Scale: 1,
                // The class has the padding token 1, whatever pad_token_id is.
                new LearnedPositions(rows > 2 ? 2 : 0, rows) { PaddingToken = rows > 2 ? 1 : null },
                Norm: true
            ),
            FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)),
            new FeedForwardArchitecture(
                configuration.Extent("intermediate_size", 3072),
                configuration.Activation("hidden_act", "gelu"),
                Gated: false,
                Bias: true
            ),
            FamilyParts.Epsilon(configuration, "layer_norm_eps", 1e-12),
            names,
            EncoderFamilies.Buffers(model.Prefix)
        );
        var relative = new RelativePositions(buckets, MaximumDistance, Bidirectional: true);
        return architecture.WithAttention(attention => attention with { Positions = relative }) with
        {
            // The head of masked words uses the exact GELU, whatever the layers use.
            Head =
                model.Kind == EncoderHead.MaskedLanguageModel ? head with { Dense = new DenseArchitecture(width, Activation.Gelu) } : head,
        };
    }
}
