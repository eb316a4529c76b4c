using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>The settings of one call, in place of the model's <see cref="GenerationSettings"/>.</summary>
public sealed record GenerationOptions
{
    /// <summary>How many tokens are generated at most; null for the model's setting.</summary>
    public int? MaximumNewTokens { get; init; }

    /// <summary>
    /// The number of beams of a beam search, which allows neither sampling, stop strings nor log-probabilities; null for the model's
    /// setting.
    /// </summary>
    public int? Beams { get; init; }

    /// <summary>The token that is generated first, such as the target language's; null for the model's setting.</summary>
    public int? ForcedFirstToken { get; init; }

    /// <summary>How tokens are chosen; null for the model's setting.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>
    /// The seed of the random numbers. The default, null, selects the seed of <see cref="Sampling"/> or, if that is null too, a random one.
    /// The last update reports it.
    /// </summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// The texts that can be generated, such as JSON of a schema; null for all. The text ends where nothing can follow. It can be
    /// incomplete if it reaches the maximum number of tokens. Beams are not supported.
    /// </summary>
    public OutputConstraint? Constraint { get; init; }

    /// <summary>Texts that end the text, beside the model's; null for none.</summary>
    public IReadOnlyList<string>? StopStrings { get; init; }

    /// <summary>
    /// How many alternatives are reported for each token with the logarithms of their probabilities; 0 reports the token's own
    /// logarithm, null none.
    /// </summary>
    public int? LogProbabilities { get; init; }
}
