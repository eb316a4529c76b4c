using System;

namespace Specializer;

/// <summary>One sequence of tokens, or several that are padded to the same length.</summary>
/// <param name="tokens">
/// Token ids, [sequences, longest], row after row, each at least 0 and less than the vocabulary size. Padding is not read.
/// </param>
public readonly ref struct TokenInput(ReadOnlySpan<int> tokens)
{
    private readonly int _sequences;

    /// <summary>Gets the token ids, [sequences, longest], row after row.</summary>
    public ReadOnlySpan<int> Tokens { get; } = tokens;

    /// <summary>
    /// Gets the type of every token, [sequences, longest], each less than <see cref="ModelDescription.TokenTypes"/>; empty for
    /// type 0.
    /// </summary>
    public ReadOnlySpan<int> TokenTypes { get; init; }

    /// <summary>
    /// Gets the length of every sequence; empty where <see cref="AttentionMask"/> gives it, or where there is no padding.
    /// </summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// Gets 1 for every token and 0 for the padding after them, [sequences, longest]. It is empty if <see cref="Lengths"/>
    /// contains the lengths, or if there is no padding.
    /// </summary>
    public ReadOnlySpan<int> AttentionMask { get; init; }

    /// <summary>
    /// Gets a number other than 0 for every token that attends to all others and that all attend to, [sequences, longest]; empty
    /// for none. For models with <see cref="ModelDescription.GlobalTokens"/>.
    /// </summary>
    public ReadOnlySpan<int> GlobalTokens { get; init; }

    /// <summary>Gets the number of sequences: that of <see cref="Lengths"/>, otherwise the given one, 1 by default.</summary>
    public int Sequences
    {
        get =>
            !Lengths.IsEmpty ? Lengths.Length
            : _sequences == 0 ? 1
            : _sequences;
        init => _sequences = value;
    }

    /// <summary>Gets whether it is one sequence of tokens of type 0 without padding and global tokens.</summary>
    internal bool IsPlain => _sequences <= 1 && Lengths.IsEmpty && TokenTypes.IsEmpty && AttentionMask.IsEmpty && GlobalTokens.IsEmpty;

    /// <summary>Gets the tokens of a row. Only once the counts are checked.</summary>
    internal int Longest => Tokens.Length / Sequences;

    /// <summary>Returns the length of a sequence. Only once the counts are checked.</summary>
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
