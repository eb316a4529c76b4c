using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>Whitespace: <c>\w+|[^\w\s]+</c> in the Unicode of Rust's crate regex.</summary>
internal sealed class WhitespacePreTokenizer : PieceSplitter
{
    private const UnicodeFlags Kinds = UnicodeFlags.Word | UnicodeFlags.WhiteSpace;

    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
        int start = piece.Start;
        UnicodeFlags previous = UnicodeFlags.WhiteSpace;
        for (int index = piece.Start; index < piece.End; )
        {
            UnicodeFlags kind = UnicodeTables.Flags(Scalars.Decode(bytes, index, out int length)) & Kinds;
            if (kind != previous)
            {
                if (previous != UnicodeFlags.WhiteSpace)
                {
                    pieces.Add(start, index);
                }

                start = index;
                previous = kind;
            }

            index += length;
        }

        if (previous != UnicodeFlags.WhiteSpace)
        {
            pieces.Add(start, piece.End);
        }
    }
}
