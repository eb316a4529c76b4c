using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// The classes of a decoder family: with logits, the bare body, or with a head on the states of the body. The field
/// <c>architectures</c> names the class of a checkpoint.
/// </summary>
internal sealed record DecoderClass
{
    /// <summary>Creates the classes of a family with the usual names.</summary>
    /// <param name="family">The prefix of the class names: "Llama".</param>
    public DecoderClass(string family)
    {
        Family = family;
        Causal = family + "ForCausalLM";
        Body = family + "Model";
    }

    /// <summary>The prefix of the class names.</summary>
    public string Family { get; }

    /// <summary>The class with logits.</summary>
    public string Causal { get; init; }

    /// <summary>The class without a head.</summary>
    public string Body { get; init; }

    /// <summary>The class that labels each sequence.</summary>
    public string? SequenceClassification { get; init; }

    /// <summary>The layer of XForTokenClassification, which has a bias; null if the family has no such class.</summary>
    public string? TokenLabels { get; init; }

    /// <summary>Whether the family has XForQuestionAnswering.</summary>
    public bool AnswersQuestions { get; init; }

    /// <summary>Creates the classes of LLaMA with the names of another family.</summary>
    public static DecoderClass LikeLlama(string family, bool answersQuestions = false) =>
        new(family)
        {
            SequenceClassification = family + "ForSequenceClassification",
            TokenLabels = "score",
            AnswersQuestions = answersQuestions,
        };

    /// <summary>Creates the classes of GPT-2 with the names of another family.</summary>
    public static DecoderClass LikeGpt2(string family) =>
        new(family)
        {
            SequenceClassification = family + "ForSequenceClassification",
            TokenLabels = "classifier",
            AnswersQuestions = true,
        };

    /// <summary>Gives a decoder the head of the class that the file names, or its logits if the file names none.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="model">The decoder with logits.</param>
    /// <param name="bidirectional">Whether the family's own field makes the attention bidirectional.</param>
    public TransformerArchitecture Apply(ModelConfiguration configuration, TransformerArchitecture model, bool bidirectional = false)
    {
        // transformers 5 reads it for every decoder: a window then extends as far to both sides.
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

        if (name == Causal && configuration.GivesStates && (seesAll || bidirectional))
        {
            // Bidirectional embedding models still name the causal class of their base model (gte-Qwen2).
            name = Body;
        }

        if (name == Causal)
        {
            string field = seesAll ? "is_causal" : "use_bidirectional_attention";
            configuration.Refuse(
                seesAll || bidirectional,
                field,
                $"a bidirectional model does not predict the next token, so its class is {Body}, not {Causal}"
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
            model = model.WithAttention(static attention => attention with { Band = attention.Window });
        }

        return DecoderBody.AsEncoder(model, head, seesAll || bidirectional, output);
    }
}
