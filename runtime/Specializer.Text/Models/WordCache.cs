using System;

namespace Specializer.Text.Models;

/// <summary>A cache of the tokens of short words, with a fixed size; a newer word replaces an older one.</summary>
internal sealed class WordCache
{
    private const int Slots = 16384;
    private const int MaximumBytes = 24;
    private const int MaximumTokens = 6;
    private const int SlotBytes = 32;
    private byte[]? _words;
    private int[] _tokens = [];
    private object? _owner;

    /// <summary>Returns whether a word is short enough to be cached.</summary>
    public static bool Takes(int length) => length <= MaximumBytes;

    /// <summary>Clears the cache if the model is a different one.</summary>
    public void Claim(object owner)
    {
        if (!ReferenceEquals(_owner, owner))
        {
            _owner = owner;
            _words ??= new byte[Slots * SlotBytes];
            _tokens = _tokens.Length == 0 ? new int[Slots * 2 * MaximumTokens] : _tokens;
            Array.Clear(_words);
        }
    }

    /// <summary>Appends the tokens of a word if they are cached.</summary>
    public bool TryGet(ReadOnlySpan<byte> word, uint hash, Pipeline.TokenList tokens)
    {
        int slot = (int)(hash % Slots);
        if (!Holds(slot, word))
        {
            slot ^= 1;
            if (!Holds(slot, word))
            {
                return false;
            }
        }

        int start = 0;
        ReadOnlySpan<int> pairs = _tokens.AsSpan(slot * 2 * MaximumTokens, 2 * _words![slot * SlotBytes + 1]);
        for (int i = 0; i < pairs.Length; i += 2)
        {
            tokens.Add(pairs[i], start, pairs[i + 1]);
            start = pairs[i + 1];
        }

        return true;
    }

    /// <summary>Caches the tokens from an index on, which are contiguous.</summary>
    public void Set(ReadOnlySpan<byte> word, uint hash, Pipeline.TokenList tokens, int from)
    {
        int count = tokens.Count - from;
        if (count > MaximumTokens)
        {
            return;
        }

        // Each word has two slots; a newer word uses the second if the first is occupied.
        int slot = (int)(hash % Slots);
        slot ^= _words![slot * SlotBytes] == 0 ? 0 : 1;
        Span<byte> entry = _words.AsSpan(slot * SlotBytes, SlotBytes);
        entry[0] = (byte)word.Length;
        entry[1] = (byte)count;
        word.CopyTo(entry[2..]);
        for (int i = 0; i < count; i++)
        {
            _tokens[slot * 2 * MaximumTokens + 2 * i] = tokens.Ids[from + i];
            _tokens[slot * 2 * MaximumTokens + 2 * i + 1] = tokens.Ends[from + i];
        }
    }

    private bool Holds(int slot, ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> entry = _words.AsSpan(slot * SlotBytes, SlotBytes);
        return entry[0] == word.Length && entry.Slice(2, word.Length).SequenceEqual(word);
    }
}
