using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>BERT (Devlin et al. 2019) and its successors: full attention, post-norm, learned positions.</summary>
internal static class EncoderFamilies
{
    /// <summary>The largest product of layers and inner layers: the limit of one field.</summary>
    private const int MostLayers = 1 << 22;

    /// <summary>
    /// The largest number of layers of a group. Each has its own rows in the tensor table; published files have one.
    /// </summary>
    private const int MostInnerLayers = 1024;

    /// <summary>BertModel and its heads.</summary>
    public static TransformerArchitecture Bert(ModelConfiguration configuration)
    {
        if (JinaBertFamily.Is(configuration))
        {
            return JinaBertFamily.JinaBert(configuration);
        }

        RefuseDecoder(configuration);
        EncoderClass model = EncoderClass.Of(configuration, "Bert", "bert.");
        // Fields of an early pooler; the class supports only this form.
        configuration.WithoutEffect(
            "directionality",
            "pooler_fc_size",
            "pooler_num_attention_heads",
            "pooler_num_fc_layers",
            "pooler_size_per_head"
        );
        configuration.Refuse(
            configuration.Text("pooler_type", "first_token_transform") != "first_token_transform",
            "pooler_type",
            "transformers ignores it and pools the first token"
        );
        return Build(
            configuration,
            model,
            s_bert,
            new LearnedPositions(0, configuration.Extent("max_position_embeddings", 512)),
            BertNames(model),
            Buffers(model.Prefix)
        );
    }

    /// <summary>
    /// RobertaModel and its heads (Liu et al. 2019): BERT's body with positions that begin after the padding token's.
    /// </summary>
    public static TransformerArchitecture Roberta(ModelConfiguration configuration) =>
        Roberta(configuration, "Roberta", "roberta.", s_roberta);

    /// <summary>XLMRobertaModel and its heads (Conneau et al. 2020): RoBERTa with another vocabulary.</summary>
    public static TransformerArchitecture XlmRoberta(ModelConfiguration configuration) =>
        Roberta(configuration, "XLMRoberta", "roberta.", s_bert);

    /// <summary>CamembertModel and its heads (Martin et al. 2020): RoBERTa for French.</summary>
    public static TransformerArchitecture Camembert(ModelConfiguration configuration) =>
        Roberta(configuration, "Camembert", "roberta.", s_bert);

    /// <summary>The sizes that a family's configuration class gives to absent fields.</summary>
    internal sealed record Defaults(int Vocabulary, int Width, int Layers, int Heads, int Inner)
    {
        public string Activation { get; init; } = "gelu";
    }

    private static readonly Defaults s_bert = new(30_522, 768, 12, 12, 3072);
    private static readonly Defaults s_roberta = s_bert with { Vocabulary = 50_265 };
    private static readonly Defaults s_albert = new(30_000, 4096, 12, 64, 16_384) { Activation = "gelu_new" };

    private static TransformerArchitecture Roberta(ModelConfiguration configuration, string family, string prefix, Defaults defaults)
    {
        RefuseDecoder(configuration);
        EncoderClass model = EncoderClass.Of(configuration, family, prefix);
        int positions = configuration.Extent("max_position_embeddings", 512);
        double padding = configuration.Number("pad_token_id", 1);
        configuration.Require(padding >= 0 && padding == Math.Floor(padding), "pad_token_id", "a token id; positions begin after it");
        int offset = padding >= 0 && padding < positions ? (int)padding + 1 : 0;
        configuration.Refuse(
            padding + 1 >= positions,
            "pad_token_id",
            "positions begin after it, so it must be less than \"max_position_embeddings\" minus 1",
            "max_position_embeddings"
        );
        CheckpointNames names = BertNames(model);
        names = model.Kind switch
        {
            EncoderHead.MultipleChoice => names,
            EncoderHead.MaskedLanguageModel => names with
            {
                HeadDense = "lm_head.dense",
                HeadNorm = "lm_head.layer_norm",
                Logits = "lm_head.decoder",
                LogitsBias = "lm_head.bias",
            },
            EncoderHead.SequenceClassification => names with { HeadDense = "classifier.dense", Logits = "classifier.out_proj" },
            _ => names,
        };
        TransformerArchitecture architecture = Build(
            configuration,
            model,
            defaults,
            new LearnedPositions(Math.Min(offset, Math.Max(0, positions - 1)), positions) { PaddingToken = offset > 0 ? offset - 1 : null },
            names,
            Buffers(model.Prefix)
        );

        // The masked-language-model head uses the exact GELU, whatever the layers use.
        return model.Kind == EncoderHead.MaskedLanguageModel
            ? architecture with
            {
                Head = architecture.Head! with { Dense = architecture.Head.Dense! with { Activation = Activation.Gelu } },
            }
            : architecture;
    }

