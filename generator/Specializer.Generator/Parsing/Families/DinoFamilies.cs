using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>DINOv2 (Oquab et al. 2023), with registers (Darcet et al. 2023), and DINOv3 (Siméoni et al. 2025).</summary>
internal static class DinoFamilies
{
    /// <summary>Fields of training, and of the class that returns the states of several layers.</summary>
    private static readonly string[] s_withoutEffect =
    [
        "drop_path_rate",
        "layerscale_value",
        "use_mask_token",
        "apply_layernorm",
        "reshape_hidden_states",
        "stage_names",
        "out_features",
        "out_indices",
        "_out_features",
        "_out_indices",
        "tie_word_embeddings",
        "return_class_token",
    ];

    /// <summary>Dinov2Model.</summary>
    public static TransformerArchitecture Dinov2(ModelConfiguration configuration) =>
        Second(configuration, "Dinov2Model", "dinov2.", VisionParts.Patches(configuration, 224, 16), 1e-6);

    /// <summary>Dinov2WithRegistersModel: registers without positions after the class state.</summary>
    public static TransformerArchitecture Dinov2WithRegisters(ModelConfiguration configuration) =>
        Second(
            configuration,
            "Dinov2WithRegistersModel",
            "dinov2_with_registers.",
            VisionParts.Patches(configuration, 224, 16) with
            {
                LaterStates = configuration.Extent("num_register_tokens", 4),
            },
            1e-6
        );

