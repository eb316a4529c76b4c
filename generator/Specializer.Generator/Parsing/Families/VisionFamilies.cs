using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Image encoders.</summary>
internal static class VisionFamilies
{
    /// <summary>
    /// ViTModel and ViTForImageClassification (Dosovitskiy et al. 2021): patches after a learned class state, pre-norm blocks.
    /// </summary>
    public static TransformerArchitecture Vit(ModelConfiguration configuration) => Vit(configuration, "ViT", "vit.", distills: false);

    /// <summary>DeiTModel and DeiTForImageClassification (Touvron et al. 2021): a second state learned by distillation.</summary>
    public static TransformerArchitecture Deit(ModelConfiguration configuration) => Vit(configuration, "DeiT", "deit.", distills: true);

    private static TransformerArchitecture Vit(ModelConfiguration configuration, string family, string prefix, bool distills)
    {
        string name = ModelClass.Name(configuration, family + "Model");
        ModelClass.Require(configuration, name, [family + "Model", family + "ForImageClassification"]);
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect("encoder_stride", "tie_word_embeddings");

        bool classifies = name != family + "Model";
        string layer = prefix + "encoder.layer.{layer}.";
        int width = configuration.Extent("hidden_size", 768);
        PatchArchitecture patches = VisionParts.Patches(configuration, 224, 16) with
        {
            LaterStates = distills ? 1 : 0,
            LaterHavePositions = distills,
        };

        configuration.Refuse(configuration.Text("pooler_act", "tanh") != "tanh", "pooler_act", "only tanh is supported");
        configuration.Refuse(
            (configuration.OptionalExtent("pooler_output_size", null) ?? width) != width,
            "pooler_output_size",
            "only the width of the hidden states is supported",
            "hidden_size"
        );
        bool bias = configuration.Flag("qkv_bias", true);
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers", 12),
            width,
            patches.Positions,
            ChunkLength: 0,
            new EmbeddingArchitecture(VocabularySize: 0, Scale: 1, new LearnedPositions(0, patches.Positions), Norm: false)
            {
                Patches = patches,
            },
            FamilyParts.OneKind(
                FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)).WithBias(bias, true) with
                {
                    Mask = AttentionMask.Full,
                },
                new FeedForwardArchitecture(
                    configuration.Extent("intermediate_size", 3072),
                    configuration.Activation("hidden_act", "gelu"),
                    Gated: false,
                    Bias: true
                ),
                LayerArrangement.PreNorm
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
                    "",
                    layer + "layernorm_before",
                    layer + "attention.attention.query",
                    layer + "attention.attention.key",
                    layer + "attention.attention.value",
                    layer + "attention.output.dense",
                    layer + "layernorm_after",
                    "",
                    layer + "intermediate.dense",
                    layer + "output.dense",
                    prefix + "layernorm",
                    "classifier"
                )
                {
                    PositionEmbedding = prefix + "embeddings.position_embeddings",
                    PatchProjection = prefix + "embeddings.patch_embeddings.projection",
                    FirstState = prefix + "embeddings.cls_token",
                    LaterStates = prefix + "embeddings.distillation_token",
                    HeadDense = prefix + "pooler.dense",
                },
                QueryKeyValueStorage.Separate,
                GateUpConcatenated: false,
                InputsFirst: false,
                EquatableArray<string>.Empty
            )
        )
        {
            Stack = Stack.Encoder,
            Head = classifies
                ? new HeadArchitecture(
                    PoolingKind.First,
                    null,
                    Norm: false,
                    Normalize: false,
                    new OutputArchitecture(EncoderClass.Labels(configuration), Tied: false, Bias: true)
                )
                : new HeadArchitecture(
                    PoolingKind.First,
                    new DenseArchitecture(width, Activation.Tanh),
                    Norm: false,
                    Normalize: false,
                    null
                ),
        };
    }
}
