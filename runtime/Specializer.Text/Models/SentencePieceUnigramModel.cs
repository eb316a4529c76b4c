using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.Reading;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// SentencePiece's Unigram: Viterbi in single precision; user-defined symbols are always selected, unused ones never.
/// </summary>
internal sealed class SentencePieceUnigramModel : ITokenModel
{
    private const float UnknownPenalty = 10;
    private readonly SentencePiecePieces _pieces;
    private readonly ByteTrie _trie;
    private readonly float _highest;
    private readonly float _unknownScore;

    public SentencePieceUnigramModel(SentencePiecePieces pieces)
    {
        _pieces = pieces;
        float lowest = float.MaxValue;
        _highest = float.MinValue;
        var keys = new List<byte[]>();
        var ids = new List<int>();
        for (int id = 0; id < pieces.Scores.Length; id++)
        {
            if (pieces.Types[id] == PieceType.Normal)
            {
                lowest = Math.Min(lowest, pieces.Scores[id]);
                _highest = Math.Max(_highest, pieces.Scores[id]);
            }

            if (pieces.IsText(id))
            {
                keys.Add(pieces.Vocabulary.TextOfId(id).ToArray());
                ids.Add(id);
            }
        }

        _trie = new ByteTrie(keys, ids);
        _unknownScore = lowest - UnknownPenalty;
    }

    public Vocabulary Vocabulary => _pieces.Vocabulary;

    public bool TokensAreTheirText => true;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        scratch.EnsurePath(word.Length + 1);
        double[] scores = scratch.Scores;
        int[] starts = scratch.Previous,
            ids = scratch.Ids,
            order = scratch.Next;
        starts.AsSpan(0, word.Length + 1).Fill(-1);
        scores[0] = 0;
        for (int start = 0; start < word.Length; )
        {
            int scalarLength = Scalars.LengthOf(word[start]);
            bool hasSingle = false;
            int node = _trie.Root(word[start]);
            for (int end = start + 1; node >= 0; end++)
            {
                int id = _trie.Value(node);
                if (id >= 0 && _pieces.Types[id] != PieceType.Unused)
                {
                    double score = _pieces.Types[id] == PieceType.UserDefined ? (end - start) * _highest - 0.1 : _pieces.Scores[id];
                    Offer(score + scores[start], start, end, id);
                    hasSingle |= end - start == scalarLength;
                }

                node = end < word.Length ? _trie.Child(node, word[end]) : -1;
            }

            if (!hasSingle)
            {
                Offer(_unknownScore + (float)scores[start], start, start + scalarLength, _pieces.Unknown);
            }

            start += scalarLength;
        }

        int count = 0;
        for (int end = word.Length; end > 0; end = starts[end])
        {
            order[count++] = end;
        }

        int first = tokens.Count;
        while (count-- > 0)
        {
            _pieces.Add(tokens, first, word, ids[order[count]], starts[order[count]], order[count]);
        }

        void Offer(double candidate, int start, int end, int id)
        {
            // Scores are summed in double precision but stored as floats.
            if (starts[end] < 0 || candidate > scores[end])
            {
                (scores[end], starts[end], ids[end]) = ((float)candidate, start, id);
            }
        }
    }
}