    private static TransformerArchitecture Second(
        ModelConfiguration configuration,
        string name,
        string prefix,
        PatchArchitecture patches,
        double epsilon
    )
    {
        Account(configuration, name);
        int width = configuration.Extent("hidden_size", 768),
            inner = (int)(width * configuration.Number("mlp_ratio", 4, NumberRange.Positive));
        bool gated = configuration.Flag("use_swiglu_ffn", false);
        string layer = prefix + "encoder.layer.{layer}.",
            attention = layer + "attention.attention.";
        Activation activation = configuration.Activation("hidden_act", "gelu");
        TransformerArchitecture model = VisionParts.Encoder(
            configuration.Extent("num_hidden_layers", 12),
            width,
            patches,
            hasPositions: true,
            FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)).WithBias(configuration.Flag("qkv_bias", true), true),
            // SwiGLU has two thirds of the width, rounded up to a multiple of 8, and its own activation.
            gated
                ? new FeedForwardArchitecture(((inner * 2 / 3) + 7) / 8 * 8, Activation.Silu, Gated: true, Bias: true)
                : new FeedForwardArchitecture(inner, activation, Gated: false, Bias: true),
            FamilyParts.Epsilon(configuration, "layer_norm_eps", epsilon),
            new CheckpointNames(
                "",
                layer + "norm1",
                attention + "query",
                attention + "key",
                attention + "value",
                layer + "attention.output.dense",
                layer + "norm2",
                "",
                layer + "mlp.fc1",
                layer + (gated ? "mlp.weights_out" : "mlp.fc2"),
                prefix + "layernorm",
                ""
            )
            {
                GateUp = layer + "mlp.weights_in",
                PatchProjection = prefix + "embeddings.patch_embeddings.projection",
                FirstState = prefix + "embeddings.cls_token",
                LaterStates = prefix + "embeddings.register_tokens",
                PositionEmbedding = prefix + "embeddings.position_embeddings",
            }
        );
        return WithScales(model, gated, layer, prefix + "embeddings.mask_token");
    }

    /// <summary>DINOv3ViTModel: rotary positions of rows and columns instead of learned ones.</summary>
    public static TransformerArchitecture Dinov3(ModelConfiguration configuration)
    {
        Account(configuration, "DINOv3ViTModel");
        configuration.WithoutEffect("pos_embed_shift", "pos_embed_jitter", "pos_embed_rescale");
        int width = configuration.Extent("hidden_size", 384);
        bool gated = configuration.Flag("use_gated_mlp", false),
            bias = configuration.Flag("mlp_bias", true);
        const string layer = "model.layer.{layer}.",
            attention = layer + "attention.";
        PatchArchitecture patches = VisionParts.Patches(configuration, 224, 16) with { LaterStates = Registers(configuration) };
        AttentionArchitecture heads = FamilyParts.Attention(configuration, width, ("num_attention_heads", 6)) with
        {
            QueryBias = configuration.Flag("query_bias", true),
            KeyBias = configuration.Flag("key_bias", false),
            ValueBias = configuration.Flag("value_bias", true),
            OutputBias = configuration.Flag("proj_bias", true),
        };
        heads = heads with
        {
            Positions = new RotaryPositions(Theta(configuration), heads.HeadDim, RotaryPairing.HalfSplit, new NoScaling())
            {
                Grid = new RotaryGrid(patches.Leading, patches.ImageSize / patches.PatchSize),
            },
        };
        configuration.Require(
            heads.HeadDim % 4 == 0,
            "num_attention_heads",
            "a number of heads whose width is divisible by 4",
            "hidden_size"
        );
        TransformerArchitecture model = VisionParts.Encoder(
            configuration.Extent("num_hidden_layers", 12),
            width,
            patches,
            hasPositions: false,
            heads,
            new FeedForwardArchitecture(
                configuration.Extent("intermediate_size", 1536),
                configuration.Activation("hidden_act", "gelu"),
                gated,
                bias
            ),
            FamilyParts.Epsilon(configuration, "layer_norm_eps", 1e-5),
            new CheckpointNames(
                "",
                layer + "norm1",
                attention + "q_proj",
                attention + "k_proj",
                attention + "v_proj",
                attention + "o_proj",
                layer + "norm2",
                layer + "mlp.gate_proj",
                layer + "mlp.up_proj",
                layer + "mlp.down_proj",
                "norm",
                ""
            )
            {
                PatchProjection = "embeddings.patch_embeddings",
                FirstState = "embeddings.cls_token",
                LaterStates = "embeddings.register_tokens",
            }
        );
        return WithScales(model, fusedGate: false, layer, "embeddings.mask_token");
    }

    /// <summary>Reads the base of the rotary angles, in the spelling of transformers 4 or 5.</summary>
    private static double Theta(ModelConfiguration configuration)
    {
        const double Default = 100;
        if (!configuration.IsSection("rope_parameters"))
        {
            return configuration.Number("rope_theta", Default, NumberRange.Positive);
        }

        ModelConfiguration rotary = configuration.Section("rope_parameters");
        rotary.Require(rotary.Text("rope_type", "default") == "default", "rope_type", "\"default\"");
        return rotary.Number("rope_theta", Default, NumberRange.Positive);
    }

    /// <summary>Reads the number of registers, which can be 0.</summary>
    private static int Registers(ModelConfiguration configuration) =>
        configuration.Find("num_register_tokens") is { Kind: JsonKind.Number, Number: 0 } ? 0
        : configuration.Has("num_register_tokens") ? configuration.Extent("num_register_tokens", 0)
        : 0;

    private static void Account(ModelConfiguration configuration, string name)
    {
        ModelClass.Require(configuration, ModelClass.Name(configuration, name), [name]);
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect(s_withoutEffect);
    }

    private static TransformerArchitecture WithScales(TransformerArchitecture model, bool fusedGate, string layer, string masked) =>
        model with
        {
            LayerKinds = new EquatableArray<LayerKind>([model.LayerKinds[0] with { LayerScale = true }]),
            Head = VisionParts.ClassState(),
            Checkpoint = model.Checkpoint with
            {
                GateUpConcatenated = fusedGate,
                Names = model.Checkpoint.Names with
                {
                    AttentionScale = layer + "layer_scale1.lambda1",
                    FeedForwardScale = layer + "layer_scale2.lambda1",
                },
                Ignored = new EquatableArray<string>([masked]),
            },
        };
}
