namespace Specializer.Text;

/// <summary>An answer: a part of the context.</summary>
/// <param name="Text">The part of the context from start to end; empty if the context does not answer the question.</param>
/// <param name="Score">The product of the probabilities of its first and last token.</param>
/// <param name="Start">The start in the context, in UTF-16 units.</param>
/// <param name="End">The exclusive end in the context, in UTF-16 units; equal to the start if there is no answer.</param>
public sealed record TextAnswer(string Text, float Score, int Start, int End);
