using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.Reading;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// SentencePiece's BPE: merges adjacent symbols in the order of the score of the result, the leftmost first. User-defined symbols
/// are not merged. Unused pieces are merged further, and split again if they remain.
/// </summary>
internal sealed class SentencePieceBpeModel(SentencePiecePieces pieces) : ITokenModel
{
    [ThreadStatic]
    private static Agenda? t_agenda;

    public Vocabulary Vocabulary => pieces.Vocabulary;

    public bool TokensAreTheirText => true;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        uint hash = Vocabulary.Hash(word);
        int first = tokens.Count;
        bool cached = WordCache.Takes(word.Length);
        if (cached)
        {
            scratch.Cache.Claim(this);
            if (scratch.Cache.TryGet(word, hash, tokens))
            {
                return;
            }
        }

        Agenda agenda = t_agenda ??= new Agenda();
        agenda.Clear();
        scratch.EnsureSymbols(word.Length + 1);
        int count = AddSymbols(word, scratch);
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(word, i, i + 1, scratch, agenda);
        }

        Merge(word, scratch, agenda);
        for (int i = 0, start = 0; i >= 0 && count > 0; i = scratch.Next[i])
        {
            int end = start + scratch.Lengths[i];
            AddPiece(word, start, end, tokens, first, agenda);
            start = end;
        }

        agenda.Trim();
        if (cached && IsContiguous(tokens, first, word.Length))
        {
            scratch.Cache.Set(word, hash, tokens, first);
        }
    }

    // Ids contain the start of a symbol, Ranks whether it is user-defined.
    private int AddSymbols(ReadOnlySpan<byte> word, ModelScratch scratch)
    {
        int count = 0;
        for (int index = 0; index < word.Length; count++)
        {
            int length = 0;
            bool fixedSymbol = pieces.UserDefined is not null && pieces.UserDefined.FindLongest(word[index..], out length) >= 0;
            length = fixedSymbol ? length : Scalars.LengthOf(word[index]);
            (scratch.Ids[count], scratch.Lengths[count], scratch.Ranks[count]) = (index, length, fixedSymbol ? 1 : 0);
            (scratch.Previous[count], scratch.Next[count]) = (count - 1, count + 1);
            index += length;
        }

        if (count > 0)
        {
            scratch.Next[count - 1] = -1;
        }

        return count;
    }

    private void Offer(ReadOnlySpan<byte> word, int left, int right, ModelScratch scratch, Agenda agenda)
    {
        if (left < 0 || right < 0 || scratch.Ranks[left] != 0 || scratch.Ranks[right] != 0)
        {
            return;
        }

        int start = scratch.Ids[left],
            length = scratch.Lengths[left] + scratch.Lengths[right];
        int id = Vocabulary.Find(word.Slice(start, length));
        if (id < 0 || !pieces.IsText(id))
        {
            return;
        }

        agenda.Add(pieces.Scores[id], left, right, length);
        if (pieces.Types[id] == PieceType.Unused)
        {
            agenda.Splits[id] = scratch.Lengths[left];
        }
    }

    private void Merge(ReadOnlySpan<byte> word, ModelScratch scratch, Agenda agenda)
    {
        int[] lengths = scratch.Lengths,
            previous = scratch.Previous,
            next = scratch.Next;
        while (agenda.TryTake(out int left, out int right, out int length))
        {
            if (lengths[left] == 0 || lengths[right] == 0 || lengths[left] + lengths[right] != length)
            {
                continue;
            }

            lengths[left] = length;
            lengths[right] = 0;
            next[left] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = left;
            }

            Offer(word, previous[left], left, scratch, agenda);
            Offer(word, left, next[left], scratch, agenda);
        }
    }

    private void AddPiece(ReadOnlySpan<byte> word, int start, int end, TokenList tokens, int first, Agenda agenda)
    {
        int id = Vocabulary.Find(word[start..end]);
        id = id >= 0 ? id : pieces.Unknown;
        if (pieces.Types[id] == PieceType.Unused && agenda.Splits.TryGetValue(id, out int leftLength))
        {
            AddPiece(word, start, start + leftLength, tokens, first, agenda);
            AddPiece(word, start + leftLength, end, tokens, first, agenda);
            return;
        }

        pieces.Add(tokens, first, word, id, start, end);
    }

    private static bool IsContiguous(TokenList tokens, int first, int length)
    {
        int start = 0;
        for (int i = first; i < tokens.Count; i++)
        {
            if (tokens.Starts[i] != start)
            {
                return false;
            }

            start = tokens.Ends[i];
        }

        return start == length;
    }

    /// <summary>Possible merges, ordered by score and then by position.</summary>
    private sealed class Agenda
    {
        private PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> _queue = new(Order.Instance);

        /// <summary>The positions at which unused pieces of this word are split, by id.</summary>
        public Dictionary<int, int> Splits { get; } = [];

        public void Clear()
        {
            _queue.Clear();
            Splits.Clear();
        }

        public void Add(float score, int left, int right, int length) => _queue.Enqueue((left, right, length), (score, left));

        public bool TryTake(out int left, out int right, out int length)
        {
            bool any = _queue.TryDequeue(out (int Left, int Right, int Length) merge, out _);
            (left, right, length) = merge;
            return any;
        }

        public void Trim()
        {
            if (_queue.Capacity > 100_000)
            {
                _queue = new(Order.Instance);
            }
        }

        private sealed class Order : IComparer<(float Score, int Left)>
        {
            public static Order Instance { get; } = new();

            public int Compare((float Score, int Left) x, (float Score, int Left) y) =>
                x.Score != y.Score ? y.Score.CompareTo(x.Score) : x.Left.CompareTo(y.Left);
        }
    }
}
