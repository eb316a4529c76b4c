using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Image encoders.</summary>
internal static class VisionFamilies
{
    /// <summary>
    /// ViTModel and ViTForImageClassification (Dosovitskiy et al. 2021): patches after a learned class state, pre-norm blocks.
    /// </summary>
    public static TransformerArchitecture Vit(ModelConfiguration configuration)
    {
        string name = ModelClass.Name(configuration, "ViTModel");
        ModelClass.Require(configuration, name, ["ViTModel", "ViTForImageClassification"]);
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect("encoder_stride", "tie_word_embeddings");

        bool classifies = name != "ViTModel";
        const string prefix = "vit.",
            layer = prefix + "encoder.layer.{layer}.";
        int width = configuration.Extent("hidden_size", 768);
        var patches = new PatchArchitecture(
            Square(configuration, "image_size", 224),
            Square(configuration, "patch_size", 16),
            configuration.Extent("num_channels", 3)
        );
        configuration.Require(
            patches.ImageSize % patches.PatchSize == 0,
            "patch_size",
            "a divisor of \"image_size\", which is " + patches.ImageSize.ToString(CultureInfo.InvariantCulture),
            "image_size"
        );

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
            patches.Count + 1,
            ChunkLength: 0,
            new EmbeddingArchitecture(VocabularySize: 0, Scale: 1, new LearnedPositions(0, patches.Count + 1), Norm: false)
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

    /// <summary>Reads a height and width: one number for both, or an array of two equal numbers.</summary>
    private static int Square(ModelConfiguration configuration, string name, int defaultValue)
    {
        if (configuration.Find(name) is not { Kind: JsonKind.Array } pair)
        {
            return configuration.Extent(name, defaultValue);
        }

        const int Largest = 1 << 14;
        bool isSquare =
            pair.Items.Count == 2
            && pair.Items[0].Says(pair.Items[1])
            && pair.Items[0].Number is >= 1 and <= Largest
            && pair.Items[0].Number == (int)pair.Items[0].Number;
        configuration.Require(isSquare, name, "an integer, or an array of two equal integers: only squares are supported");
        return isSquare ? (int)pair.Items[0].Number : defaultValue;
    }
}
