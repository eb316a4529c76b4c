using System;

namespace Specializer;

/// <summary>How a <see cref="Sampler"/> chooses the next token. The defaults choose the most probable one.</summary>
/// <remarks>
/// What is switched on applies in the order of the properties below: repetition penalty, temperature, top-k, top-p,
/// then the draw. That is the order of Hugging Face Transformers, so that the values of a
/// <c>generation_config.json</c> mean the same here.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>
    /// By how much tokens that were accepted before lose: a positive logit is divided by it, any other multiplied. A
    /// factor without unit; 1, the default, changes nothing, 1.2 is the paper's choice, values below 1 favour repetition.
    /// </summary>
    /// <remarks>
    /// Keskar et al., "CTRL: A Conditional Transformer Language Model for Controllable Generation" (2019), section 4.1.
    /// A token is penalised once, however often it was accepted.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a positive finite number.</exception>
    public float RepetitionPenalty
    {
        get;
        init =>
            field =
                float.IsFinite(value) && value > 0
                    ? value
                    : throw OutOfRange(nameof(RepetitionPenalty), value, "a positive finite number; 1 switches the penalty off");
    } = 1;

    /// <summary>
    /// What the logits are divided by before they become probabilities. A factor without unit; 1 samples what the model
    /// says, less sharpens, more flattens. 0, the default, is greedy: always the highest logit, on equal logits the
    /// lowest token; <see cref="TopK"/>, <see cref="TopP"/> and <see cref="Seed"/> then play no part.
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
                        "a finite number that is not negative; 0 always takes the most probable token"
                    );
    }

    /// <summary>
    /// How many tokens may be drawn: those with the highest logits, on equal logits the lower token first. 0, the
    /// default, admits all; so does a number above the vocabulary's size.
    /// </summary>
    /// <remarks>Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018), section 5.4.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw OutOfRange(nameof(TopK), value, "a number of tokens that is not negative; 0 admits all");
    }

    /// <summary>
    /// How much probability is admitted to the draw: the smallest set of most probable tokens whose probabilities,
    /// among those that <see cref="TopK"/> leaves, reach this sum; at least one token, on equal logits the lower first.
    /// A probability in (0, 1]; 1, the default, admits all.
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
                    "a probability above 0 and at most 1; 1 admits all tokens, and a temperature of 0 takes the most probable one"
                );
    } = 1;

    /// <summary>
    /// Where the random numbers start. The same seed gives the same tokens for the same logits, on every platform; any
    /// value is as good as any other.
    /// </summary>
    [CLSCompliant(false)]
    public ulong Seed { get; init; }

    private static ArgumentOutOfRangeException OutOfRange<T>(string property, T value, string expected) =>
        new(property, value, FormattableString.Invariant($"{nameof(SamplingOptions)}.{property} is {value}; expected {expected}."));
}
