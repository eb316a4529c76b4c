using System.Collections.Generic;

namespace Specializer;

/// <summary>A sequence that a search generated.</summary>
/// <param name="Tokens">The generated tokens without the prompt. The last one is the end token, if it was reached.</param>
/// <param name="LogProbability">The sum of the natural log-probabilities of the tokens.</param>
/// <param name="Score">
/// The score by which sequences are ranked: <paramref name="LogProbability"/> divided by the number of tokens to the power of the
/// length penalty.
/// </param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, double LogProbability, double Score);
