using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// JinaBertModel (Günther et al. 2023, jina-embeddings-v2): BERT with ALiBi in both directions and a gated feed-forward block. Its files
/// have BERT's model_type, and <c>position_embedding_type</c> distinguishes them.
/// </summary>
internal static class JinaBertFamily
{
    /// <summary>Returns whether a file of BERT's model_type is one of this family.</summary>
    public static bool Is(ModelConfiguration configuration) =>
        configuration.IsText("position_embedding_type") && configuration.Text("position_embedding_type") == "alibi";

    public static TransformerArchitecture JinaBert(ModelConfiguration configuration)
    {
        EncoderFamilies.RefuseDecoder(configuration);
        const string body = "JinaBertModel",
            masked = "JinaBertForMaskedLM";
        // Published files name the second class, and contain only the body.
        ModelClass.Require(configuration, ModelClass.Name(configuration, body), [body, masked]);
        configuration.WithoutEffect("emb_pooler", "attn_implementation", "tie_word_embeddings");
        int width = configuration.Extent("hidden_size", 768);
        Activation activation = configuration.Text("feed_forward_type", "original") switch
        {
            "geglu" => Activation.Gelu,
            "reglu" => Activation.Relu,
            _ => configuration.Wrong("feed_forward_type", "geglu or reglu", Activation.Gelu),
        };
        configuration.WithoutEffect("hidden_act");
        const string layer = "encoder.layer.{layer}.";
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers", 12),
            width,
            configuration.Length("max_position_embeddings", 512),
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", 30_522), Scale: 1, Positions: null, Norm: true)
            {
                TokenTypes = configuration.Extent("type_vocab_size", 2),
            },
            FamilyParts.OneKind(
                FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)).WithBias(true, true) with
                {
                    Positions = new AlibiPositions(MaximumBias: 8),
                    Mask = AttentionMask.Full,
                },
                new FeedForwardArchitecture(configuration.Extent("intermediate_size", 3072), activation, Gated: true, Bias: false)
                {
                    OnlyDownBias = true,
                },
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
            new CheckpointLayout(
                new CheckpointNames(
                    "embeddings.word_embeddings",
                    "",
                    layer + "attention.self.query",
                    layer + "attention.self.key",
                    layer + "attention.self.value",
                    layer + "attention.output.dense",
                    "",
                    "",
                    "",
                    layer + "mlp.wo",
                    "",
                    ""
                )
                {
                    TokenTypeEmbedding = "embeddings.token_type_embeddings",
                    EmbeddingNorm = "embeddings.LayerNorm",
                    GateUp = layer + "mlp.gated_layers",
                    AttentionOutputNorm = layer + "attention.output.LayerNorm",
                    FeedForwardOutputNorm = layer + "mlp.layernorm",
                },
                QueryKeyValueStorage.Separate,
                GateUpConcatenated: true,
                InputsFirst: false,
                EncoderFamilies.Buffers("")
            )
        )
        {
            Stack = Stack.Encoder,
        };
    }
}
