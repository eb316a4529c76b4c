using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>
/// Options of a <see cref="BeamSearch"/>. Names in parentheses are those of Hugging Face's <c>generation_config.json</c>.
/// </summary>
public sealed record BeamSearchOptions
{
    // Two fields, because options with the same single token are equal, but two lists are not.
    private readonly int? _endToken;
    private readonly IReadOnlyList<int>? _endTokens;

    /// <summary>The number of beams (<c>num_beams</c>); at least 1. The default is 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Beams
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(Beams), value, "a number of beams of at least 1");
    } = 4;

    /// <summary>
    /// The token that ends a hypothesis (<c>eos_token_id</c>); negative for none. Either this property or <see cref="EndTokens"/>
    /// is required. With several end tokens it returns the first one; without end tokens it returns -1.
    /// </summary>
    public int EndToken
    {
        get => _endToken ?? (_endTokens is [int first, ..] ? first : -1);
        init
        {
            _endToken = value;
            _endTokens = null;
        }
    }

    /// <summary>
    /// The tokens that end a hypothesis (<c>eos_token_id</c> if it is a list, as in Llama 3's <c>generation_config.json</c>);
    /// empty for none. Replaces <see cref="EndToken"/>.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyList<int> EndTokens
    {
        get => _endTokens ?? (_endToken is >= 0 and int token ? [token] : []);
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _endTokens = value;
            _endToken = null;
        }
    }

    /// <summary>Whether end tokens are set, even if there are none.</summary>
    internal bool HasEnd => _endToken is not null || _endTokens is not null;

    /// <summary>
    /// The maximum number of tokens of a hypothesis, including the end token and excluding the prompt (<c>max_new_tokens</c>).
    /// The default, 0, means all free positions of the context.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaximumTokens
    {
        get;
        init =>
            field =
                value >= 0
                    ? value
                    : throw OutOfRange(
                        nameof(MaximumTokens),
                        value,
                        "a number of tokens that is not negative; 0 means all free positions of the context"
                    );
    }

    /// <summary>
    /// The exponent of the length in the score of a hypothesis, Σ log p / lengthⁿ (<c>length_penalty</c>). Values above 0 favor
    /// long hypotheses, values below 0 short ones. The default, 1, ranks by the mean log-probability.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double LengthPenalty
    {
        get;
        init => field = double.IsFinite(value) ? value : throw OutOfRange(nameof(LengthPenalty), value, "a finite number");
    } = 1;

    /// <summary>The condition that ends the search before the maximum length (<c>early_stopping</c>).</summary>
    public BeamStopping Stopping { get; init; }

    /// <summary>
    /// The number of best hypotheses to return (<c>num_return_sequences</c>); at most <see cref="Beams"/>. The default is 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Hypotheses
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(Hypotheses), value, "a number of hypotheses of at least 1");
    } = 1;

    /// <summary>
    /// Tokens that are never generated (<c>suppress_tokens</c>; Marian's <c>bad_words_ids</c> are single tokens). Their
    /// probability is not redistributed.
    /// </summary>
    public IReadOnlyList<int> SuppressedTokens { get; init; } = [];

    /// <summary>
    /// A rule that changes the log-probabilities of the next token of each beam, such as a ban of repetitions. The default,
    /// <see langword="null"/>, changes none.
    /// </summary>
    /// <remarks>It corresponds to a <c>LogitsProcessor</c> of Hugging Face Transformers, which beam search calls after the softmax.</remarks>
    public BeamRule? Rule { get; init; }

    private static ArgumentOutOfRangeException OutOfRange<T>(string property, T value, string expected) =>
        new(property, value, FormattableString.Invariant($"{nameof(BeamSearchOptions)}.{property} is {value}; expected {expected}."));
}
