using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>FixedLength: pieces with a fixed number of scalars.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PieceSplitter
{
    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
        int start = piece.Start,
            count = 0;
        for (int index = piece.Start; index < piece.End; index += Scalars.LengthOf(bytes[index]))
        {
            if (count == length)
            {
                pieces.Add(start, index);
                (start, count) = (index, 0);
            }

            count++;
        }

        pieces.Add(start, piece.End);
    }
}
