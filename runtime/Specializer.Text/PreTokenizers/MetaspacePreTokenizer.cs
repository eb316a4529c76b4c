using System;
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
    private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(char.ConvertFromUtf32(replacement));

    /// <summary>Whether the result depends on the position of a piece in the original text.</summary>
    public bool AsksForOrigin => scheme == PrependScheme.First;

    public void Split(PieceList pieces)
    {
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
