using System;

namespace Specializer;

/// <summary>Changes the log-probabilities of the next token of a beam.</summary>
/// <param name="tokens">The prompt and the tokens of the beam so far.</param>
/// <param name="logProbabilities">
/// The natural log-probabilities, [VocabularySize]. Negative infinity excludes a token. The probabilities need not sum to 1 after the
/// change.
/// </param>
public delegate void BeamRule(ReadOnlySpan<int> tokens, Span<float> logProbabilities);
