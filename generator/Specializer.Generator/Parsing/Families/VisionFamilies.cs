using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Encoders of images.</summary>
internal static class VisionFamilies
{
    /// <summary>ViTModel and ViTForImageClassification (Dosovitskiy et al. 2021): patches behind a learned first state, norms before the blocks.</summary>
    public static TransformerArchitecture Vit(ModelConfiguration configuration)
    {
        string[] classes = [.. configuration.Items("architectures").Select(static item => item.Text)];
        string name = classes.Length == 0 ? "ViTModel" : classes[0];
        configuration.Require(name is "ViTModel" or "ViTForImageClassification", "architectures", "an array that begins with one of ViTModel, ViTForImageClassification");

        bool classifies = name != "ViTModel";
        string prefix = classifies ? "vit." : "", layer = prefix + "encoder.layer.{layer}.";
        int width = configuration.Extent("hidden_size");
        var patches = new PatchArchitecture(configuration.Extent("image_size", 224), configuration.Extent("patch_size", 16), configuration.Extent("num_channels", 3));
        configuration.Require(patches.ImageSize % patches.PatchSize == 0, "patch_size", "a divisor of \"image_size\", which is " + patches.ImageSize.ToString(CultureInfo.InvariantCulture), "image_size");

        configuration.Refuse(configuration.Text("pooler_act", "tanh") != "tanh", "pooler_act", "only tanh is supported");
        configuration.Refuse(configuration.Extent("pooler_output_size", width) != width, "pooler_output_size", "only the width of the hidden states is supported", "hidden_size");
        bool bias = configuration.Flag("qkv_bias", true);
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers"),
            width,
            patches.Count + 1,
            ChunkLength: 0,
            new EmbeddingArchitecture(VocabularySize: 0, Scale: 1, new LearnedPositions(0, patches.Count + 1), Norm: false) { Patches = patches },
            FamilyParts.Attention(configuration, width, "num_attention_heads", null, null).WithBias(bias, true),
            FamilyParts.OneKind(new NoPositions(), mask: AttentionMask.Full),
            FamilyParts.OnePattern,
            new FeedForwardArchitecture(configuration.Extent("intermediate_size"), configuration.Activation("hidden_act", "gelu"), Gated: false, Bias: true),
            new NormArchitecture(NormFormula.Layer, (float)configuration.Number("layer_norm_eps", 1e-12), Bias: true, UnitOffset: false),
            BlockArrangement.PreNorm,
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
                    "classifier")
                {
                    PositionEmbedding = prefix + "embeddings.position_embeddings",
                    PatchProjection = prefix + "embeddings.patch_embeddings.projection",
                    FirstState = prefix + "embeddings.cls_token",
                    HeadDense = "pooler.dense",
                },
                QueryKeyValueLayout.Separate,
                GateUpConcatenated: false,
                InputsFirst: false,
                EquatableArray<string>.Empty))
        {
            Stack = Stack.Encoder,
            Head = classifies
                ? new HeadArchitecture(Pooling.First, null, Norm: false, Normalize: false, new OutputArchitecture(EncoderClass.Labels(configuration), Tied: false, Bias: true))
                : new HeadArchitecture(Pooling.First, new DenseArchitecture(width, ActivationFunction.Tanh), Norm: false, Normalize: false, null),
        };
    }
}
