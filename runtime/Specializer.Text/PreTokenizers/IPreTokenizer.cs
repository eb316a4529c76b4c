using Specializer.Text.Pipeline;

namespace Specializer.Text.PreTokenizers;

/// <summary>
/// One step that splits text into pieces. To add a pre-tokenizer: implement this in a file of its own, give it a case in
/// <see cref="Reading.PreTokenizerReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface IPreTokenizer
{
    /// <summary>Splits every piece that is not an added token. Must be safe to call from many threads.</summary>
    void Split(PieceList pieces);
}

/// <summary>A pre-tokenizer that looks at each piece by itself and does not change its text.</summary>
internal abstract class PieceSplitter : IPreTokenizer
{
    public void Split(PieceList pieces)
    {
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
            }
            else
            {
                SplitPiece(pieces, piece);
            }
        }

        pieces.EndSplit();
    }

    /// <summary>Adds what the piece becomes.</summary>
    protected abstract void SplitPiece(PieceList pieces, Piece piece);
}
