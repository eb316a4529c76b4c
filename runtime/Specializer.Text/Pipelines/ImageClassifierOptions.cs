using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>Options of an <see cref="ImageClassifier"/>. Null values are those of the model's folder, or the default.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>The labels in the order of their ids (<c>id2label</c>). The default is LABEL_0, LABEL_1 and so on.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The function that computes scores from logits. The default is the softmax.</summary>
    public ScoreFunction Function { get; init; } = ScoreFunction.Softmax;

    /// <summary>The maximum number of labels of a result; null for all.</summary>
    public int? MaximumLabels { get; init; }
}
