using System;
using System.Numerics;
using System.Runtime.Intrinsics;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>Specifies when Metaspace prepends its character.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>Metaspace: replaces each space by a visible character, prepends one, and splits before each.</summary>
internal sealed class MetaspacePreTokenizer(int replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    private const int MaximumForOnePass = 1 << 28;

    private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(char.ConvertFromUtf32(replacement));

    /// <summary>Whether the result depends on the position of a piece in the original text.</summary>
    public bool AsksForOrigin => scheme == PrependScheme.First;

    public void Split(PieceList pieces)
    {
        if (CanSplitInOnePass(pieces))
        {
            SplitInOnePass(pieces);
            return;
        }

        ReplaceSpaces(pieces);
        if (scheme != PrependScheme.Never)
        {
            PrefixSpaces.Add(pieces, replacement, onlyAtOrigin: scheme == PrependScheme.First);
        }

        if (split)
        {
            SplitWords(pieces);
        }
    }

    // The common case: only ids are requested, and the text does not contain the replacement.
    private bool CanSplitInOnePass(PieceList pieces) =>
        split
        && !pieces.Text.Tracked
        && scheme != PrependScheme.First
        && replacement != ' '
        && pieces.Text.Length <= MaximumForOnePass
        && pieces.Text.Bytes.IndexOf(_bytes) < 0;

    private void SplitInOnePass(PieceList pieces)
    {
        pieces.BeginRewrite();
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            ReadOnlySpan<byte> source = pieces.BytesOf(piece);
            int first = pieces.Target.Length;

            // A vector is copied at a time, so the target has the capacity for one more.
            Span<byte> target = pieces.Target.Reserve((source.Length + 1) * _bytes.Length + Vector128<byte>.Count);
            int length = 0,
                start = 0;
            if (scheme == PrependScheme.Always && source[0] != (byte)' ')
            {
                _bytes.CopyTo(target);
                length = _bytes.Length;
            }

            for (int read = 0; read < source.Length; )
            {
                if (source[read] == (byte)' ')
                {
                    AddWord(pieces, first + start, first + length);
                    start = length;
                    _bytes.CopyTo(target[length..]);
                    length += _bytes.Length;
                    read++;
                    continue;
                }

                int word = CopyWord(source[read..], target[length..]);
                read += word;
                length += word;
            }

            AddWord(pieces, first + start, first + length);
            pieces.Target.Advance(length);
        }

        pieces.EndRewrite();
    }

    // Copies the bytes before the next space, at most those of a vector.
    private static int CopyWord(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length >= Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(source);
            bytes.CopyTo(target);
            uint spaces = Vector128.Equals(bytes, Vector128.Create((byte)' ')).ExtractMostSignificantBits();
            return spaces == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(spaces);
        }

        int length = 0;
        while (length < source.Length && source[length] != (byte)' ')
        {
            target[length] = source[length];
            length++;
        }

        return length;
    }

    private static void AddWord(PieceList pieces, int start, int end)
    {
        if (start < end)
        {
            pieces.AddPiece(new Piece(start, end, start));
        }
    }

    private void ReplaceSpaces(PieceList pieces)
    {
        if (replacement == ' ' || !pieces.Text.Bytes.Contains((byte)' '))
        {
            return;
        }

        pieces.BeginRewrite();
        TextBuffer text = pieces.Text;
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            int start = pieces.Target.Length,
                copied = piece.Start;
            while (true)
            {
                int space = text.Bytes[copied..piece.End].IndexOf((byte)' ');
                if (space < 0)
                {
                    break;
                }

                space += copied;
                pieces.Target.Append(text, copied, space);
                pieces.Target.Append(replacement, text.OriginalStart(space), text.OriginalEnd(space));
                copied = space + 1;
            }

            pieces.Target.Append(text, copied, piece.End);
            pieces.AddRewritten(start, piece.Origin);
        }

        pieces.EndRewrite();
    }

    private void SplitWords(PieceList pieces)
    {
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            // Each replacement starts a piece. Consecutive replacements are separate pieces, as with matches that are merged with
            // the next text.
            ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
            int start = piece.Start,
                search = start;
            while (true)
            {
                int found = bytes[search..piece.End].IndexOf(_bytes);
                if (found < 0)
                {
                    break;
                }

                pieces.Add(start, search + found);
                start = search + found;
                search = start + _bytes.Length;
            }

            pieces.Add(start, piece.End);
        }

        pieces.EndSplit();
    }
}
