using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Tests;

/// <summary>Writes a SentencePiece .model (sentencepiece_model.proto), for where SentencePiece itself is not installed.</summary>
internal sealed class SentencePieceModelWriter
{
    private readonly List<byte> _pieces = [];

    /// <summary>1 is Unigram, 2 BPE.</summary>
    public int ModelType { get; init; } = 1;

    public bool ByteFallback { get; init; }

    public bool AddDummyPrefix { get; init; } = true;

    public bool RemoveExtraSpaces { get; init; } = true;

    public byte[] CharacterMap { get; init; } = [];

    public SentencePieceModelWriter Add(string text, float score, int type = 1)
    {
        var piece = new List<byte>();
        Bytes(piece, 1, Encoding.UTF8.GetBytes(text));
        piece.Add(0x15);
        piece.AddRange(BitConverter.GetBytes(score));
        Number(piece, 3, type);
        Bytes(_pieces, 1, [.. piece]);
        return this;
    }

    public byte[] ToArray()
    {
        var trainer = new List<byte>();
        Number(trainer, 3, ModelType);
        Number(trainer, 35, ByteFallback ? 1 : 0);
        var normalizer = new List<byte>();
        Bytes(normalizer, 2, CharacterMap);
        Number(normalizer, 3, AddDummyPrefix ? 1 : 0);
        Number(normalizer, 4, RemoveExtraSpaces ? 1 : 0);
        var file = new List<byte>(_pieces);
        Bytes(file, 2, [.. trainer]);
        Bytes(file, 3, [.. normalizer]);
        return [.. file];
    }

    private static void Bytes(List<byte> to, int field, byte[] content)
    {
        Variable(to, (field << 3) | 2);
        Variable(to, content.Length);
        to.AddRange(content);
    }

    private static void Number(List<byte> to, int field, int value)
    {
        Variable(to, field << 3);
        Variable(to, value);
    }

    private static void Variable(List<byte> to, int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }
}
