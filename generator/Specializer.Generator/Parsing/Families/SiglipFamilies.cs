using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// The two encoders of SigLIP (Zhai et al. 2023). Texts are padded to the whole context with tokens that are attended to, and the last
/// state is projected. A learned state attends to the patches of an image.
/// </summary>
internal static class SiglipFamilies
{
    private const string Activation = "gelu_pytorch_tanh";
    private const double Epsilon = 1e-6;

    /// <summary>SiglipTextModel.</summary>
    public static TransformerArchitecture Text(ModelConfiguration configuration)
    {
        Account(configuration, "SiglipTextModel");
        int width = configuration.Extent("hidden_size", 768),
            length = configuration.Length("max_position_embeddings", 64);
        TransformerArchitecture blocks = ClipFamilies.Blocks(
            configuration,
            "text_model.",
            width,
            (3072, 12),
            activation: Activation,
            epsilon: Epsilon
        );
        int projected = configuration.OptionalExtent("projection_size", null) ?? width;
        return blocks with
        {
            ContextLength = length,
            Embeddings = new EmbeddingArchitecture(
                configuration.Extent("vocab_size", 32000),
                Scale: 1,
                new LearnedPositions(0, length),
                Norm: false
            ),
            Head = new HeadArchitecture(
                PoolingKind.Last,
                null,
                Norm: false,
                Normalize: false,
                new OutputArchitecture(projected, Tied: false, Bias: true)
            ),
            Checkpoint = blocks.Checkpoint with
            {
                Names = blocks.Checkpoint.Names with
                {
                    TokenEmbedding = "text_model.embeddings.token_embedding",
                    PositionEmbedding = "text_model.embeddings.position_embedding",
                    FinalNorm = "text_model.final_layer_norm",
                    Logits = "text_model.head",
                },
            },
        };
    }

    /// <summary>SiglipVisionModel.</summary>
    public static TransformerArchitecture Vision(ModelConfiguration configuration)
    {
        Account(configuration, "SiglipVisionModel");
        const string prefix = "vision_model.",
            head = prefix + "head.";
        TransformerArchitecture blocks = ClipFamilies.Blocks(
            configuration,
            prefix,
            configuration.Extent("hidden_size", 768),
            (3072, 12),
            VisionParts.Patches(configuration, 224, 16) with
            {
                FirstState = false,
            },
            Activation,
            Epsilon
        );
        bool pools = configuration.Flag("vision_use_head", true);
        return blocks with
        {
            Head = pools
                ? new HeadArchitecture(PoolingKind.None, null, Norm: false, Normalize: false, null)
                {
                    Probe = new ProbeArchitecture(blocks.Attention.Heads, blocks.FeedForward.Width, blocks.FeedForward.Activation),
                }
                : null,
            Checkpoint = blocks.Checkpoint with
            {
                FlatImageTensors = true,
                Names = blocks.Checkpoint.Names with
                {
                    PatchProjection = prefix + "embeddings.patch_embedding",
                    PositionEmbedding = prefix + "embeddings.position_embedding",
                    FinalNorm = prefix + "post_layernorm",
                    Probe = head + "probe",
                    ProbeAttention = head + "attention.",
                    ProbeNorm = head + "layernorm",
                    ProbeUp = head + "mlp.fc1",
                    ProbeDown = head + "mlp.fc2",
                },
            },
        };
    }

    private static void Account(ModelConfiguration configuration, string name)
    {
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect("projection_size");
        ModelClass.Require(configuration, ModelClass.Name(configuration, name), [name]);
    }
}
