using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>Splits at scalars: WhitespaceSplit, Punctuation, Digits and CharDelimiterSplit. Each scalar is a match of its own.</summary>
/// <param name="flags">The flags of the scalars to split at.</param>
/// <param name="scalar">A further scalar to split at, or -1.</param>
/// <param name="behavior">The treatment of the matched scalars.</param>
internal sealed class ScalarPreTokenizer(UnicodeFlags flags, int scalar, SplitBehavior behavior) : PieceSplitter
{
    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
        var splitter = new DelimiterSplitter(pieces, behavior, invert: false, piece.Start);
        for (int index = piece.Start; index < piece.End; )
        {
            int current = Scalars.Decode(bytes, index, out int length);
            if (current == scalar || UnicodeTables.Is(current, flags))
            {
                splitter.Match(index, index + length);
            }

            index += length;
        }

        splitter.Finish(piece.End);
    }
}
