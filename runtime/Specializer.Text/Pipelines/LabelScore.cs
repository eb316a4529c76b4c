namespace Specializer.Text;

/// <summary>A label and its score.</summary>
/// <param name="Label">The label.</param>
/// <param name="Id">The id of the label: its index in the model's output.</param>
/// <param name="Score">The score.</param>
public sealed record LabelScore(string Label, int Id, float Score);
