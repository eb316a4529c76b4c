using System;
using Specializer.Text.Patterns;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>ByteLevel: prepends a space, splits by GPT-2's pattern, and replaces every byte by a visible character.</summary>
/// <param name="addPrefixSpace">Whether a piece that does not begin with a space gets one.</param>
/// <param name="useRegex">Whether to split by GPT-2's pattern.</param>
/// <param name="mapBytes">Whether to write the characters; a model of raw bytes does not need them.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool mapBytes) : IPreTokenizer
{
    private static readonly Gpt2Scanner s_scanner = new();

    /// <summary>Returns the same pre-tokenizer for a model of raw bytes.</summary>
    public ByteLevelPreTokenizer WithoutMapping() => new(addPrefixSpace, useRegex, mapBytes: false);

    public void Split(PieceList pieces)
    {
        if (addPrefixSpace)
        {
            PrefixSpaces.Add(pieces, ' ');
        }

        if (useRegex)
        {
            SplitWords(pieces);
        }

        if (mapBytes)
        {
            MapBytes(pieces);
        }
    }

    private static void SplitWords(PieceList pieces)
    {
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            ReadOnlySpan<byte> bytes = pieces.BytesOf(piece);
            for (int index = 0; index < bytes.Length; )
            {
                int end = s_scanner.Match(bytes, index);
                pieces.Add(piece.Start + index, piece.Start + end);
                index = end;
            }
        }

        pieces.EndSplit();
    }

    private static void MapBytes(PieceList pieces)
    {
        pieces.BeginRewrite();
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            int start = pieces.Target.Length;
            TextRewriter rewriter = pieces.Rewrite(piece);
            foreach (byte value in pieces.BytesOf(piece))
            {
                rewriter.Write(ByteAlphabet.ToScalar(value), Scalars.IsStart(value) ? 0 : 1);
            }

            pieces.AddRewritten(start, piece.Origin);
        }

        pieces.EndRewrite();
    }
}
