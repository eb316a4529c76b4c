using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// T5ForConditionalGeneration (Raffel et al. 2020): RMSNorm, no biases, unscaled scores, and one table of relative positions for
/// all layers of a stack. T5 1.1 (FLAN-T5, mT5) has a gated feed-forward block and untied logits.
/// </summary>
internal static class T5Family
{
    /// <summary>The classes of a family with T5's blocks, and the values of absent fields.</summary>
    private sealed record Defaults(string Family, int Vocabulary, int Width, int Inner, int Layers, int Heads, string FeedForward)
    {
        public string Whole => Family + "ForConditionalGeneration";

        public string EncoderAlone => Family + "EncoderModel";

        /// <summary>Whether logits are never scaled, although transformers 5 marks every file as tied.</summary>
        public bool NeverScales { get; init; }
    }

    private static readonly Defaults s_t5 = new("T5", 32_128, 512, 2048, 6, 8, "relu");
    private static readonly Defaults s_mt5 = new("MT5", 250_112, 512, 1024, 8, 6, "gated-gelu") { NeverScales = true };

    public static TransformerArchitecture T5(ModelConfiguration configuration) => T5(configuration, s_t5);

    /// <summary>MT5ForConditionalGeneration (Xue et al. 2021): T5 1.1 with a multilingual vocabulary.</summary>
    public static TransformerArchitecture Mt5(ModelConfiguration configuration) => T5(configuration, s_mt5);

    private static TransformerArchitecture T5(ModelConfiguration configuration, Defaults defaults)
    {
        configuration.Alias("d_model", "hidden_size");
        configuration.Alias("num_heads", "num_attention_heads");
        configuration.Alias("num_layers", "num_hidden_layers");
        configuration.Alias("d_kv", "head_dim");
        configuration.WithoutEffect("dropout_rate", "is_decoder", "is_encoder_decoder");
        configuration.Refuse(
            configuration.Flag("add_cross_attention", true) is false,
            "add_cross_attention",
            "the decoder of this family attends to its encoder"
        );
        int width = configuration.Extent("d_model", defaults.Width);
        int headDimension = configuration.Extent("d_kv", 64);
        int heads = configuration.Extent("num_heads", defaults.Heads);
        int positions = configuration.Length("n_positions", 512);
        int layers = configuration.Extent("num_layers", defaults.Layers);
        (Activation activation, bool gated) = FeedForward(configuration, defaults.FeedForward);
        LogitsArchitecture logits = defaults.NeverScales ? Unscaled(configuration) : Logits(configuration, width);
        var attention = new AttentionArchitecture(
            heads,
            heads,
            headDimension,
            Scale: 1,
            QueryBias: false,
            KeyBias: false,
            ValueBias: false,
            OutputBias: false,
            SoftCap: 0,
            QueryKeyNorm: false
        );
        RelativePositions Relative(bool bidirectional) =>
            new(Buckets(configuration), configuration.Extent("relative_attention_max_distance", 128), bidirectional);

        var encoder = new TransformerArchitecture(
            layers,
            width,
            positions,
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", defaults.Vocabulary), Scale: 1, Positions: null, Norm: false),
            FamilyParts.OneKind(
                attention with
                {
                    Positions = Relative(bidirectional: true),
                    Mask = AttentionMask.Full,
                },
                new FeedForwardArchitecture(configuration.Extent("d_ff", defaults.Inner), activation, gated, Bias: false),
                LayerArrangement.PreNorm
            ),
            FamilyParts.OnePattern,
            new NormArchitecture(
                NormKind.RootMeanSquare,
                FamilyParts.Epsilon(configuration, "layer_norm_epsilon", 1e-6),
                Bias: false,
                UnitOffset: false
            ),
            logits,
            Layout("encoder", "1", gated)
        )
        {
            Stack = Stack.Encoder,
        };
        string name = ModelClass.Name(configuration, defaults.Whole);
        ModelClass.Require(configuration, name, [defaults.Whole, defaults.EncoderAlone]);
        if (name == defaults.EncoderAlone)
        {
            // The file of a whole model also contains the other stack and its logits.
            configuration.WithoutEffect("num_decoder_layers");
            return encoder with
            {
                Logits = new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
                Checkpoint = encoder.Checkpoint with { Names = encoder.Checkpoint.Names with { Logits = "" } },
            };
        }

        return encoder.WithAttention(_ => attention with { Positions = Relative(bidirectional: false) }) with
        {
            Layers = configuration.OptionalExtent("num_decoder_layers", null) ?? layers,
            Checkpoint = Layout("decoder", "2", gated),
            Stack = Stack.EncoderDecoder,
            Encoder = encoder,
            CrossAttention = attention.ForCross(),
        };
    }

