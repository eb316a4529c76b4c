using System;
using Specializer.Text.Patterns;
using Specializer.Text.Pipeline;

namespace Specializer.Text.PreTokenizers;

/// <summary>Split: splits at the matches of a pattern or, with <c>invert</c>, at the text between them.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PieceSplitter
{
    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        var splitter = new DelimiterSplitter(pieces, behavior, invert, piece.Start);
        var matches = new MatchIterator(pattern, pieces.BytesOf(piece));
        while (matches.MoveNext())
        {
            splitter.Match(piece.Start + matches.Start, piece.Start + matches.End);
        }

        splitter.Finish(piece.End);
    }
}
