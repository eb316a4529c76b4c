using Specializer.Text.Pipeline;

namespace Specializer.Text.PreTokenizers;

/// <summary>
/// One step that splits text into pieces. To add a pre-tokenizer, implement this interface in a new file, add a case to
/// <see cref="Reading.PreTokenizerReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface IPreTokenizer
{
    /// <summary>Splits every piece that is not an added token. This method must be thread-safe.</summary>
    void Split(PieceList pieces);
}

/// <summary>A pre-tokenizer that processes each piece by itself and does not change its text.</summary>
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

    /// <summary>Adds the parts of a piece.</summary>
    protected abstract void SplitPiece(PieceList pieces, Piece piece);
}