    /// <summary>
    /// LongformerModel and LongformerForMaskedLM (Beltagy et al. 2020): RoBERTa's body, attention within a band, and global
    /// tokens with projections of their own.
    /// </summary>
    public static TransformerArchitecture Longformer(ModelConfiguration configuration)
    {
        configuration.WithoutEffect("ignore_attention_mask", "onnx_export");
        configuration.Refuse(
            configuration.Text("attention_mode", "longformer") != "longformer",
            "attention_mode",
            "only longformer is supported"
        );
        TransformerArchitecture roberta = Roberta(configuration, "Longformer", "longformer.", s_bert);
        int[] windows = configuration.Windows("attention_window", roberta.Layers, "num_hidden_layers", 512);
        int[] distinct = [.. windows.Distinct()];
        LayerKind kind = roberta.LayerKinds[0];
        const string self = "longformer.encoder.layer.{layer}.attention.self.";
        return roberta with
        {
            LayerKinds = new EquatableArray<LayerKind>(
                distinct.Select(window =>
                    (kind with { Name = distinct.Length == 1 ? "" : "Band" + window.ToString(CultureInfo.InvariantCulture) }).WithAttention(
                        attention => attention with { Band = window / 2 }
                    )
                )
            ),
            LayerPattern = new EquatableArray<int>(distinct.Length == 1 ? [0] : windows.Select(window => Array.IndexOf(distinct, window))),
            GlobalTokens = true,
            Checkpoint = roberta.Checkpoint with
            {
                Names = roberta.Checkpoint.Names with
                {
                    GlobalQuery = self + "query_global",
                    GlobalKey = self + "key_global",
                    GlobalValue = self + "value_global",
                },
            },
        };
    }

    /// <summary>DistilBertModel and its heads (Sanh et al. 2019): no token types, no pooler.</summary>
    public static TransformerArchitecture DistilBert(ModelConfiguration configuration)
    {
        configuration.Alias("dim", "hidden_size");
        configuration.Alias("n_heads", "num_attention_heads");
        configuration.Alias("n_layers", "num_hidden_layers");
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect("sinusoidal_pos_embds", "qa_dropout", "seq_classif_dropout", "tie_weights_");
        EncoderClass model = EncoderClass.Of(configuration, "DistilBert", "distilbert.");
        string layer = model.Prefix + "transformer.layer.{layer}.";
        int width = configuration.Extent("dim", 768);
        var names = new CheckpointNames(
            model.Prefix + "embeddings.word_embeddings",
            "",
            layer + "attention.q_lin",
            layer + "attention.k_lin",
            layer + "attention.v_lin",
            layer + "attention.out_lin",
            "",
            "",
            layer + "ffn.lin1",
            layer + "ffn.lin2",
            "",
            model.Kind switch
            {
                EncoderHead.MaskedLanguageModel => "vocab_projector",
                EncoderHead.QuestionAnswering => "qa_outputs",
                _ => "classifier",
            }
        )
        {
            PositionEmbedding = model.Prefix + "embeddings.position_embeddings",
            EmbeddingNorm = model.Prefix + "embeddings.LayerNorm",
            AttentionOutputNorm = layer + "sa_layer_norm",
            FeedForwardOutputNorm = layer + "output_layer_norm",
            HeadDense = model.Kind == EncoderHead.MaskedLanguageModel ? "vocab_transform" : "pre_classifier",
            HeadNorm = "vocab_layer_norm",
        };
        HeadArchitecture? head = model.Kind == EncoderHead.Pooler ? null : model.Head(configuration, width, 30_522, "activation", "gelu");
        if (model.Kind is EncoderHead.SequenceClassification or EncoderHead.MultipleChoice)
        {
            head = head! with { Dense = new DenseArchitecture(width, Activation.Relu) };
        }

        // The checkpoint stores sinusoidal positions like learned ones.
        var positions = new LearnedPositions(0, configuration.Extent("max_position_embeddings", 512));
        return Encoder(
            configuration,
            ("n_layers", 6),
            width,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", 30_522), Scale: 1, positions, Norm: true),
            FamilyParts.Attention(configuration, width, ("n_heads", 12)),
            new FeedForwardArchitecture(
                configuration.Extent("hidden_dim", 3072),
                configuration.Activation("activation", "gelu"),
                Gated: false,
                Bias: true
            ),
            epsilon: 1e-12f,
            names,
            Buffers(model.Prefix)
        ) with
        {
            Head = head,
        };
    }

