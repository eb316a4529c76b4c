using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>Options of a <see cref="TextClassifier"/>. Null values are those of the model's folder, or the default.</summary>
public sealed record TextClassifierOptions
{
    /// <summary>The labels in the order of their ids (<c>id2label</c>). The default is LABEL_0, LABEL_1 and so on.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// The function that computes scores from logits. The default follows <c>problem_type</c>: none for regression, the sigmoid for
    /// several labels at once, the softmax for one label. Without <c>problem_type</c>, it is the sigmoid for a single logit,
    /// otherwise the softmax.
    /// </summary>
    public ScoreFunction? Function { get; init; }

    /// <summary>The maximum number of tokens of a text, with special tokens. The default is the tokenizer's limit.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Whether longer texts are truncated. By default, a longer text is an error.</summary>
    public bool Truncate { get; init; }

    /// <summary>Whether the tokenizer's type ids are an input of the model, as in <see cref="SentenceEmbedderOptions.UsesTokenTypes"/>.</summary>
    public bool? UsesTokenTypes { get; init; }
}
