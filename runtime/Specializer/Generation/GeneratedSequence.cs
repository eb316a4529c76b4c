using System.Collections.Generic;

namespace Specializer;

/// <summary>What a search generated.</summary>
/// <param name="Tokens">The generated tokens without the prompt; the end token is the last of them if one was reached.</param>
/// <param name="LogProbability">The sum of the natural logarithms of the tokens' probabilities.</param>
/// <param name="Score">What the search ranks by: <paramref name="LogProbability"/> divided by the number of tokens to the power of the length penalty.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, double LogProbability, double Score);
