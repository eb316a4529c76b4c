using System;
using System.Collections.Generic;
using System.Globalization;

namespace Specializer;

/// <summary>Options of a <see cref="Sampler"/>. The defaults select the most probable token.</summary>
/// <remarks>
/// The options apply in the order of the properties below: logit bias, repetition penalty, frequency and presence penalty,
/// temperature, top-k, top-p, min-p, then the draw. Hugging Face Transformers uses the same order, so the values of a
/// <c>generation_config.json</c> have the same meaning.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>
    /// The values that are added to the logits of single tokens. Negative infinity excludes a token. The default,
    /// <see langword="null"/>, has no effect.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is NaN or positive infinity, or a token is negative.</exception>
    public IReadOnlyDictionary<int, float>? LogitBias
    {
        get;
        init
        {
            foreach ((int token, float bias) in value ?? new Dictionary<int, float>())
            {
                if (token < 0 || !(bias <= float.MaxValue))
                {
                    throw OutOfRange(
                        $"{nameof(LogitBias)}[{token.ToString(CultureInfo.InvariantCulture)}]",
                        bias,
                        "a token that is not negative, and a finite number or negative infinity"
                    );
                }
            }

            field = value;
        }
    }

    /// <summary>
    /// The penalty of accepted tokens: positive logits are divided by it, all others are multiplied by it. The default, 1, has no
    /// effect; the paper uses 1.2; values below 1 favor repetition.
    /// </summary>
    /// <remarks>
    /// Keskar et al., "CTRL: A Conditional Transformer Language Model for Controllable Generation" (2019), section 4.1. A token
    /// is penalized once, however often it was accepted.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a positive finite number.</exception>
    public float RepetitionPenalty
    {
        get;
        init =>
            field =
                float.IsFinite(value) && value > 0
                    ? value
                    : throw OutOfRange(nameof(RepetitionPenalty), value, "a positive finite number; 1 disables the penalty");
    } = 1;

    /// <summary>
    /// The penalty of a generated token for each time it was generated before: logit - count · penalty. The default, 0, has no
    /// effect; values below 0 favor repetition.
    /// </summary>
    /// <remarks>
    /// The formula is that of OpenAI's API reference, "frequency_penalty". Tokens of <see cref="Sampler.AcceptPrompt"/> do not count.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float FrequencyPenalty
    {
        get;
        init =>
            field = float.IsFinite(value) ? value : throw OutOfRange(nameof(FrequencyPenalty), value, "a finite number; 0 switches it off");
    }

    /// <summary>
    /// The penalty of a generated token, applied once if it was generated before: logit - penalty. The default, 0, has no effect.
    /// </summary>
    /// <remarks>The formula is that of OpenAI's API reference, "presence_penalty".</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float PresencePenalty
    {
        get;
        init =>
            field = float.IsFinite(value) ? value : throw OutOfRange(nameof(PresencePenalty), value, "a finite number; 0 switches it off");
    }

    /// <summary>
    /// The divisor of the logits before the softmax. 1 samples from the distribution of the model, lower values sharpen it,
    /// higher values flatten it. The default, 0, is greedy: the highest logit or, if several are equal, the lowest token.
    /// <see cref="TopK"/>, <see cref="TopP"/>, <see cref="MinP"/> and <see cref="Seed"/> then have no effect.
    /// </summary>
    /// <remarks>Ackley, Hinton and Sejnowski, "A Learning Algorithm for Boltzmann Machines" (1985).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float Temperature
    {
        get;
        init =>
            field =
                float.IsFinite(value) && value >= 0
                    ? value
                    : throw OutOfRange(
                        nameof(Temperature),
                        value,
                        "a finite number that is not negative; 0 always selects the most probable token"
                    );
    }

    /// <summary>
    /// The number of tokens that can be drawn: those with the highest logits or, if logits are equal, the lower tokens. The
    /// default, 0, includes all tokens, as does a value above the vocabulary size.
    /// </summary>
    /// <remarks>Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018), section 5.4.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TopK
    {
        get;
        init =>
            field = value >= 0 ? value : throw OutOfRange(nameof(TopK), value, "a number of tokens that is not negative; 0 includes all");
    }

    /// <summary>
    /// The cumulative probability of the tokens that can be drawn. They are the smallest set of most probable tokens, among those
    /// that <see cref="TopK"/> keeps, whose probabilities reach this sum. The set has at least one token; if logits are equal,
    /// the lower token comes first. The default, 1, includes all tokens.
    /// </summary>
    /// <remarks>Holtzman et al., "The Curious Case of Neural Text Degeneration" (2019), section 3.1: nucleus sampling.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public float TopP
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw OutOfRange(
                    nameof(TopP),
                    value,
                    "a probability above 0 and at most 1; 1 includes all tokens, and a temperature of 0 selects the most probable one"
                );
    } = 1;

    /// <summary>
    /// The smallest probability of a token that can be drawn, as a fraction of the highest probability, in [0, 1]. The default, 0,
    /// includes all tokens.
    /// </summary>
    /// <remarks>Nguyen et al. (2024), arXiv:2407.01082, section 3: min-p sampling.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public float MinP
    {
        get;
        init =>
            field = value is >= 0 and <= 1 ? value : throw OutOfRange(nameof(MinP), value, "a fraction from 0 to 1; 0 includes all tokens");
    }

    /// <summary>
    /// The seed of the random numbers. The same seed gives the same tokens for the same logits on every platform. Any value is
    /// allowed.
    /// </summary>
    [CLSCompliant(false)]
    public ulong Seed { get; init; }

    private static ArgumentOutOfRangeException OutOfRange<T>(string property, T value, string expected) =>
        new(property, value, FormattableString.Invariant($"{nameof(SamplingOptions)}.{property} is {value}; expected {expected}."));
}