    /// <summary>
    /// Reads the logits. Tied logits were trained with embeddings that Adafactor scales, so they are scaled by d_model^-0.5.
    /// transformers 5 writes "tie_word_embeddings": true for every T5; scale_decoder_outputs gives the original value, and a head
    /// in the file is used.
    /// </summary>
    private static LogitsArchitecture Logits(ModelConfiguration configuration, int width)
    {
        bool tied = configuration.Flag("tie_word_embeddings", true);
        bool scaled = configuration.Flag("scale_decoder_outputs", tied);
        return new LogitsArchitecture(Tied: tied && scaled, Bias: false, SoftCap: 0) { Scale = scaled ? (float)Math.Pow(width, -0.5) : 1 };
    }

    /// <summary>
    /// Reads the logits of mT5, which are not scaled. A file of transformers 5 is marked as tied, and a head in it is used; a tied file of
    /// transformers 4 has scaled logits.
    /// </summary>
    private static LogitsArchitecture Unscaled(ModelConfiguration configuration)
    {
        bool tied = configuration.Flag("tie_word_embeddings", true);
        configuration.Refuse(
            tied
                && configuration.IsText("transformers_version")
                && configuration.Text("transformers_version").StartsWith("4.", StringComparison.Ordinal),
            "tie_word_embeddings",
            "transformers 4 scales tied logits and transformers 5 does not: write false for a file with a head of its own, or remove \"transformers_version\""
        );
        return new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0);
    }

    /// <summary>Reads <c>feed_forward_proj</c> and the two fields that transformers derives from it and writes beside it.</summary>
    private static (Activation Activation, bool Gated) FeedForward(ModelConfiguration configuration, string defaultValue)
    {
        string feedForward = configuration.Text("feed_forward_proj", defaultValue);
        bool gated = feedForward.StartsWith("gated-", StringComparison.Ordinal);
        // transformers treats a gated "gelu" as the tanh form.
        (Activation activation, string name) = feedForward switch
        {
            "relu" or "gated-relu" => (Activation.Relu, "relu"),
            "gelu" => (Activation.Gelu, "gelu"),
            "gated-gelu" => (Activation.GeluTanh, "gelu_new"),
            "silu" or "gated-silu" => (Activation.Silu, "silu"),
            _ => (
                configuration.Wrong("feed_forward_proj", "one of relu, gelu, silu, gated-gelu, gated-relu, gated-silu", Activation.Relu),
                "relu"
            ),
        };
        configuration.Require(
            configuration.Flag("is_gated_act", gated) == gated,
            "is_gated_act",
            "as \"feed_forward_proj\" says",
            "feed_forward_proj"
        );
        configuration.Require(
            configuration.Text("dense_act_fn", name) == name,
            "dense_act_fn",
            "\"" + name + "\", as \"feed_forward_proj\" says",
            "feed_forward_proj"
        );
        return (activation, gated);
    }

    /// <summary>Reads the number of buckets of relative positions.</summary>
    public static int Buckets(ModelConfiguration configuration)
    {
        int buckets = configuration.Extent("relative_attention_num_buckets", 32);
        configuration.Refuse(
            buckets < 4 || buckets % 4 != 0,
            "relative_attention_num_buckets",
            "it must be a multiple of 4: half of the buckets of each direction are exact, the other half logarithmic"
        );
        return buckets;
    }

    private static CheckpointLayout Layout(string stack, string feedForwardLayer, bool gated)
    {
        string layer = stack + ".block.{layer}.layer.";
        string dense = layer + feedForwardLayer + ".DenseReluDense.";
        return new CheckpointLayout(
            new CheckpointNames(
                "shared",
                layer + "0.layer_norm",
                layer + "0.SelfAttention.q",
                layer + "0.SelfAttention.k",
                layer + "0.SelfAttention.v",
                layer + "0.SelfAttention.o",
                layer + feedForwardLayer + ".layer_norm",
                gated ? dense + "wi_0" : "",
                gated ? dense + "wi_1" : dense + "wi",
                dense + "wo",
                stack + ".final_layer_norm",
                "lm_head"
            )
            {
                RelativeBias = stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                CrossAttentionNorm = layer + "1.layer_norm",
                CrossQuery = layer + "1.EncDecAttention.q",
                CrossKey = layer + "1.EncDecAttention.k",
                CrossValue = layer + "1.EncDecAttention.v",
                CrossOutput = layer + "1.EncDecAttention.o",
            },
            QueryKeyValueStorage.Separate,
            GateUpConcatenated: false,
            InputsFirst: false,
            // A table of the first checkpoints that no class reads.
            new EquatableArray<string>(["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"])
        );
    }
}
