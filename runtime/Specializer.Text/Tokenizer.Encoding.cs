using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.PostProcessors;

namespace Specializer.Text;

public sealed partial class Tokenizer
{
    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    /// <exception cref="TokenizerException">The text contains a character that no token represents.</exception>
    public TokenSequence Encode(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        return PadAlone(Finish([EncodeOne(text, options)], options), options);
    }

    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, EncodeOptions?)"/>
    public TokenSequence Encode(string text, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), options);
    }

    /// <summary>Encodes a pair of texts, such as a question and a passage.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <exception cref="ArgumentException">A text has a lone surrogate.</exception>
    /// <exception cref="TokenizerException">A text cannot be encoded, or truncation cannot shorten the selected text.</exception>
    public TokenSequence EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        return PadAlone(Finish([EncodeOne(first, options), EncodeOne(second, options)], options), options);
    }

    /// <summary>Encodes texts and pads them to one length if the tokenizer pads.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, EncodeOptions?)"/>
    public IReadOnlyList<TokenSequence> EncodeBatch(IReadOnlyList<string> texts, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= EncodeOptions.Default;
        var result = new TokenSequence[texts.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Finish([EncodeOne(texts[i], options)], options);
        }

        return PadTogether(result, options);
    }

    /// <summary>Encodes pairs of texts and pads them to one length if the tokenizer pads.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <inheritdoc cref="EncodePair"/>
    public IReadOnlyList<TokenSequence> EncodeBatch(IReadOnlyList<(string First, string Second)> pairs, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= EncodeOptions.Default;
        var result = new TokenSequence[pairs.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Finish([EncodeOne(pairs[i].First, options), EncodeOne(pairs[i].Second, options)], options);
        }

        return PadTogether(result, options);
    }

    /// <summary>Encodes a text into ids, without allocation once buffers have grown.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <param name="count">The number of ids, even if they do not fit.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <returns>Whether the ids fit.</returns>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, EncodeOptions?)"/>
    public bool TryEncode(ReadOnlySpan<char> text, Span<int> ids, out int count, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        if (_frame is null || (options.TruncateAndPad && Padding is not null))
        {
            TokenSequence sequence = Encode(text, options);
            count = sequence.Count;
            return sequence.Ids.TryCopyTo(ids);
        }

        Workspace workspace = _workspaces.Rent();
        try
        {
            TokenizeIds(text, workspace, options);
            ReadOnlySpan<int> tokens = workspace.Tokens.Ids;
            ReadOnlySpan<int> before = options.AddSpecialTokens ? _frame.Before : [],
                after = options.AddSpecialTokens ? _frame.After : [];
            if (options.TruncateAndPad && Truncation is { } truncation)
            {
                int maximum = truncation.MaximumLength - before.Length - after.Length;
                int kept = Math.Min(tokens.Length, maximum);
                if (truncation.Strategy == TruncationStrategy.OnlySecond && kept < tokens.Length && truncation.MaximumLength > 0)
                {
                    throw new TokenizerException("Truncation shortens the second text only, but there is no second text.");
                }

                if (truncation.Strategy == TruncationStrategy.OnlyFirst && kept == 0 && tokens.Length > 0 && maximum > 0)
                {
                    throw new TokenizerException("Truncation leaves no token of the text.");
                }

                tokens = truncation.Direction == TextSide.Right ? tokens[..kept] : tokens[^kept..];
            }

            count = before.Length + tokens.Length + after.Length;
            if (count > ids.Length)
            {
                return false;
            }

            before.CopyTo(ids);
            tokens.CopyTo(ids[before.Length..]);
            after.CopyTo(ids[(before.Length + tokens.Length)..]);
            return true;
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    /// <summary>Encodes a text into ids.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, EncodeOptions?)"/>
    public int[] EncodeToIds(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        Span<int> ids = stackalloc int[256];
        if (TryEncode(text, ids, out int count, options))
        {
            return ids[..count].ToArray();
        }

        var all = new int[count];
        TryEncode(text, all, out _, options);
        return all;
    }

    /// <summary>Counts the tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the default, which adds special tokens.</param>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, EncodeOptions?)"/>
    public int CountTokens(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        TryEncode(text, [], out int count, options);
        return count;
    }

    private void TokenizeIds(ReadOnlySpan<char> text, Workspace workspace, EncodeOptions options)
    {
        workspace.Tokens.Clear();
        _pipeline.Split(text, workspace, tracked: false, RecognitionOf(options));
        foreach (Piece piece in workspace.Pieces.Pieces)
        {
            _pipeline.Tokenize(piece, workspace);
        }

        if (!options.RecognizeSpecialTokens)
        {
            RemoveControlTokens(workspace.Tokens);
        }
    }

    private static Recognition RecognitionOf(EncodeOptions options) =>
        options.RecognizeSpecialTokens ? Recognition.Everywhere : Recognition.Nowhere;

    // After the text is split, only special tokens of one character remain.
    private void RemoveControlTokens(TokenList tokens)
    {
        foreach (ref int id in tokens.Ids)
        {
            id = _pipeline.Control.Contains(id) ? UnknownInPlaceOf(id) : id;
        }
    }

    private int UnknownInPlaceOf(int control) =>
        UnknownToken is { } token && TokenToId(token) is { } unknown
            ? unknown
            : throw new TokenizerException(
                $"The text contains the special token '{IdToToken(control)}', and there is no token for unknown text to replace it."
            );

    private TokenSequence EncodeOne(ReadOnlySpan<char> text, EncodeOptions options)
    {
        Workspace workspace = _workspaces.Rent();
        try
        {
            workspace.Tokens.Clear();
            _pipeline.Split(text, workspace, tracked: true, RecognitionOf(options));
            return new RangedEncoding(_pipeline, _model.Vocabulary, text, workspace, _trimsRanges).Run(
                options.RecognizeSpecialTokens ? null : RemoveControlTokens
            );
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    private TokenSequence Finish(List<TokenSequence> parts, EncodeOptions options)
    {
        int[]?[] units = parts.ConvertAll(part => part.UnitOfScalar).ToArray();
        if (options.TruncateAndPad && Truncation is not null)
        {
            int added = options.AddSpecialTokens ? _postProcessor?.CountAdded(parts.Count > 1) ?? 0 : 0;
            Truncate(parts, Truncation, Truncation.MaximumLength - added);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            parts[i].SequenceArray.AsSpan().Fill(i);
            foreach (TokenSequence part in parts[i].OverflowList)
            {
                part.SequenceArray.AsSpan().Fill(i);
            }

            if (_postProcessor is not null)
            {
                parts[i].TypeArray.AsSpan().Fill(i);
            }

            if (i > 0 && _postProcessor is null)
            {
                parts[i].TypeArray.AsSpan().Fill(i);
                foreach (TokenSequence part in parts[i].OverflowList)
                {
                    part.TypeArray.AsSpan().Fill(i);
                }
            }
        }

        if (parts.Count > 1)
        {
            foreach (TokenSequence part in parts[1].OverflowList)
            {
                part.TypeArray.AsSpan().Fill(1);
            }
        }

        parts = _postProcessor?.Process(parts, options.AddSpecialTokens) ?? parts;
        TokenSequence result = parts.Count == 1 ? parts[0] : new TokenSequence(0);
        for (int i = 0; parts.Count > 1 && i < parts.Count; i++)
        {
            result.Append(parts[i]);
        }

        result.ConvertRanges(units);
        return result;
    }

    private static void Truncate(List<TokenSequence> parts, TruncationOptions options, int maximum)
    {
        int total = parts[0].Count + (parts.Count > 1 ? parts[1].Count : 0);
        if (maximum <= 0)
        {
            foreach (TokenSequence part in parts)
            {
                part.Truncate(0, options.Stride, options.Direction);
            }

            return;
        }

        if (total <= maximum)
        {
            return;
        }

        if (options.Strategy != TruncationStrategy.LongestFirst)
        {
            int index = options.Strategy == TruncationStrategy.OnlyFirst ? 0 : 1;
            if (index >= parts.Count)
            {
                throw new TokenizerException("Truncation shortens the second text only, but there is no second text.");
            }

            int left = parts[index].Count - (total - maximum);
            if (left <= 0)
            {
                throw new TokenizerException(
                    $"Truncation would have to remove {total - maximum} tokens from a text of {parts[index].Count} tokens."
                );
            }

            parts[index].Truncate(left, options.Stride, options.Direction);
            return;
        }

        if (parts.Count == 1)
        {
            parts[0].Truncate(maximum, options.Stride, options.Direction);
            return;
        }

        bool swapped = parts[0].Count > parts[1].Count;
        int shorter = Math.Min(parts[0].Count, parts[1].Count);
        int longer = shorter > maximum ? shorter : Math.Max(shorter, maximum - shorter);
        if (shorter + longer > maximum)
        {
            shorter = maximum / 2;
            longer = shorter + maximum % 2;
        }

        parts[0].Truncate(swapped ? longer : shorter, options.Stride, options.Direction);
        parts[1].Truncate(swapped ? shorter : longer, options.Stride, options.Direction);
    }

    private TokenSequence PadAlone(TokenSequence sequence, EncodeOptions options) => PadTogether([sequence], options)[0];

    private TokenSequence[] PadTogether(TokenSequence[] sequences, EncodeOptions options)
    {
        if (!options.TruncateAndPad || Padding is null)
        {
            return sequences;
        }

        int length = Padding.Length ?? 0;
        foreach (TokenSequence sequence in sequences)
        {
            length = Padding.Length is null ? Math.Max(length, sequence.Count) : length;
        }

        if (Padding.MultipleOf is > 0 and int multiple && length % multiple > 0)
        {
            length = checked(length + multiple - length % multiple);
        }

        foreach (TokenSequence sequence in sequences)
        {
            sequence.Pad(length, Padding);
        }

        return sequences;
    }
}
