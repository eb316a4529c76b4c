using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// ModernBertModel and its heads (Warner et al. 2024). Norms precede the blocks except the first attention. The feed-forward block is
/// gated. Two of three layers have a band and a rotary base of their own.
/// </summary>
internal static class ModernBertFamily
{
    private const string Layer = "model.layers.{layer}.";

    public static TransformerArchitecture ModernBert(ModelConfiguration configuration)
    {
        EncoderClass model = EncoderClass.Of(
            configuration,
            "ModernBert",
            "model.",
            EncoderHead.MultipleChoice,
            EncoderHead.QuestionAnswering
        );
        configuration.WithoutEffect(
            "initializer_cutoff_factor",
            "embedding_dropout",
            "mlp_dropout",
            "deterministic_flash_attn",
            "reference_compile",
            "sparse_prediction",
            "sparse_pred_ignore_index",
            "repad_logits_with_grad",
            "global_attn_every_n_layers",
            "tie_word_embeddings"
        );
        configuration.Fix("position_embedding_type", "absolute");
        int width = configuration.Extent("hidden_size", 768),
            layers = configuration.Extent("num_hidden_layers", 22);
        bool bias = configuration.Flag("attention_bias", false);
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("num_attention_heads", 12)).WithBias(bias, bias);
        RotaryPositions full = Rotary(configuration, attention, "global_rope_theta", 160_000, "full_attention"),
            local = Rotary(configuration, attention, "local_rope_theta", 10_000, "sliding_attention");
        if (configuration.IsGiven("local_rope_theta") && !configuration.Has("local_rope_theta"))
        {
            local = full;
        }

        int every = configuration.Extent("global_attn_every_n_layers", 3),
            band = configuration.Extent("local_attention", 128) / 2;
        configuration.Require(band > 0, "local_attention", "at least 2");
        EquatableArray<int> pattern = FamilyParts.WindowPattern(configuration, layers, layer => layer % every != 0);
        FeedForwardArchitecture feedForward = new(
            configuration.Extent("intermediate_size", 1152),
            configuration.Activation("hidden_activation", "gelu"),
            Gated: true,
            configuration.Flag("mlp_bias", false)
        );
        LayerKind Kind(string name, AttentionPositions positions, int limit, LayerArrangement arrangement) =>
            new(name, attention with { Positions = positions, Mask = AttentionMask.Full, Band = limit }, feedForward, arrangement);
        TransformerArchitecture architecture = new(
            layers,
            width,
            configuration.Length("max_position_embeddings", 8192),
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", 50_368), Scale: 1, Positions: null, Norm: true),
            new([Kind("", full, 0, LayerArrangement.PreNorm)]),
            FamilyParts.OnePattern,
            new NormArchitecture(
                NormKind.Layer,
                FamilyParts.Epsilon(configuration, "norm_eps", 1e-5),
                configuration.Flag("norm_bias", false),
                UnitOffset: false
            ),
            new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
            Layout(model.Kind)
        )
        {
            Stack = Stack.Encoder,
            Head = Head(configuration, model.Kind, width),
        };
        return FamilyParts.WithKinds(
            architecture,
            [
                Kind("Local", local, band, LayerArrangement.PreNorm),
                Kind("Full", full, 0, LayerArrangement.PreNorm),
                Kind("FirstLocal", local, band, LayerArrangement.FeedForwardNorm),
                Kind("First", full, 0, LayerArrangement.FeedForwardNorm),
            ],
            layer => pattern[layer % pattern.Count] + (layer == 0 ? 2 : 0)
        );
    }

    private static RotaryPositions Rotary(
        ModelConfiguration configuration,
        AttentionArchitecture attention,
        string field,
        double theta,
        string type
    ) =>
        RotaryReader.Read(
            configuration,
            attention.HeadDim,
            ["hidden_size", "num_attention_heads"],
            new RotaryDefaults
            {
                BaseFields = [field],
                Base = theta,
                LayerType = type,
                LongestContext = 8192,
            }
        );

    /// <summary>A dense layer with a norm precedes the output of every class.</summary>
    private static HeadArchitecture? Head(ModelConfiguration configuration, EncoderHead kind, int width)
    {
        string pooling = configuration.Text("classifier_pooling", "cls");
        configuration.Refuse(pooling is not ("cls" or "mean"), "classifier_pooling", "it must be cls or mean");
        bool outputBias = configuration.Flag("decoder_bias", true),
            tied = configuration.Flag("tie_word_embeddings", true);
        DenseArchitecture dense = new(width, configuration.Activation("classifier_activation", "gelu"))
        {
            Bias = configuration.Flag("classifier_bias", false),
        };
        OutputArchitecture? output = kind switch
        {
            EncoderHead.MaskedLanguageModel => new(configuration.Extent("vocab_size", 50_368), tied, outputBias),
            EncoderHead.SequenceClassification or EncoderHead.TokenClassification => new(
                EncoderClass.Labels(configuration),
                Tied: false,
                Bias: true
            ),
            _ => null,
        };
        PoolingKind rows =
            kind != EncoderHead.SequenceClassification ? PoolingKind.None
            : pooling == "mean" ? PoolingKind.Mean
            : PoolingKind.First;
        return output is null ? null : new HeadArchitecture(rows, dense, Norm: true, Normalize: false, output);
    }

    private static CheckpointLayout Layout(EncoderHead kind) =>
        new(
            new CheckpointNames(
                "model.embeddings.tok_embeddings",
                Layer + "attn_norm",
                "",
                "",
                "",
                Layer + "attn.Wo",
                Layer + "mlp_norm",
                "",
                "",
                Layer + "mlp.Wo",
                "model.final_norm",
                kind == EncoderHead.MaskedLanguageModel ? "decoder" : "classifier"
            )
            {
                EmbeddingNorm = "model.embeddings.norm",
                QueryKeyValue = Layer + "attn.Wqkv",
                GateUp = Layer + "mlp.Wi",
                HeadDense = "head.dense",
                HeadNorm = "head.norm",
            },
            QueryKeyValueStorage.Concatenated,
            GateUpConcatenated: true,
            InputsFirst: false,
            EquatableArray<string>.Empty
        );
}
