namespace Specializer.Text;

/// <summary>A range of the encoded text, in UTF-16 units: <c>text[range.Start..range.End]</c>.</summary>
/// <param name="Start">The start.</param>
/// <param name="End">The exclusive end.</param>
public readonly record struct TextRange(int Start, int End);
