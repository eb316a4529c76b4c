using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>Specifies how the labels of tokens become entities.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/pipelines/token_classification.py, AggregationStrategy.</remarks>
public enum TokenAggregation
{
    /// <summary>No aggregation: each token is an entity, with its label.</summary>
    None,

    /// <summary>
    /// Adjacent tokens with the same tag are one entity, unless a label begins with B-. Its score is the mean of the tokens' scores.
    /// </summary>
    Simple,

    /// <summary>As <see cref="Simple"/>, but for words, each with the label of its first token.</summary>
    First,

    /// <summary>As <see cref="Simple"/>, but for words, each with the label whose mean score over its tokens is highest.</summary>
    Average,

    /// <summary>As <see cref="Simple"/>, but for words, each with the label of the token with the highest score.</summary>
    Max,
}

/// <summary>Options of a <see cref="TokenClassifier"/>. Null values are those of the model's folder, or the default.</summary>
public sealed record TokenClassifierOptions
{
    /// <summary>The labels in the order of their ids (<c>id2label</c>). The default is LABEL_0, LABEL_1 and so on.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>How the labels of tokens become entities.</summary>
    public TokenAggregation Aggregation { get; init; }

    /// <summary>The labels and tags that are left out of the results. The default is O, which marks tokens outside of entities.</summary>
    public IReadOnlyList<string> IgnoredLabels { get; init; } = ["O"];

    /// <summary>The maximum number of tokens of a text, with special tokens. The default is the tokenizer's limit.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Whether longer texts are truncated. By default, a longer text is an error.</summary>
    public bool Truncate { get; init; }

    /// <summary>
    /// The number of tokens that adjacent windows of a longer text share; null for no windows. Entities are found in each window. Among
    /// overlapping ones the longest remains, or the one with the highest score if they are equally long.
    /// </summary>
    /// <remarks>Windows require an <see cref="Aggregation"/>. Source: transformers, TokenClassificationPipeline, <c>stride</c>.</remarks>
    public int? Stride { get; init; }

    /// <summary>Whether the tokenizer's type ids are an input of the model, as in <see cref="SentenceEmbedderOptions.UsesTokenTypes"/>.</summary>
    public bool? UsesTokenTypes { get; init; }
}
