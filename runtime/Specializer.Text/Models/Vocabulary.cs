using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Specializer.Text.Models;

/// <summary>Tokens by UTF-8 text and by id: one block of text, a hash table with open addressing, and a table of ids.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _blob;
    private readonly int[] _ends;
    private readonly int[] _ids;
    private readonly int[] _slots;
    private readonly int _mask;
    private readonly int[] _byId = [];
    private readonly Dictionary<int, int>? _bySparseId;
    private readonly bool _hasRepeatedTokens;

    private Vocabulary(byte[] blob, int[] ends, int[] ids)
    {
        _blob = blob;
        _ends = ends;
        _ids = ids;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * ids.Length));
        _slots = new int[capacity];
        _mask = capacity - 1;
        int highest = -1;
        for (int entry = 0; entry < ids.Length; entry++)
        {
            highest = Math.Max(highest, ids[entry]);
            int slot = (int)Hash(TextOf(entry)) & _mask;
            while (_slots[slot] != 0 && !TextOf(_slots[slot] - 1).SequenceEqual(TextOf(entry)))
            {
                slot = slot + 1 & _mask;
            }

            // The last of equal tokens is found.
            _hasRepeatedTokens |= _slots[slot] != 0;
            _slots[slot] = entry + 1;
        }

        IdLimit = highest + 1;
        if (highest <= 4L * ids.Length + 1024)
        {
            _byId = new int[highest + 1];
            for (int entry = 0; entry < ids.Length; entry++)
            {
                _byId[ids[entry]] = entry + 1;
            }
        }
        else
        {
            _bySparseId = [];
            for (int entry = 0; entry < ids.Length; entry++)
            {
                _bySparseId[ids[entry]] = entry + 1;
            }
        }
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The highest id plus one.</summary>
    public int IdLimit { get; }

    /// <summary>Returns the id of a token, or -1.</summary>
    public int Find(ReadOnlySpan<byte> token) => Find(token, Hash(token));

    /// <summary>Returns the id of a token with a known hash, or -1.</summary>
    public int Find(ReadOnlySpan<byte> token, uint hash)
    {
        for (int slot = (int)hash & _mask; ; slot = slot + 1 & _mask)
        {
            int entry = _slots[slot] - 1;
            if (entry < 0)
            {
                return -1;
            }

            if (TextOf(entry).SequenceEqual(token))
            {
                return _ids[entry];
            }
        }
    }

    public int Find(string token) => Find(Encoding.UTF8.GetBytes(token));

    /// <summary>Returns whether a token has this id.</summary>
    public bool Contains(int id) => EntryOf(id) >= 0;

    /// <summary>Returns the text of an id, or an empty span.</summary>
    public ReadOnlySpan<byte> TextOfId(int id)
    {
        int entry = EntryOf(id);
        return entry < 0 ? default : TextOf(entry);
    }

    /// <summary>Returns the text of the token at an index in reading order.</summary>
    public ReadOnlySpan<byte> TextOf(int entry)
    {
        int start = entry == 0 ? 0 : _ends[entry - 1];
        return _blob.AsSpan(start, _ends[entry] - start);
    }

    /// <summary>Returns the id of the token at an index in reading order.</summary>
    public int IdOf(int entry) => _ids[entry];

    public static uint Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = 0x9E3779B97F4A7C15UL * (ulong)(text.Length + 1);
        while (text.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(text)) * 0xD6E8FEB86659FD93UL;
            hash ^= hash >> 32;
            text = text[8..];
        }

        ulong tail = 0;
        if (text.Length >= 4)
        {
            tail = MemoryMarshal.Read<uint>(text) | (ulong)MemoryMarshal.Read<uint>(text[^4..]) << 32;
        }
        else if (text.Length > 0)
        {
            tail = text[0] | (ulong)text[text.Length >> 1] << 8 | (ulong)text[^1] << 16;
        }

        hash = (hash ^ tail) * 0xD6E8FEB86659FD93UL;
        return (uint)(hash >> 32);
    }

    private int EntryOf(int id) =>
        _bySparseId is null
            ? (uint)id < (uint)_byId.Length
                ? _byId[id] - 1
                : -1
            : _bySparseId.GetValueOrDefault(id) - 1;

    /// <summary>Collects tokens.</summary>
    public sealed class Builder
    {
        private readonly List<byte> _blob = [];
        private readonly List<int> _ends = [];
        private readonly List<int> _ids = [];

        public int Count => _ids.Count;

        public void Add(ReadOnlySpan<byte> token, int id)
        {
            _blob.AddRange(token);
            _ends.Add(_blob.Count);
            _ids.Add(id);
        }

        /// <summary>Creates a vocabulary from a list, in which equal tokens keep their ids.</summary>
        public Vocabulary BuildList() => new([.. _blob], [.. _ends], [.. _ids]);

        /// <summary>Creates a vocabulary from a map, in which the last of equal tokens is kept.</summary>
        /// <param name="sharedId">An id that two different tokens have, or -1.</param>
        public Vocabulary Build(out int sharedId)
        {
            Vocabulary all = BuildList();
            Vocabulary result = all._hasRepeatedTokens ? RemoveRepeated() : all;
            sharedId = result.FindSharedId();
            return result;
        }

        private Vocabulary RemoveRepeated()
        {
            var last = new Dictionary<string, int>();
            int start = 0;
            for (int i = 0; i < _ids.Count; i++)
            {
                last[Convert.ToHexString(CollectionsMarshal.AsSpan(_blob)[start.._ends[i]])] = i;
                start = _ends[i];
            }

            var order = new List<int>(last.Values);
            order.Sort();
            var builder = new Builder();
            foreach (int i in order)
            {
                start = i == 0 ? 0 : _ends[i - 1];
                builder.Add(CollectionsMarshal.AsSpan(_blob)[start.._ends[i]], _ids[i]);
            }

            return new Vocabulary([.. builder._blob], [.. builder._ends], [.. builder._ids]);
        }
    }

    private int FindSharedId()
    {
        for (int entry = 0; entry < Count; entry++)
        {
            if (EntryOf(_ids[entry]) != entry)
            {
                return _ids[entry];
            }
        }

        return -1;
    }
}
