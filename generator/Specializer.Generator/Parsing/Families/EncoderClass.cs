using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The heads that Hugging Face's encoder classes have.</summary>
internal enum EncoderHead
{
    /// <summary>XModel: the states, and a pooled one.</summary>
    Pooler,

    /// <summary>XForMaskedLM.</summary>
    MaskedLanguageModel,

    /// <summary>XForSequenceClassification.</summary>
    SequenceClassification,

    /// <summary>XForTokenClassification.</summary>
    TokenClassification,

    /// <summary>XForQuestionAnswering: the logits of a span's start and end for every token.</summary>
    QuestionAnswering,

    /// <summary>XForMultipleChoice: one number for each choice; each choice is a sequence of its own.</summary>
    MultipleChoice,

    /// <summary>BertForNextSentencePrediction.</summary>
    NextSentence,

    /// <summary>ElectraForPreTraining: whether each token was replaced.</summary>
    Discriminator,
}

/// <summary>The class of a checkpoint, as <c>architectures</c> names it.</summary>
/// <param name="Kind">The head.</param>
/// <param name="Prefix">The prefix of the body's tensor names; a file of the bare model omits it.</param>
internal sealed record EncoderClass(EncoderHead Kind, string Prefix)
{
    /// <param name="configuration">The configuration.</param>
    /// <param name="family">The prefix of the class names.</param>
    /// <param name="prefix">The prefix of the body's tensor names.</param>
    /// <param name="without">The heads that the family does not support.</param>
    public static EncoderClass Of(ModelConfiguration configuration, string family, string prefix, params EncoderHead[] without)
    {
        (string Name, EncoderHead Head)[] known =
        [
            (family + "Model", EncoderHead.Pooler),
            (family + "ForMaskedLM", EncoderHead.MaskedLanguageModel),
            (family + "ForSequenceClassification", EncoderHead.SequenceClassification),
            (family + "ForTokenClassification", EncoderHead.TokenClassification),
            (family + "ForQuestionAnswering", EncoderHead.QuestionAnswering),
            (family + "ForMultipleChoice", EncoderHead.MultipleChoice),
            .. family == "Bert" ? s_bert
            : family == "Albert" ? s_albert
            : family == "Electra" ? s_electra
            : [],
        ];
        known = [.. known.Where(one => !without.Contains(one.Head))];
        string name = ModelClass.Name(configuration, family + "Model");
        ModelClass.Require(configuration, name, [.. known.Select(static found => found.Name)]);
        EncoderHead head = known.FirstOrDefault(found => found.Name == name).Head;
        return new EncoderClass(head, prefix);
    }

    /// <summary>Classes that only BERT has. The first one also has a next-sentence head, which is omitted.</summary>
    private static readonly (string Name, EncoderHead Head)[] s_bert =
    [
        ("BertForPreTraining", EncoderHead.MaskedLanguageModel),
        ("BertLMHeadModel", EncoderHead.MaskedLanguageModel),
        ("BertForNextSentencePrediction", EncoderHead.NextSentence),
    ];

    /// <summary>Classes that only ALBERT has. The first one also has a sentence-order head, which is omitted.</summary>
    private static readonly (string Name, EncoderHead Head)[] s_albert = [("AlbertForPreTraining", EncoderHead.MaskedLanguageModel)];

    /// <summary>Classes that only ELECTRA has.</summary>
    private static readonly (string Name, EncoderHead Head)[] s_electra = [("ElectraForPreTraining", EncoderHead.Discriminator)];

    /// <summary>Whether the body's pooled state is used.</summary>
    public bool HasPooler =>
        Kind is EncoderHead.Pooler or EncoderHead.SequenceClassification or EncoderHead.MultipleChoice or EncoderHead.NextSentence;

    /// <summary>Creates the head as BERT defines it, with dense layers as wide as the states.</summary>
    public HeadArchitecture Head(
        ModelConfiguration configuration,
        int width,
        int vocabulary,
        string activation,
        string activationDefault
    ) =>
        Kind switch
        {
            EncoderHead.MaskedLanguageModel => new HeadArchitecture(
                PoolingKind.None,
                new DenseArchitecture(width, configuration.Activation(activation, activationDefault)),
                Norm: true,
                Normalize: false,
                new OutputArchitecture(
                    configuration.Extent("vocab_size", vocabulary),
                    configuration.Flag("tie_word_embeddings", true),
                    Bias: true
                )
            ),
            EncoderHead.SequenceClassification or EncoderHead.MultipleChoice or EncoderHead.NextSentence => new HeadArchitecture(
                PoolingKind.First,
                new DenseArchitecture(width, Activation.Tanh),
                Norm: false,
                Normalize: false,
                new OutputArchitecture(
                    Kind == EncoderHead.MultipleChoice ? 1
                        : Kind == EncoderHead.NextSentence ? 2
                        : Labels(configuration),
                    Tied: false,
                    Bias: true
                )
            ),
            EncoderHead.QuestionAnswering => new HeadArchitecture(
                PoolingKind.None,
                null,
                Norm: false,
                Normalize: false,
                new OutputArchitecture(SpanLabels(configuration), Tied: false, Bias: true)
            ),
            EncoderHead.Discriminator => new HeadArchitecture(
                PoolingKind.None,
                new DenseArchitecture(width, configuration.Activation(activation, activationDefault)),
                Norm: false,
                Normalize: false,
                new OutputArchitecture(1, Tied: false, Bias: true)
            ),
            EncoderHead.TokenClassification => new HeadArchitecture(
                PoolingKind.None,
                null,
                Norm: false,
                Normalize: false,
                new OutputArchitecture(Labels(configuration), Tied: false, Bias: true)
            ),
            _ => new HeadArchitecture(
                PoolingKind.First,
                new DenseArchitecture(width, Activation.Tanh),
                Norm: false,
                Normalize: false,
                null
            ),
        };

    /// <summary>Returns the number of labels: <c>num_labels</c>, or the number of entries of <c>id2label</c>, or two.</summary>
    public static int Labels(ModelConfiguration configuration)
    {
        ModelConfiguration names = configuration.Section("id2label");
        names.WithoutEffect([.. names.Names]);
        int named = names.Count;
        int labels = configuration.Extent("num_labels", named == 0 ? 2 : named);
        configuration.Require(
            named == 0 || named == labels,
            "num_labels",
            named.ToString(CultureInfo.InvariantCulture) + ", as many as \"id2label\" names",
            "id2label"
        );
        return labels;
    }

    /// <summary>Returns the two labels of question answering: the start and the end of a span.</summary>
    private static int SpanLabels(ModelConfiguration configuration)
    {
        configuration.Require(
            Labels(configuration) == 2,
            configuration.FirstOf("num_labels", "id2label"),
            "2 labels for question answering: the start and the end of a span"
        );
        return 2;
    }
}
