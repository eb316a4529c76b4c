using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>Prepends a scalar to pieces that do not start with it.</summary>
internal static class PrefixSpaces
{
    public static void Add(PieceList pieces, int scalar, bool onlyAtOrigin = false)
    {
        bool any = false;
        foreach (Piece piece in pieces.Pieces)
        {
            any |= Needs(pieces, piece, scalar, onlyAtOrigin);
        }

        if (!any)
        {
            return;
        }

        pieces.BeginRewrite();
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            int start = pieces.Target.Length,
                rest = piece.Start;
            if (Needs(pieces, piece, scalar, onlyAtOrigin))
            {
                // The prefix has the origin of the first scalar.
                TextRewriter rewriter = pieces.Rewrite(piece);
                rewriter.Replace(scalar);
                rewriter.Insert(Scalars.Decode(pieces.Text.Bytes, piece.Start, out int length));
                rest += length;
            }

            pieces.Target.Append(pieces.Text, rest, piece.End);
            pieces.AddRewritten(start, piece.Origin);
        }

        pieces.EndRewrite();
    }

    private static bool Needs(PieceList pieces, Piece piece, int scalar, bool onlyAtOrigin) =>
        !piece.IsToken && (!onlyAtOrigin || piece.Origin == 0) && Scalars.Decode(pieces.Text.Bytes, piece.Start, out _) != scalar;
}
