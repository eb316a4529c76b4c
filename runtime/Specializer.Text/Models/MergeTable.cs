using System;
using System.Collections.Generic;
using System.Numerics;

namespace Specializer.Text.Models;

/// <summary>A hash table with open addressing that maps pairs of ids to merges.</summary>
internal sealed class MergeTable
{
    private readonly ulong[] _keys;
    private readonly (int Rank, int Id)[] _merges;
    private readonly int _shift;

    /// <summary>Builds the table. The last of equal pairs is kept.</summary>
    public MergeTable(List<(int Left, int Right, int Rank, int Id)> merges)
    {
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * merges.Count));
        _shift = 64 - BitOperations.Log2((uint)capacity);
        _keys = new ulong[capacity];
        _merges = new (int, int)[capacity];
        foreach ((int left, int right, int rank, int id) in merges)
        {
            ulong key = Key(left, right);
            int slot = SlotOf(key);
            while (_keys[slot] != 0 && _keys[slot] != key)
            {
                slot = slot + 1 & capacity - 1;
            }

            _keys[slot] = key;
            _merges[slot] = (rank, id);
        }
    }

    /// <summary>Returns the rank of a pair and the merged id.</summary>
    public bool TryGet(int left, int right, out int rank, out int id)
    {
        ulong key = Key(left, right);
        for (int slot = SlotOf(key); ; slot = slot + 1 & _keys.Length - 1)
        {
            ulong found = _keys[slot];
            if (found == key)
            {
                (rank, id) = _merges[slot];
                return true;
            }

            if (found == 0)
            {
                (rank, id) = (int.MaxValue, -1);
                return false;
            }
        }
    }

    // Ids are not negative, so a key is never 0.
    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    private int SlotOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL ^ key >> 32) * 0xD6E8FEB86659FD93UL >> _shift);
}
