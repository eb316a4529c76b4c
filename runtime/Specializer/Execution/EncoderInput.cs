using System;

namespace Specializer;

/// <summary>What an encoder is given: one sequence of tokens, or several of them filled up to the same length.</summary>
/// <param name="tokens">
/// Token ids, [sequences, longest], row after row, each at least 0 and less than the vocabulary size; what fills a sequence up
/// is not looked at.
/// </param>
public readonly ref struct EncoderInput(ReadOnlySpan<int> tokens)
{
    private readonly int _sequences;

    /// <summary>Token ids, [sequences, longest], row after row.</summary>
    public ReadOnlySpan<int> Tokens { get; } = tokens;

    /// <summary>The type of every token, [sequences, longest], each less than <see cref="EncoderDescription.TokenTypes"/>; empty for type 0.</summary>
    public ReadOnlySpan<int> TokenTypes { get; init; }

    /// <summary>The length of every sequence; empty where <see cref="AttentionMask"/> says it, or where nothing fills sequences up.</summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// 1 for every token and 0 for what fills its sequence up behind them, [sequences, longest]; empty where
    /// <see cref="Lengths"/> says it, or where nothing fills sequences up.
    /// </summary>
    public ReadOnlySpan<int> AttentionMask { get; init; }

    /// <summary>
    /// Not 0 for every token that sees all others and is seen by all, [sequences, longest]; empty for none. For models with
    /// <see cref="EncoderDescription.GlobalTokens"/>.
    /// </summary>
    public ReadOnlySpan<int> GlobalTokens { get; init; }

    /// <summary>The number of sequences: as many as <see cref="Lengths"/>, or else what is given; 1 by default.</summary>
    public int Sequences
    {
        get =>
            !Lengths.IsEmpty ? Lengths.Length
            : _sequences == 0 ? 1
            : _sequences;
        init => _sequences = value;
    }

    /// <summary>The tokens of a row. Only once the counts are checked.</summary>
    internal int Longest => Tokens.Length / Sequences;

    /// <summary>The length of a sequence. Only once the counts are checked.</summary>
    internal int LengthOf(int sequence)
    {
        if (!Lengths.IsEmpty)
        {
            return Lengths[sequence];
        }

        if (AttentionMask.IsEmpty)
        {
            return Longest;
        }

        int length = AttentionMask.Slice(sequence * Longest, Longest).IndexOf(0);
        return length < 0 ? Longest : length;
    }
}