    /// <summary>
    /// AlbertModel and its heads (Lan et al. 2020): narrow embeddings and layers that share their weights. Each of
    /// num_hidden_layers iterations runs the inner_group_num layers of its group in order; the number of computed layers is the
    /// product.
    /// </summary>
    public static TransformerArchitecture Albert(ModelConfiguration configuration)
    {
        EncoderClass model = EncoderClass.Of(configuration, "Albert", "albert.");
        configuration.WithoutEffect(
            "down_scale_factor",
            "gap_size",
            "net_structure_type",
            "num_memory_blocks",
            "layers_to_keep",
            "classifier_dropout_prob"
        );
        int layers = configuration.Extent("num_hidden_layers", s_albert.Layers),
            groups = configuration.Extent("num_hidden_groups", 1),
            embeddingWidth = configuration.Extent("embedding_size", 128);
        int inner = configuration.Extent("inner_group_num", 1);
        if (inner > MostInnerLayers || (long)layers * inner > MostLayers)
        {
            inner = configuration.Wrong(
                "inner_group_num",
                FormattableString.Invariant(
                    $"at most {MostInnerLayers}, and at most {MostLayers} when multiplied by \"num_hidden_layers\""
                ),
                1
            );
        }

        configuration.Refuse(
            groups > layers || layers % groups != 0,
            "num_hidden_groups",
            "it must divide \"num_hidden_layers\"",
            "num_hidden_layers"
        );
        string layer = model.Prefix + "encoder.albert_layer_groups.{layer}.albert_layers." + (inner == 1 ? "0." : "{inner}.");
        bool masked = model.Kind == EncoderHead.MaskedLanguageModel;
        var names = new CheckpointNames(
            model.Prefix + "embeddings.word_embeddings",
            "",
            layer + "attention.query",
            layer + "attention.key",
            layer + "attention.value",
            layer + "attention.dense",
            "",
            "",
            layer + "ffn",
            layer + "ffn_output",
            "",
            masked ? "predictions.decoder"
                : model.Kind == EncoderHead.QuestionAnswering ? "qa_outputs"
                : "classifier"
        )
        {
            PositionEmbedding = model.Prefix + "embeddings.position_embeddings",
            TokenTypeEmbedding = model.Prefix + "embeddings.token_type_embeddings",
            EmbeddingNorm = model.Prefix + "embeddings.LayerNorm",
            EmbeddingProjection = model.Prefix + "encoder.embedding_hidden_mapping_in",
            AttentionOutputNorm = layer + "attention.LayerNorm",
            FeedForwardOutputNorm = layer + "full_layer_layer_norm",
            HeadDense = masked ? "predictions.dense" : model.Prefix + "pooler",
            HeadNorm = "predictions.LayerNorm",
            LogitsBias = masked ? "predictions.bias" : "",
        };
        TransformerArchitecture architecture = Build(
            configuration,
            model,
            s_albert,
            new LearnedPositions(0, configuration.Extent("max_position_embeddings", 512)),
            names,
            Buffers(model.Prefix)
        );
        return architecture with
        {
            Embeddings = architecture.Embeddings with { Width = embeddingWidth },
            Layers = layers * inner,
            LayersPerSet = Math.Max(1, layers / groups),
            SetsPerGroup = inner,
            Head = masked
                ? architecture.Head! with
                {
                    Dense = architecture.Head.Dense! with { Width = embeddingWidth },
                }
                : architecture.Head,
        };
    }

