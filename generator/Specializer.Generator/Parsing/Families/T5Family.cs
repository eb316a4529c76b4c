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
    private const string Whole = "T5ForConditionalGeneration",
        EncoderAlone = "T5EncoderModel";

    public static TransformerArchitecture T5(ModelConfiguration configuration)
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
        int width = configuration.Extent("d_model", 512);
        int headDimension = configuration.Extent("d_kv", 64);
        int heads = configuration.Extent("num_heads", 8);
        int positions = configuration.Length("n_positions", 512);
        int layers = configuration.Extent("num_layers", 6);
        (Activation activation, bool gated) = FeedForward(configuration);
        LogitsArchitecture logits = Logits(configuration, width);
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
            new EmbeddingArchitecture(configuration.Extent("vocab_size", 32_128), Scale: 1, Positions: null, Norm: false),
            attention,
            new([new LayerKind("", Window: 0, Relative(bidirectional: true)) { Mask = AttentionMask.Full }]),
            FamilyParts.OnePattern,
            new FeedForwardArchitecture(configuration.Extent("d_ff", 2048), activation, gated, Bias: false),
            new NormArchitecture(
                NormKind.RootMeanSquare,
                FamilyParts.Epsilon(configuration, "layer_norm_epsilon", 1e-6),
                Bias: false,
                UnitOffset: false
            ),
            LayerArrangement.PreNorm,
            logits,
            Layout("encoder", "1", gated)
        )
        {
            Stack = Stack.Encoder,
        };
        string name = ModelClass.Name(configuration, Whole);
        ModelClass.Require(configuration, name, [Whole, EncoderAlone]);
        if (name == EncoderAlone)
        {
            // The file of a whole model also contains the other stack and its logits.
            configuration.WithoutEffect("num_decoder_layers");
            return encoder with
            {
                Logits = new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
                Checkpoint = encoder.Checkpoint with { Names = encoder.Checkpoint.Names with { Logits = "" } },
            };
        }

        return encoder with
        {
            Layers = configuration.OptionalExtent("num_decoder_layers", null) ?? layers,
            LayerKinds = FamilyParts.OneKind(Relative(bidirectional: false)),
            Checkpoint = Layout("decoder", "2", gated),
            Stack = Stack.EncoderDecoder,
            Encoder = encoder,
            CrossAttention = attention,
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

    /// <summary>Reads <c>feed_forward_proj</c> and the two fields that transformers derives from it and writes beside it.</summary>
    private static (Activation Activation, bool Gated) FeedForward(ModelConfiguration configuration)
    {
        string feedForward = configuration.Text("feed_forward_proj", "relu");
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

    private static int Buckets(ModelConfiguration configuration)
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
