using System;

namespace Specializer.Text.Models;

/// <summary>
/// Merges the symbols of one word. Short words use a repeated search for the lowest rank; long words use a heap and a linked
/// list.
/// </summary>
internal sealed class BpeMerger(MergeTable merges)
{
    private const int ShortWord = 48;

    /// <summary>Merges symbols in place and returns the number of remaining symbols.</summary>
    /// <param name="scratch">The ids and lengths of the symbols.</param>
    /// <param name="count">The number of symbols.</param>
    /// <param name="exact">
    /// Whether ids may represent other text than their own. As in the library, a stale entry of the heap may then still be
    /// applied, so the heap is required.
    /// </param>
    public int Merge(ModelScratch scratch, int count, bool exact) =>
        count < 2 ? count
        : count <= ShortWord && !exact ? MergeShort(scratch, count)
        : MergeLong(scratch, count);

    private int MergeShort(ModelScratch scratch, int count)
    {
        Span<int> ids = scratch.Ids.AsSpan(0, count),
            lengths = scratch.Lengths.AsSpan(0, count);
        Span<int> ranks = scratch.Ranks.AsSpan(0, count),
            merged = scratch.Next.AsSpan(0, count);
        for (int i = 0; i + 1 < count; i++)
        {
            merges.TryGet(ids[i], ids[i + 1], out ranks[i], out merged[i]);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i < count - 1; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == int.MaxValue)
            {
                break;
            }

            ids[best] = merged[best];
            lengths[best] += lengths[best + 1];
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            lengths[(best + 2)..(count + 1)].CopyTo(lengths[(best + 1)..]);
            if (best + 1 < count)
            {
                ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
                merged[(best + 2)..count].CopyTo(merged[(best + 1)..]);
                merges.TryGet(ids[best], ids[best + 1], out ranks[best], out merged[best]);
            }

            if (best > 0)
            {
                merges.TryGet(ids[best - 1], ids[best], out ranks[best - 1], out merged[best - 1]);
            }
        }

        return count;
    }

    private int MergeLong(ModelScratch scratch, int count)
    {
        int[] ids = scratch.Ids,
            lengths = scratch.Lengths,
            previous = scratch.Previous,
            next = scratch.Next;
        scratch.EnsureFirstMerges(count);
        var heap = new MergeHeap(scratch);
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
            if (i + 1 < count && merges.TryGet(ids[i], ids[i + 1], out int rank, out int id))
            {
                heap.AddFirst(rank, i, id);
            }
        }

        heap.SortFirst();
        while (heap.TryPop(out int position, out int id))
        {
            int right = next[position];
            if (lengths[position] == 0 || right < 0)
            {
                continue;
            }

            // An entry is stale if the pair has changed since. Like the library, only the result is compared.
            if (!merges.TryGet(ids[position], ids[right], out _, out int current) || current != id)
            {
                continue;
            }

            ids[position] = id;
            lengths[position] += lengths[right];
            lengths[right] = 0;
            int after = next[right];
            next[position] = after;
            if (after >= 0)
            {
                previous[after] = position;
            }

            int before = previous[position];
            if (before >= 0 && merges.TryGet(ids[before], id, out int rank, out int newId))
            {
                heap.Push(rank, before, newId);
            }

            if (after >= 0 && merges.TryGet(id, ids[after], out rank, out newId))
            {
                heap.Push(rank, position, newId);
            }
        }

        int left = 0;
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] != 0)
            {
                (ids[left], lengths[left]) = (ids[i], lengths[i]);
                left++;
            }
        }

        return left;
    }

    /// <summary>
    /// Merges ordered by rank and then by position. The first merges of the word are sorted once and read in order. A binary heap contains
    /// those that appear later. One heap for all would be larger than the caches for a long word.
    /// </summary>
    private ref struct MergeHeap(ModelScratch scratch)
    {
        private readonly ulong[] _firstKeys = scratch.FirstKeys;
        private readonly int[] _firstIds = scratch.FirstIds;
        private int _first;
        private int _firstCount;
        private ulong[] _keys = scratch.HeapKeys;
        private int[] _ids = scratch.HeapIds;
        private int _count;

        public void AddFirst(int rank, int position, int id)
        {
            (_firstKeys[_firstCount], _firstIds[_firstCount]) = (Key(rank, position), id);
            _firstCount++;
        }

        public readonly void SortFirst() => Array.Sort(_firstKeys, _firstIds, 0, _firstCount);

        public void Push(int rank, int position, int id)
        {
            if (_count == _keys.Length)
            {
                Array.Resize(ref scratch.HeapKeys, 2 * _count);
                Array.Resize(ref scratch.HeapIds, 2 * _count);
                _keys = scratch.HeapKeys;
                _ids = scratch.HeapIds;
            }

            ulong key = Key(rank, position);
            int child = _count++;
            while (child > 0)
            {
                int parent = child - 1 >> 1;
                if (_keys[parent] <= key)
                {
                    break;
                }

                (_keys[child], _ids[child]) = (_keys[parent], _ids[parent]);
                child = parent;
            }

            (_keys[child], _ids[child]) = (key, id);
        }

        public bool TryPop(out int position, out int id)
        {
            if (_first < _firstCount && (_count == 0 || _firstKeys[_first] <= _keys[0]))
            {
                (position, id) = ((int)(uint)_firstKeys[_first], _firstIds[_first]);
                _first++;
                return true;
            }

            if (_count == 0)
            {
                (position, id) = (0, 0);
                return false;
            }

            (position, id) = ((int)(uint)_keys[0], _ids[0]);
            RemoveLowest();
            return true;
        }

        private void RemoveLowest()
        {
            _count--;
            ulong key = _keys[_count];
            int moved = _ids[_count],
                parent = 0;
            while (true)
            {
                int child = 2 * parent + 1;
                if (child >= _count)
                {
                    break;
                }

                if (child + 1 < _count && _keys[child + 1] < _keys[child])
                {
                    child++;
                }

                if (_keys[child] >= key)
                {
                    break;
                }

                (_keys[parent], _ids[parent]) = (_keys[child], _ids[child]);
                parent = child;
            }

            if (_count > 0)
            {
                (_keys[parent], _ids[parent]) = (key, moved);
            }
        }

        private static ulong Key(int rank, int position) => (ulong)(uint)rank << 32 | (uint)position;
    }
}
