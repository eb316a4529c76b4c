using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// WordPiece (Schuster and Nakajima, 2012): the longest token at the start of the word, then the longest continuations; unknown
/// if any part is.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly ByteTrie _beginnings;
    private readonly ByteTrie _continuations;
    private readonly string _unknownToken;
    private readonly int _unknown;
    private readonly int _maximumScalars;

    public WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int maximumScalars)
    {
        Vocabulary = vocabulary;
        _unknownToken = unknownToken;
        _unknown = vocabulary.Find(unknownToken);
        _maximumScalars = maximumScalars;
        byte[] prefix = Encoding.UTF8.GetBytes(continuingPrefix);
        _beginnings = Build(vocabulary, []);
        _continuations = prefix.Length == 0 ? _beginnings : Build(vocabulary, prefix);
    }

    public Vocabulary Vocabulary { get; }

    public bool TokensAreTheirText => false;

    public bool HasContinuingPrefix => !ReferenceEquals(_continuations, _beginnings);

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        if (word.Length > _maximumScalars && Scalars.Count(word) > _maximumScalars)
        {
            AddUnknown(word, tokens);
            return;
        }

        int known = Vocabulary.Find(word);
        if (known >= 0)
        {
            tokens.Add(known, 0, word.Length);
            return;
        }

        int first = tokens.Count;
        for (int start = 0; start < word.Length; )
        {
            int id = (start == 0 ? _beginnings : _continuations).FindLongest(word[start..], out int length);
            if (id < 0)
            {
                tokens.Truncate(first);
                AddUnknown(word, tokens);
                return;
            }

            tokens.Add(id, start, start + length);
            start += length;
        }
    }

    private static ByteTrie Build(Vocabulary vocabulary, byte[] prefix)
    {
        var keys = new List<byte[]>();
        var ids = new List<int>();
        for (int entry = 0; entry < vocabulary.Count; entry++)
        {
            ReadOnlySpan<byte> text = vocabulary.TextOf(entry);
            if (text.Length > prefix.Length && text.StartsWith(prefix))
            {
                keys.Add(text[prefix.Length..].ToArray());
                ids.Add(vocabulary.IdOf(entry));
            }
        }

        return new ByteTrie(keys, ids);
    }

    private void AddUnknown(ReadOnlySpan<byte> word, TokenList tokens)
    {
        int id =
            _unknown >= 0
                ? _unknown
                : throw new TokenizerException($"The text contains an unknown word, and '{_unknownToken}' is not in the vocabulary.");
        tokens.Add(id, 0, word.Length);
    }
}
