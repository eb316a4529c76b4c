namespace Specializer.Text;

/// <summary>A part of a text with a label: a token, or adjacent tokens or words.</summary>
/// <param name="Label">The label; after aggregation the tag without B- or I-.</param>
/// <param name="Score">The score: the label's probability, or the mean of probabilities.</param>
/// <param name="Start">The start in the text, in UTF-16 units.</param>
/// <param name="End">The exclusive end in the text, in UTF-16 units.</param>
/// <param name="Text">The part of the text from start to end.</param>
public sealed record TextEntity(string Label, float Score, int Start, int End, string Text)
{
    /// <summary>The index of the token, counting special tokens; null after aggregation.</summary>
    public int? TokenIndex { get; init; }
}
