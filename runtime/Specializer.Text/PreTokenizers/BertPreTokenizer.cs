using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>BertPreTokenizer: removes white space and isolates punctuation.</summary>
internal sealed class BertPreTokenizer : PieceSplitter
{
    // 0 for characters of words, 1 for white space, 2 for punctuation.
    private static readonly byte[] s_ascii = BuildAscii();

    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
        ReadOnlySpan<byte> ascii = s_ascii;
        int start = piece.Start,
            index = piece.Start;
        while (index < piece.End)
        {
            byte first = bytes[index];
            int length = 1;
            byte kind = first < 0x80 ? ascii[first] : KindOf(UnicodeTables.Flags(Scalars.Decode(bytes, index, out length)));
            if (kind != 0)
            {
                pieces.Add(start, index);
                start = index + length;
                if (kind == 2)
                {
                    pieces.Add(index, start);
                }
            }

            index += length;
        }

        pieces.Add(start, piece.End);
    }

    private static byte KindOf(UnicodeFlags flags) =>
        (flags & UnicodeFlags.WhiteSpace) != 0 ? (byte)1
        : (flags & UnicodeFlags.Punctuation) != 0 ? (byte)2
        : (byte)0;

    private static byte[] BuildAscii()
    {
        var table = new byte[128];
        for (int c = 0; c < 128; c++)
        {
            table[c] = KindOf(UnicodeTables.Flags(c));
        }

        return table;
    }
}
