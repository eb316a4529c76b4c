using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// Unigram: the split with the highest probability, by Viterbi over a trie (Kudo, 2018). Consecutive unknown scalars are one
/// token.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;
    private readonly double[] _scores;
    private readonly ByteTrie _trie;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly bool _byteFallback;
    private readonly int[] _byteTokens = new int[256];

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">The tokens; their ids are indices into <paramref name="scores"/>.</param>
    /// <param name="scores">Log-probabilities.</param>
    /// <param name="unknown">The id for unknown text, or -1.</param>
    /// <param name="byteFallback">Whether unknown text becomes tokens of its bytes if all of them exist.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int unknown, bool byteFallback)
    {
        Vocabulary = vocabulary;
        _scores = scores;
        _unknown = unknown;
        _byteFallback = byteFallback;
        double lowest = double.PositiveInfinity;
        foreach (double score in scores)
        {
            lowest = Math.Min(lowest, score);
        }

        _unknownScore = lowest - UnknownPenalty;
        var keys = new List<byte[]>();
        var ids = new List<int>();
        for (int entry = 0; entry < vocabulary.Count; entry++)
        {
            if (!vocabulary.TextOf(entry).IsEmpty && vocabulary.Find(vocabulary.TextOf(entry)) == vocabulary.IdOf(entry))
            {
                keys.Add(vocabulary.TextOf(entry).ToArray());
                ids.Add(vocabulary.IdOf(entry));
            }
        }

        _trie = new ByteTrie(keys, ids);
        for (int value = 0; value < 256; value++)
        {
            _byteTokens[value] = vocabulary.Find($"<0x{value:X2}>");
        }
    }

    public Vocabulary Vocabulary { get; }

    public bool TokensAreTheirText => true;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        uint hash = Vocabulary.Hash(word);
        bool cached = WordCache.Takes(word.Length);
        int first = tokens.Count;
        if (cached)
        {
            scratch.Cache.Claim(this);
            if (scratch.Cache.TryGet(word, hash, tokens))
            {
                return;
            }
        }

        scratch.EnsurePath(word.Length + 1);
        FindBestPath(word, scratch);
        bool contiguous = AddTokens(word, tokens, scratch);
        if (cached && contiguous)
        {
            scratch.Cache.Set(word, hash, tokens, first);
        }
    }

    // Finds for each byte position the best score of a path that ends there, the start of its last token, and that token.
    private void FindBestPath(ReadOnlySpan<byte> word, ModelScratch scratch)
    {
        double[] scores = scratch.Scores;
        int[] starts = scratch.Previous,
            ids = scratch.Ids;
        starts.AsSpan(0, word.Length + 1).Fill(-1);
        scores[0] = 0;
        for (int start = 0; start < word.Length; )
        {
            double score = scores[start];
            int scalarLength = Scalars.LengthOf(word[start]);
            bool hasSingle = false;
            int node = _trie.Root(word[start]);
            for (int end = start + 1; node >= 0; end++)
            {
                int id = _trie.Value(node);
                if (id >= 0)
                {
                    double candidate = _scores[id] + score;
                    if (starts[end] < 0 || candidate > scores[end])
                    {
                        (scores[end], starts[end], ids[end]) = (candidate, start, id);
                    }

                    hasSingle |= end - start == scalarLength;
                }

                node = end < word.Length ? _trie.Child(node, word[end]) : -1;
            }

            if (!hasSingle)
            {
                int end = start + scalarLength;
                double candidate = _unknownScore + score;
                if (starts[end] < 0 || candidate > scores[end])
                {
                    if (_unknown < 0)
                    {
                        throw new TokenizerException(
                            "The text contains a character that no token represents, and the model has no token for unknown text."
                        );
                    }

                    (scores[end], starts[end], ids[end]) = (candidate, start, _unknown);
                }
            }

            start += scalarLength;
        }
    }

    private bool AddTokens(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        int[] starts = scratch.Previous,
            ids = scratch.Ids,
            order = scratch.Next;
        int count = 0;
        for (int end = word.Length; end > 0; end = starts[end])
        {
            order[count++] = end;
        }

        bool contiguous = true;
        int start = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            int end = order[i],
                id = ids[end];
            if (id != _unknown)
            {
                tokens.Add(id, start, end);
                start = end;
                continue;
            }

            while (i > 0 && ids[order[i - 1]] == _unknown)
            {
                end = order[--i];
            }

            contiguous &= AddUnknown(word[start..end], start, tokens);
            start = end;
        }

        return contiguous;
    }

    private bool AddUnknown(ReadOnlySpan<byte> text, int start, TokenList tokens)
    {
        // Fused unknown scalars may be a token that was not the best by itself.
        int id = Vocabulary.Find(text);
        if (id >= 0 || !_byteFallback || !HasAllBytes(text))
        {
            tokens.Add(id >= 0 ? id : _unknown, start, start + text.Length);
            return true;
        }

        foreach (byte value in text)
        {
            tokens.Add(_byteTokens[value], start, start + text.Length);
        }

        return text.Length == 1;
    }

    private bool HasAllBytes(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (_byteTokens[value] < 0)
            {
                return false;
            }
        }

        return true;
    }
}
