using System;
using Specializer.Text.Models;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>Encodes pieces with ranges: from bytes of the current text to bytes of the original text, and to its scalars.</summary>
internal readonly ref struct RangedEncoding(
    TextPipeline pipeline,
    Vocabulary vocabulary,
    ReadOnlySpan<char> text,
    Workspace workspace,
    bool countSpaces
)
{
    private readonly ReadOnlySpan<char> _text = text;

    public TokenSequence Run(Action<TokenList>? filter)
    {
        TokenList tokens = workspace.Tokens;
        PieceList pieces = workspace.Pieces;
        for (int word = 0; word < pieces.Count; word++)
        {
            int first = tokens.Count;
            pipeline.Tokenize(pieces.Pieces[word], workspace);
            workspace.EnsureWords(tokens.Count);
            workspace.Words.AsSpan(first, tokens.Count - first).Fill(word);
        }

        filter?.Invoke(tokens);
        var result = new TokenSequence(tokens.Count);
        tokens.Ids.CopyTo(result.IdArray);
        workspace.Words.AsSpan(0, tokens.Count).CopyTo(result.WordArray);
        result.MaskArray.AsSpan().Fill(1);
        int[] scalarOfByte = MapScalars(out int[]? unitOfScalar, out int byteCount, out int scalarCount);
        result.UnitOfScalar = unitOfScalar;
        for (int i = 0; i < tokens.Count; i++)
        {
            Piece piece = pieces.Pieces[workspace.Words[i]];
            if (countSpaces)
            {
                CountSpaces(piece, i, result);
            }

            (int start, int end) = OriginalBytes(piece, tokens.Starts[i], tokens.Ends[i]);
            (start, end) = ToScalars(start, end, scalarOfByte, byteCount);

            // Suffixes extend beyond the text in the library; here, ranges end with it.
            result.RangeArray[i] = new TextRange(Math.Min(start, scalarCount), Math.Min(end, scalarCount));
        }

        return result;
    }

    private static (int Start, int End) ToScalars(int start, int end, int[] scalarOfByte, int byteCount)
    {
        if ((uint)start >= (uint)byteCount)
        {
            return (start, end);
        }

        if (end < byteCount)
        {
            return (scalarOfByte[start], scalarOfByte[end]);
        }

        int last = end - 1 < byteCount && end > 0 ? scalarOfByte[end - 1] : scalarOfByte[start] + 1;
        return (scalarOfByte[start], last + 1);
    }

    private (int Start, int End) OriginalBytes(Piece piece, int start, int end)
    {
        if (piece.IsToken)
        {
            return (piece.Origin, piece.OriginEnd);
        }

        if (start == end)
        {
            return (piece.Origin + start, piece.Origin + end);
        }

        // As in the library, a range beyond the piece's text, which suffixes and dropped characters cause, is not changed.
        TextBuffer buffer = workspace.Pieces.Text;
        return end > piece.Length ? (start, end) : (buffer.OriginalStart(piece.Start + start), buffer.OriginalEnd(piece.Start + end - 1));
    }

    private void CountSpaces(Piece piece, int index, TokenSequence result)
    {
        if (piece.IsToken)
        {
            (result.LeadingSpaces[index], result.TrailingSpaces[index]) = (piece.Start, piece.End);
            return;
        }

        TokenList tokens = workspace.Tokens;
        ReadOnlySpan<byte> content = vocabulary.TextOfId(tokens.Ids[index]);
        if (pipeline.TokensAreTheirText && tokens.Ends[index] <= piece.Length && !IsByteToken(content))
        {
            content = workspace.Pieces.BytesOf(piece)[tokens.Starts[index]..tokens.Ends[index]];
        }

        (result.LeadingSpaces[index], result.TrailingSpaces[index]) = SpaceCounts.Of(content);
    }

    private static bool IsByteToken(ReadOnlySpan<byte> content) => content.Length == 6 && content.StartsWith("<0x"u8) && content[5] == '>';

    private int[] MapScalars(out int[]? unitOfScalar, out int byteCount, out int scalarCount)
    {
        byteCount = System.Text.Encoding.UTF8.GetByteCount(_text);
        var scalarOfByte = new int[byteCount];
        unitOfScalar = byteCount == _text.Length ? null : new int[_text.Length + 1];
        int place = 0;
        scalarCount = 0;
        for (int unit = 0; unit < _text.Length; scalarCount++)
        {
            int length =
                char.IsHighSurrogate(_text[unit]) ? 4
                : _text[unit] < 0x80 ? 1
                : _text[unit] < 0x800 ? 2
                : 3;
            scalarOfByte.AsSpan(place, length).Fill(scalarCount);
            if (unitOfScalar is not null)
            {
                unitOfScalar[scalarCount] = unit;
            }

            place += length;
            unit += length == 4 ? 2 : 1;
        }

        if (unitOfScalar is not null)
        {
            unitOfScalar[scalarCount] = _text.Length;
            Array.Resize(ref unitOfScalar, scalarCount + 1);
        }

        return scalarOfByte;
    }
}
