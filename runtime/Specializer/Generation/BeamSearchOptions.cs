using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>How a <see cref="BeamSearch"/> searches. Names in parentheses are those of Hugging Face's <c>generation_config.json</c>.</summary>
public sealed record BeamSearchOptions
{
    // Two fields, since options with the same single token are equal, which two lists are not.
    private readonly int? _endToken;
    private readonly IReadOnlyList<int>? _endTokens;

    /// <summary>How many continuations are followed at once (<c>num_beams</c>); at least 1. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Beams
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(Beams), value, "a number of beams of at least 1");
    } = 4;

    /// <summary>
    /// The token that ends a hypothesis (<c>eos_token_id</c>); negative for none. Either this or <see cref="EndTokens"/> is
    /// required. Reads as the first of several, and as -1 if there is none.
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
    /// The tokens of which each ends a hypothesis (<c>eos_token_id</c> where it is a list, as in Llama 3's
    /// <c>generation_config.json</c>); empty for none. Takes the place of <see cref="EndToken"/>.
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

    /// <summary>Whether the end tokens were given, be it as none.</summary>
    internal bool HasEnd => _endToken is not null || _endTokens is not null;

    /// <summary>
    /// The most tokens of a hypothesis, the end token counted and the prompt not (<c>max_new_tokens</c>). 0, the default,
    /// is all that the context has room for.
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
                        "a number of tokens that is not negative; 0 takes the room of the context"
                    );
    }

    /// <summary>
    /// The exponent of the length in a hypothesis' score, Σ log p / lengthⁿ (<c>length_penalty</c>): above 0 favours long
    /// hypotheses, below 0 short ones. Default: 1, the mean of the logarithms.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double LengthPenalty
    {
        get;
        init => field = double.IsFinite(value) ? value : throw OutOfRange(nameof(LengthPenalty), value, "a finite number");
    } = 1;

    /// <summary>When the search ends before the longest length (<c>early_stopping</c>).</summary>
    public BeamStopping Stopping { get; init; }

    /// <summary>How many hypotheses are returned, the best ones (<c>num_return_sequences</c>); at most <see cref="Beams"/>. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Hypotheses
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(Hypotheses), value, "a number of hypotheses of at least 1");
    } = 1;

    /// <summary>Tokens that are never generated (<c>suppress_tokens</c>; Marian's <c>bad_words_ids</c> are single ones). Their probability is not shared out to the others.</summary>
    public IReadOnlyList<int> SuppressedTokens { get; init; } = [];

    private static ArgumentOutOfRangeException OutOfRange<T>(string property, T value, string expected) =>
        new(property, value, FormattableString.Invariant($"{nameof(BeamSearchOptions)}.{property} is {value}; expected {expected}."));
}
