using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The two encoders of CLIP (Radford et al. 2021): pre-norm blocks and a projection without a bias.</summary>
internal static class ClipFamilies
{
    /// <summary>CLIPTextModel and CLIPTextModelWithProjection: a causal encoder, and the state of the end token.</summary>
    public static TransformerArchitecture Text(ModelConfiguration configuration)
    {
        bool projects = Projects(configuration, "CLIPTextModel");
        int width = configuration.Extent("hidden_size", 512),
            length = configuration.Length("max_position_embeddings", 77),
            end = configuration.Extent("eos_token_id", 49407);
        TransformerArchitecture images = Blocks(configuration, "text_model.", width, (2048, 8));
        HeadArchitecture head = new(PoolingKind.Last, null, Norm: false, Normalize: false, Projection(configuration, projects))
        {
            // The first files have the wrong token 2. Their end token is the one with the largest number.
            EndToken = end == 2 ? HeadArchitecture.LargestToken : end,
        };
        return images with
        {
            ContextLength = length,
            Embeddings = new EmbeddingArchitecture(
                configuration.Extent("vocab_size", 49408),
                Scale: 1,
                new LearnedPositions(0, length),
                Norm: false
            ),
            LayerKinds = FamilyParts.OneKind(
                images.Attention with
                {
                    Mask = AttentionMask.Causal,
                },
                images.FeedForward,
                LayerArrangement.PreNorm
            ),
            Head = head,
            Checkpoint = images.Checkpoint with
            {
                Names = images.Checkpoint.Names with
                {
                    TokenEmbedding = "text_model.embeddings.token_embedding",
                    PositionEmbedding = "text_model.embeddings.position_embedding",
                    FinalNorm = "text_model.final_layer_norm",
                    Logits = projects ? "text_projection" : "",
                },
            },
        };
    }

    /// <summary>CLIPVisionModel and CLIPVisionModelWithProjection: a norm before the blocks, and one of the class state.</summary>
    public static TransformerArchitecture Vision(ModelConfiguration configuration)
    {
        bool projects = Projects(configuration, "CLIPVisionModel");
        PatchArchitecture patches = VisionParts.Patches(configuration, 224, 32) with { Bias = false };
        TransformerArchitecture blocks = Blocks(
            configuration,
            "vision_model.",
            configuration.Extent("hidden_size", 768),
            (3072, 12),
            patches
        );
        return blocks with
        {
            Embeddings = blocks.Embeddings with { Norm = true },
            Head = new HeadArchitecture(PoolingKind.First, null, Norm: true, Normalize: false, Projection(configuration, projects)),
            Checkpoint = blocks.Checkpoint with
            {
                FlatImageTensors = true,
                Names = blocks.Checkpoint.Names with
                {
                    FirstState = "vision_model.embeddings.class_embedding",
                    PatchProjection = "vision_model.embeddings.patch_embedding",
                    PositionEmbedding = "vision_model.embeddings.position_embedding",
                    EmbeddingNorm = "vision_model.pre_layrnorm",
                    HeadNorm = "vision_model.post_layernorm",
                    Logits = projects ? "visual_projection" : "",
                },
            },
        };
    }

    /// <summary>Returns the blocks that CLIP and SigLIP have in common.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="prefix">The prefix of the tensor names.</param>
    /// <param name="width">The width of the hidden states.</param>
    /// <param name="defaults">The default width of the feed-forward block, and number of heads.</param>
    /// <param name="patches">The patches of an image encoder.</param>
    /// <param name="activation">The default activation.</param>
    /// <param name="epsilon">The default epsilon.</param>
    public static TransformerArchitecture Blocks(
        ModelConfiguration configuration,
        string prefix,
        int width,
        (int Inner, int Heads) defaults,
        PatchArchitecture? patches = null,
        string activation = "quick_gelu",
        double epsilon = 1e-5
    )
    {
        string layer = prefix + "encoder.layers.{layer}.",
            attention = layer + "self_attn.";
        return VisionParts.Encoder(
            configuration.Extent("num_hidden_layers", 12),
            width,
            patches ?? new PatchArchitecture(1, 1, 1),
            hasPositions: true,
            FamilyParts.Attention(configuration, width, ("num_attention_heads", defaults.Heads)).WithBias(true, true),
            new FeedForwardArchitecture(
                configuration.Extent("intermediate_size", defaults.Inner),
                configuration.Activation("hidden_act", activation),
                Gated: false,
                Bias: true
            ),
            FamilyParts.Epsilon(configuration, "layer_norm_eps", epsilon),
            new CheckpointNames(
                "",
                layer + "layer_norm1",
                attention + "q_proj",
                attention + "k_proj",
                attention + "v_proj",
                attention + "out_proj",
                layer + "layer_norm2",
                "",
                layer + "mlp.fc1",
                layer + "mlp.fc2",
                "",
                ""
            )
        );
    }

    /// <summary>Returns whether the class projects the pooled state; an encoder of a whole CLIPModel does.</summary>
    private static bool Projects(ModelConfiguration configuration, string name)
    {
        configuration.WithoutEffect("projection_dim");
        SharedFields.RefuseCrossAttention(configuration);
        if (configuration.Enclosing is not null)
        {
            return true;
        }

        string found = ModelClass.Name(configuration, name);
        ModelClass.Require(configuration, found, [name, name + "WithProjection"]);
        return found != name;
    }

    private static OutputArchitecture? Projection(ModelConfiguration configuration, bool projects) =>
        projects
            ? new OutputArchitecture((configuration.Enclosing ?? configuration).Extent("projection_dim", 512), Tied: false, Bias: false)
            : null;
}
