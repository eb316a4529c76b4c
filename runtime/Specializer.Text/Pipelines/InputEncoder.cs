using System;
using System.Collections.Generic;

namespace Specializer.Text.Pipelines;

/// <summary>Encodes the texts of a pipeline, whose tokenizer neither pads nor truncates unless the pipeline does.</summary>
internal sealed class InputEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly int _maximumLength;
    private readonly bool _truncates;

    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maximumLength">The maximum number of tokens of an input, with special tokens.</param>
    /// <param name="truncates">Whether longer texts are truncated, the longest one of a pair first; otherwise they are errors.</param>
    /// <param name="stride">The number of tokens that the windows of a truncated text share.</param>
    public InputEncoder(Tokenizer tokenizer, int maximumLength, bool truncates, int stride = 0)
    {
        _tokenizer = tokenizer.With(truncates ? new TruncationOptions(maximumLength) { Stride = stride } : null, null);
        _maximumLength = maximumLength;
        _truncates = truncates;
    }

    /// <summary>The smallest of several limits; null does not limit.</summary>
    public static int Limit(int contextLength, params ReadOnlySpan<int?> limits)
    {
        int limit = contextLength;
        foreach (int? other in limits)
        {
            limit = Math.Min(limit, other ?? limit);
        }

        return limit;
    }

    /// <summary>Checks a limit that the caller gives.</summary>
    public static void CheckLimit(int? limit, int contextLength, string option, string model)
    {
        if (limit is { } value && (value < 1 || value > contextLength))
        {
            throw new ArgumentException($"{option} is {value}; {model} has positions for 1 to {contextLength} tokens.");
        }
    }

    public TokenSequence[] Encode(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var result = new TokenSequence[texts.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Check(_tokenizer.Encode(texts[i] ?? throw Missing(i)), i);
        }

        return result;
    }

    public TokenSequence[] Encode(IReadOnlyList<(string First, string Second)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var result = new TokenSequence[pairs.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Check(_tokenizer.EncodePair(pairs[i].First ?? throw Missing(i), pairs[i].Second ?? throw Missing(i)), i);
        }

        return result;
    }

    private TokenSequence Check(TokenSequence sequence, int index) =>
        _truncates || sequence.Count <= _maximumLength
            ? sequence
            : throw new ArgumentException(
                $"Input {index} has {sequence.Count} tokens; at most {_maximumLength} are allowed. Shorten the text, or allow truncation."
            );

    private static ArgumentException Missing(int index) => new($"The text of input {index} is null.");
}