    /// <summary>Builds the parts that BERT, RoBERTa and ALBERT have in common.</summary>
    internal static TransformerArchitecture Build(
        ModelConfiguration configuration,
        EncoderClass model,
        Defaults defaults,
        LearnedPositions positions,
        CheckpointNames names,
        EquatableArray<string> ignored
    )
    {
        int width = configuration.Extent("hidden_size", defaults.Width);
        configuration.Refuse(
            configuration.Text("position_embedding_type", "absolute") != "absolute",
            "position_embedding_type",
            "only absolute positions are supported for this family"
        );
        return Encoder(
            configuration,
            ("num_hidden_layers", defaults.Layers),
            width,
            new EmbeddingArchitecture(configuration.Extent("vocab_size", defaults.Vocabulary), Scale: 1, positions, Norm: true)
            {
                TokenTypes = configuration.Extent("type_vocab_size", 2),
            },
            FamilyParts.Attention(configuration, width, ("num_attention_heads", defaults.Heads)),
            new FeedForwardArchitecture(
                configuration.Extent("intermediate_size", defaults.Inner),
                configuration.Activation("hidden_act", defaults.Activation),
                Gated: false,
                Bias: true
            ),
            FamilyParts.Epsilon(configuration, "layer_norm_eps", 1e-12),
            names,
            ignored
        ) with
        {
            Head = model.Head(configuration, width, defaults.Vocabulary, "hidden_act", defaults.Activation),
        };
    }

    /// <summary>
    /// Builds the parts that all text encoders have in common: biases everywhere, post-norm LayerNorm, full attention.
    /// </summary>
    internal static TransformerArchitecture Encoder(
        ModelConfiguration configuration,
        (string Field, int Default) layers,
        int width,
        EmbeddingArchitecture embeddings,
        AttentionArchitecture attention,
        FeedForwardArchitecture feedForward,
        float epsilon,
        CheckpointNames names,
        EquatableArray<string> ignored
    )
    {
        var positions = (LearnedPositions)embeddings.Positions!;
        // Heads that use the field read it.
        configuration.WithoutEffect("tie_word_embeddings");
        return new TransformerArchitecture(
            configuration.Extent(layers.Field, layers.Default),
            width,
            positions.Rows - positions.Offset,
            ChunkLength: 0,
            embeddings,
            FamilyParts.OneKind(attention.WithBias(true, true) with { Mask = AttentionMask.Full }, feedForward, LayerArrangement.PostNorm),
            FamilyParts.OnePattern,
            new NormArchitecture(NormKind.Layer, epsilon, Bias: true, UnitOffset: false),
            new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
            new CheckpointLayout(names, QueryKeyValueStorage.Separate, GateUpConcatenated: false, InputsFirst: false, ignored)
        )
        {
            Stack = Stack.Encoder,
        };
    }

    /// <summary>The names of BERT's tensors and of the heads of its classes.</summary>
    internal static CheckpointNames BertNames(EncoderClass model)
    {
        string layer = model.Prefix + "encoder.layer.{layer}.";
        var names = new CheckpointNames(
            model.Prefix + "embeddings.word_embeddings",
            "",
            layer + "attention.self.query",
            layer + "attention.self.key",
            layer + "attention.self.value",
            layer + "attention.output.dense",
            "",
            "",
            layer + "intermediate.dense",
            layer + "output.dense",
            "",
            model.Kind switch
            {
                EncoderHead.MaskedLanguageModel => "cls.predictions.decoder",
                EncoderHead.QuestionAnswering => "qa_outputs",
                EncoderHead.NextSentence => "cls.seq_relationship",
                _ => "classifier",
            }
        )
        {
            PositionEmbedding = model.Prefix + "embeddings.position_embeddings",
            TokenTypeEmbedding = model.Prefix + "embeddings.token_type_embeddings",
            EmbeddingNorm = model.Prefix + "embeddings.LayerNorm",
            AttentionOutputNorm = layer + "attention.output.LayerNorm",
            FeedForwardOutputNorm = layer + "output.LayerNorm",
        };
        return model.Kind == EncoderHead.MaskedLanguageModel
            ? names with
            {
                HeadDense = "cls.predictions.transform.dense",
                HeadNorm = "cls.predictions.transform.LayerNorm",
                LogitsBias = "cls.predictions.bias",
            }
            : names with
            {
                HeadDense = model.Prefix + "pooler.dense",
            };
    }

    /// <summary>Buffers of older checkpoints.</summary>
    internal static EquatableArray<string> Buffers(string prefix) =>
        new([prefix + "embeddings.position_ids", prefix + "embeddings.token_type_ids"]);

    /// <summary>Accounts for the fields of a decoder, and rejects values that declare one.</summary>
    internal static void RefuseDecoder(ModelConfiguration configuration)
    {
        configuration.Refuse(configuration.Flag("is_decoder", false), "is_decoder", "this family is supported as an encoder only");
        SharedFields.RefuseCrossAttention(configuration);
    }
}
