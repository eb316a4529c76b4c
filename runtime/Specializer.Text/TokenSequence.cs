using System;
using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>The result of encoding a text. Each token has an id, a range, a type, and flags for special tokens and padding.</summary>
public sealed class TokenSequence
{
    private List<TokenSequence> _overflow = [];

    internal TokenSequence(int count)
    {
        IdArray = new int[count];
        TypeArray = new int[count];
        MaskArray = new int[count];
        SpecialArray = new int[count];
        WordArray = new int[count];
        SequenceArray = new int[count];
        RangeArray = new TextRange[count];
        LeadingSpaces = new int[count];
        TrailingSpaces = new int[count];
    }

    /// <summary>The number of tokens.</summary>
    public int Count => IdArray.Length;

    /// <summary>The ids.</summary>
    public ReadOnlySpan<int> Ids => IdArray;

    /// <summary>
    /// The type ids, which identify the text of a pair that a token belongs to. They are the input of the model's token type
    /// embedding.
    /// </summary>
    public ReadOnlySpan<int> TypeIds => TypeArray;

    /// <summary>The attention mask: 1 for tokens, 0 for padding.</summary>
    public ReadOnlySpan<int> AttentionMask => MaskArray;

    /// <summary>The mask of special tokens: 1 for special tokens and padding, 0 for tokens of the text.</summary>
    public ReadOnlySpan<int> SpecialTokensMask => SpecialArray;

    /// <summary>The ranges of the text that the tokens represent; empty at 0 for special tokens.</summary>
    public ReadOnlySpan<TextRange> Ranges => RangeArray;

    /// <summary>The indices of the words, which are the pieces of the pre-tokenizer, or -1.</summary>
    public ReadOnlySpan<int> WordIds => WordArray;

    /// <summary>The index, 0 or 1, of the text of a pair that each token belongs to, or -1.</summary>
    public ReadOnlySpan<int> SequenceIds => SequenceArray;

    /// <summary>The parts that truncation removed, each with the same special tokens as the first.</summary>
    public IReadOnlyList<TokenSequence> Overflow => _overflow;

    /// <summary>The UTF-16 index of each scalar of the text; null if the indices are equal.</summary>
    internal int[]? UnitOfScalar { get; set; }

    internal int[] IdArray { get; private set; }

    internal int[] TypeArray { get; private set; }

    internal int[] MaskArray { get; private set; }

    internal int[] SpecialArray { get; private set; }

    internal int[] WordArray { get; private set; }

    internal int[] SequenceArray { get; private set; }

    internal TextRange[] RangeArray { get; private set; }

    /// <summary>
    /// The numbers of white-space characters at the start of the tokens' texts, for post-processors that trim ranges.
    /// </summary>
    internal int[] LeadingSpaces { get; private set; }

    internal int[] TrailingSpaces { get; private set; }

    internal List<TokenSequence> OverflowList => _overflow;

    /// <summary>Creates a sequence of special tokens of one type.</summary>
    internal static TokenSequence OfSpecial(ReadOnlySpan<int> ids, int typeId)
    {
        var result = new TokenSequence(ids.Length);
        ids.CopyTo(result.IdArray);
        result.TypeArray.AsSpan().Fill(typeId);
        result.MaskArray.AsSpan().Fill(1);
        result.SpecialArray.AsSpan().Fill(1);
        result.WordArray.AsSpan().Fill(-1);
        result.SequenceArray.AsSpan().Fill(-1);
        return result;
    }

    internal TokenSequence Slice(int start, int end)
    {
        var result = new TokenSequence(0);
        foreach ((Func<TokenSequence, int[]> get, Action<TokenSequence, int[]> set) in s_columns)
        {
            set(result, get(this)[start..end]);
        }

        result.RangeArray = RangeArray[start..end];
        return result;
    }

    /// <summary>
    /// Truncates the sequence. The removed part becomes <see cref="Overflow"/>, in parts that share <paramref name="stride"/>
    /// tokens.
    /// </summary>
    internal void Truncate(int maximum, int stride, TextSide direction)
    {
        int count = Count;
        if (maximum >= count)
        {
            return;
        }

        if (maximum == 0)
        {
            TokenSequence whole = Slice(0, count);
            whole._overflow = _overflow;
            _overflow = [whole];
            Assign(new TokenSequence(0));
            return;
        }

        if (stride >= maximum)
        {
            throw new TokenizerException(
                $"The stride of truncation, {stride}, must be less than the {maximum} tokens that are left for a text."
            );
        }

        var parts = new List<TokenSequence>();
        int step = maximum - stride;
        for (int offset = 0; ; offset += step)
        {
            int start = direction == TextSide.Right ? offset : Math.Max(0, count - offset - maximum);
            int end = direction == TextSide.Right ? Math.Min(offset + maximum, count) : count - offset;
            parts.Add(Slice(start, end));
            if (direction == TextSide.Right ? end == count : start == 0)
            {
                break;
            }
        }

        Assign(parts[0]);
        parts.RemoveAt(0);
        _overflow = parts;
    }

