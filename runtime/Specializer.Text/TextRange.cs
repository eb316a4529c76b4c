namespace Specializer.Text;

/// <summary>A stretch of the text that was encoded, in UTF-16 units: <c>text[range.Start..range.End]</c>.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends, exclusive.</param>
public readonly record struct TextRange(int Start, int End);
