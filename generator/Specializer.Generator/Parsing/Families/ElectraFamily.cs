using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// ElectraModel and its heads (Clark et al. 2020): BERT's body without a pooler, with embeddings that may be narrower, trained to
/// detect replaced tokens.
/// </summary>
internal static class ElectraFamily
{
    private static readonly EncoderFamilies.Defaults s_electra = new(30_522, 256, 12, 4, 1024);

    public static TransformerArchitecture Electra(ModelConfiguration configuration)
    {
        EncoderFamilies.RefuseDecoder(configuration);
        EncoderClass model = EncoderClass.Of(configuration, "Electra", "electra.", EncoderHead.MultipleChoice);
        configuration.WithoutEffect("summary_type", "summary_use_proj", "summary_activation", "summary_last_dropout");
        int embeddingWidth = configuration.Extent("embedding_size", 128),
            width = configuration.Extent("hidden_size", s_electra.Width);
        CheckpointNames names = EncoderFamilies.BertNames(model) with { EmbeddingProjection = "electra.embeddings_project" };
        names = model.Kind switch
        {
            EncoderHead.MaskedLanguageModel => names with
            {
                HeadDense = "generator_predictions.dense",
                HeadNorm = "generator_predictions.LayerNorm",
                Logits = "generator_lm_head",
                LogitsBias = "",
            },
            EncoderHead.Discriminator => names with
            {
                HeadDense = "discriminator_predictions.dense",
                Logits = "discriminator_predictions.dense_prediction",
            },
            EncoderHead.SequenceClassification => names with { HeadDense = "classifier.dense", Logits = "classifier.out_proj" },
            _ => names with { HeadDense = "" },
        };
        TransformerArchitecture architecture = EncoderFamilies.Build(
            configuration,
            model,
            s_electra,
            new LearnedPositions(0, configuration.Extent("max_position_embeddings", 512)),
            names,
            EncoderFamilies.Buffers(model.Prefix)
        );
        HeadArchitecture head = architecture.Head!;
        return architecture with
        {
            Embeddings = architecture.Embeddings with { Width = embeddingWidth == width ? 0 : embeddingWidth },
            // Both heads use the exact GELU, whatever the layers use.
            Head = model.Kind switch
            {
                EncoderHead.Pooler => null,
                EncoderHead.MaskedLanguageModel => head with { Dense = new DenseArchitecture(embeddingWidth, Activation.Gelu) },
                EncoderHead.SequenceClassification => head with { Dense = new DenseArchitecture(width, Activation.Gelu) },
                _ => head,
            },
        };
    }
}