    /// <summary>Appends another sequence; the overflow parts of both are combined pairwise.</summary>
    internal void Append(TokenSequence other)
    {
        var combined = new List<TokenSequence>();
        foreach (TokenSequence own in _overflow)
        {
            combined.Add(Joined(own, other));
            foreach (TokenSequence part in other._overflow)
            {
                combined.Add(Joined(own, part));
            }
        }

        foreach (TokenSequence part in other._overflow)
        {
            combined.Add(Joined(this, part));
        }

        if (combined.Count > 100_000)
        {
            throw new TokenizerException("Truncation makes more than 100,000 parts of this pair.");
        }

        AppendColumns(other);
        _overflow = combined;
    }

    /// <summary>
    /// Converts ranges of scalars to ranges of UTF-16 units. Post-processors trim ranges by scalars, as the library does.
    /// </summary>
    /// <param name="units">The UTF-16 index of each scalar for each text, or null.</param>
    internal void ConvertRanges(ReadOnlySpan<int[]?> units)
    {
        for (int i = 0; i < Count; i++)
        {
            if (SequenceArray[i] >= 0 && units[SequenceArray[i]] is { } map)
            {
                RangeArray[i] = new TextRange(map[RangeArray[i].Start], map[RangeArray[i].End]);
            }
        }

        foreach (TokenSequence part in _overflow)
        {
            part.ConvertRanges(units);
        }
    }

    internal void Pad(int length, PaddingOptions options)
    {
        foreach (TokenSequence part in _overflow)
        {
            part.Pad(length, options);
        }

        int missing = length - Count;
        if (missing <= 0)
        {
            return;
        }

        var padding = new TokenSequence(missing);
        padding.IdArray.AsSpan().Fill(options.Token);
        padding.TypeArray.AsSpan().Fill(options.TypeId);
        padding.SpecialArray.AsSpan().Fill(1);
        padding.WordArray.AsSpan().Fill(-1);
        padding.SequenceArray.AsSpan().Fill(-1);
        if (options.Direction == TextSide.Right)
        {
            AppendColumns(padding);
        }
        else
        {
            padding.AppendColumns(this);
            Assign(padding);
        }
    }

    internal TokenSequence Copy()
    {
        TokenSequence copy = Slice(0, Count);
        foreach (TokenSequence part in _overflow)
        {
            copy._overflow.Add(part.Copy());
        }

        return copy;
    }

    private static readonly (Func<TokenSequence, int[]> Get, Action<TokenSequence, int[]> Set)[] s_columns =
    [
        (s => s.IdArray, (s, v) => s.IdArray = v),
        (s => s.TypeArray, (s, v) => s.TypeArray = v),
        (s => s.MaskArray, (s, v) => s.MaskArray = v),
        (s => s.SpecialArray, (s, v) => s.SpecialArray = v),
        (s => s.WordArray, (s, v) => s.WordArray = v),
        (s => s.SequenceArray, (s, v) => s.SequenceArray = v),
        (s => s.LeadingSpaces, (s, v) => s.LeadingSpaces = v),
        (s => s.TrailingSpaces, (s, v) => s.TrailingSpaces = v),
    ];

    private static TokenSequence Joined(TokenSequence first, TokenSequence second)
    {
        TokenSequence result = first.Slice(0, first.Count);
        result.AppendColumns(second);
        return result;
    }

    private void AppendColumns(TokenSequence other)
    {
        foreach ((Func<TokenSequence, int[]> get, Action<TokenSequence, int[]> set) in s_columns)
        {
            set(this, [.. get(this), .. get(other)]);
        }

        RangeArray = [.. RangeArray, .. other.RangeArray];
    }

    private void Assign(TokenSequence other)
    {
        foreach ((Func<TokenSequence, int[]> get, Action<TokenSequence, int[]> set) in s_columns)
        {
            set(this, get(other));
        }

        RangeArray = other.RangeArray;
    }
}
