using Specializer.Text.Reading;

namespace Specializer.Text.Pipelines;

/// <summary>Reads the fields of a config.json that define the scores of a classifier.</summary>
/// <remarks>
/// Source: huggingface/transformers, src/transformers/pipelines/text_classification.py; UKPLab/sentence-transformers,
/// CrossEncoder.py.
/// </remarks>
internal static class ClassifierFolder
{
    /// <summary>Returns the function of a text classifier; null if the number of labels decides.</summary>
    public static ScoreFunction? Function(JsonPlace model)
    {
        if (model.Has("problem_type"))
        {
            return model["problem_type"].Text() switch
            {
                "regression" => ScoreFunction.None,
                "multi_label_classification" => ScoreFunction.Sigmoid,
                "single_label_classification" => ScoreFunction.Softmax,
                string other => throw model["problem_type"]
                    .Error($"expected regression, single_label_classification or multi_label_classification, found '{other}'"),
            };
        }

        return null;
    }

    /// <summary>Returns the function of a cross-encoder; null if the number of labels decides.</summary>
    public static ScoreFunction? CrossEncoderFunction(JsonPlace model)
    {
        JsonPlace section = model.Has("sentence_transformers") ? model["sentence_transformers"] : default;
        JsonPlace place =
            section.Has("activation_fn") ? section["activation_fn"]
            : model.Has("sbert_ce_default_activation_function") ? model["sbert_ce_default_activation_function"]
            : default;
        if (place.IsNull)
        {
            return null;
        }

        string name = place.Text();
        return name switch
        {
            "torch.nn.modules.activation.Sigmoid" or "torch.nn.Sigmoid" => ScoreFunction.Sigmoid,
            "torch.nn.modules.linear.Identity" or "torch.nn.Identity" => ScoreFunction.None,
            _ => throw place.Error($"the activation '{name}' is not supported; expected torch.nn's Sigmoid or Identity"),
        };
    }
}
