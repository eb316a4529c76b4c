using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.Reading;

namespace Specializer.Text.Models;

/// <summary>The common data of both SentencePiece models: pieces with scores and types, and the encoding of unknown text.</summary>
internal sealed class SentencePiecePieces
{
    private readonly int[]? _byteTokens;

    public SentencePiecePieces(Vocabulary vocabulary, SentencePieceFile file, List<byte[]> userDefined, int[]? byteTokens)
    {
        Vocabulary = vocabulary;
        Unknown = file.Unknown;
        UserDefined = TrieOf(userDefined);
        _byteTokens = byteTokens;
        Scores = new float[file.Pieces.Count];
        Types = new PieceType[file.Pieces.Count];
        for (int id = 0; id < Scores.Length; id++)
        {
            (_, Scores[id], Types[id]) = file.Pieces[id];
        }
    }

    public Vocabulary Vocabulary { get; }

    public float[] Scores { get; }

    public PieceType[] Types { get; }

    public int Unknown { get; }

    public ByteTrie? UserDefined { get; }

    /// <summary>Returns whether text can become this piece: its type is normal, user-defined or unused.</summary>
    public bool IsText(int id) => Types[id] is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;

    /// <summary>Returns a trie of texts, or null if there are none.</summary>
    public static ByteTrie? TrieOf(List<byte[]> texts)
    {
        var values = new List<int>();
        for (int i = 0; i < texts.Count; i++)
        {
            values.Add(i);
        }

        return texts.Count == 0 ? null : new ByteTrie(texts, values);
    }

    /// <summary>
    /// Appends a piece. Unknown text becomes bytes if there are pieces for them; otherwise consecutive unknown pieces become one.
    /// </summary>
    public void Add(TokenList tokens, int first, ReadOnlySpan<byte> word, int id, int start, int end)
    {
        if (id != Unknown)
        {
            tokens.Add(id, start, end);
        }
        else if (_byteTokens is not null)
        {
            foreach (byte value in word[start..end])
            {
                tokens.Add(_byteTokens[value], start, end);
            }
        }
        else if (tokens.Count > first && tokens.Ids[^1] == Unknown)
        {
            tokens.Ends[^1] = end;
        }
        else
        {
            tokens.Add(id, start, end);
        }
    }
}
