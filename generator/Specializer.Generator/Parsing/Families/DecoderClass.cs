using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// The classes of a decoder family, of which <c>architectures</c> says which one a checkpoint is of: logits, the bare body,
/// or a head on the body's states.
/// </summary>
internal sealed record DecoderClass
{
    /// <summary>The classes of a family, by the usual names.</summary>
    /// <param name="family">What the names begin with: "Llama".</param>
    public DecoderClass(string family)
    {
        Family = family;
        Causal = family + "ForCausalLM";
        Body = family + "Model";
    }

    /// <summary>What the names of the classes begin with.</summary>
    public string Family { get; }

    /// <summary>The class with logits.</summary>
    public string Causal { get; init; }

    /// <summary>The class without a head.</summary>
    public string Body { get; init; }

    /// <summary>The class with a label for each sequence.</summary>
    public string? SequenceClassification { get; init; }

    /// <summary>The layer of XForTokenClassification, which has a bias; null where the family has no such class.</summary>
    public string? TokenLabels { get; init; }

    /// <summary>Whether the family has XForQuestionAnswering.</summary>
    public bool AnswersQuestions { get; init; }

    /// <summary>LLaMA's classes, which many families have by other names.</summary>
    public static DecoderClass LikeLlama(string family, bool answersQuestions = false) =>
        new(family)
        {
            SequenceClassification = family + "ForSequenceClassification",
            TokenLabels = "score",
            AnswersQuestions = answersQuestions,
        };

    /// <summary>GPT-2's classes.</summary>
    public static DecoderClass LikeGpt2(string family) =>
        new(family)
        {
            SequenceClassification = family + "ForSequenceClassification",
            TokenLabels = "classifier",
            AnswersQuestions = true,
        };

    /// <summary>Gives a decoder the head of the class that the file names; its logits where the file names none.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="model">The decoder with logits.</param>
    /// <param name="bidirectional">Whether the family's own field says that positions see those after them.</param>
    public TransformerArchitecture Apply(ModelConfiguration configuration, TransformerArchitecture model, bool bidirectional = false)
    {
        // transformers 5 reads it for every decoder: a window then reaches as far to both sides.
        bool seesAll = !configuration.Flag("is_causal", true);
        string name = ModelClass.Name(configuration, Causal);
        string tokens = Family + "ForTokenClassification",
            answers = Family + "ForQuestionAnswering";
        IEnumerable<string?> supported =
        [
            Causal,
            Body,
            SequenceClassification,
            TokenLabels is null ? null : tokens,
            AnswersQuestions ? answers : null,
        ];
        if (!ModelClass.Require(configuration, name, [.. supported.OfType<string>()]))
        {
            return model;
        }

        if (name == Causal)
        {
            string field = seesAll ? "is_causal" : "use_bidirectional_attention";
            configuration.Refuse(
                seesAll || bidirectional,
                field,
                $"positions that see those after them predict no next token, so that this is a model of the class {Body}, not {Causal}"
            );
            return model;
        }

        if (configuration.Problems.Any)
        {
            return model with { Stack = Stack.Encoder };
        }

        (HeadArchitecture? head, string output) =
            name == SequenceClassification ? (DecoderBody.SequenceClassification(EncoderClass.Labels(configuration)), "score")
            : name == tokens ? (DecoderBody.TokenClassification(EncoderClass.Labels(configuration)), TokenLabels!)
            : name == answers ? (DecoderBody.QuestionAnswering(), "qa_outputs")
            : ((HeadArchitecture?)null, "");
        if (DecoderBody.Obstacle(model, seesAll || bidirectional) is { } obstacle)
        {
            configuration.Refuse(true, configuration.IsGiven("architectures") ? "architectures" : "model_type", obstacle);
            return model;
        }

        if (seesAll)
        {
            model = model with
            {
                LayerKinds = new EquatableArray<LayerKind>(model.LayerKinds.Select(static kind => kind with { Band = kind.Window })),
            };
        }

        return DecoderBody.AsEncoder(model, head, seesAll || bidirectional, output);
    }
}
