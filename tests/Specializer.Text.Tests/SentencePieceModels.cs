using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Tests;

/// <summary>SentencePiece models written by hand, for where SentencePiece itself is not installed.</summary>
internal static class SentencePieceModels
{
    public static byte[] Small()
    {
        var file = new List<byte>();
        void Piece(string text, float score, int type)
        {
            var piece = new List<byte> { 0x0A, (byte)Encoding.UTF8.GetByteCount(text) };
            piece.AddRange(Encoding.UTF8.GetBytes(text));
            piece.Add(0x15);
            piece.AddRange(BitConverter.GetBytes(score));
            piece.AddRange([0x18, (byte)type]);
            file.AddRange([0x0A, (byte)piece.Count]);
            file.AddRange(piece);
        }

        Piece("<unk>", 0, 2);
        Piece("<s>", 0, 3);
        Piece("</s>", 0, 3);
        Piece("\u2581", -3, 1);
        Piece("\u2581ab", -2, 1);
        Piece("\u2581b", -2, 1);
        Piece("a", -4, 1);
        Piece("b", -4, 1);
        file.AddRange([0x12, 0x02, 0x18, 0x01]);
        return [.. file];
    }
}
