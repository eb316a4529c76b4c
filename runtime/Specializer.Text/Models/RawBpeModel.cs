using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// Byte-pair encoding of raw bytes. The tokens are the same as with the byte alphabet, but its characters are not written.
/// </summary>
internal sealed class RawBpeModel : ITokenModel
{
    private readonly BpeMerger _merger;
    private readonly bool _ignoreMerges;
    private readonly Vocabulary _words;
    private readonly int[] _bytes = new int[256];

    public RawBpeModel(BpeModel model, BpeMerger merger, bool ignoreMerges)
    {
        Vocabulary = model.Vocabulary;
        _merger = merger;
        _ignoreMerges = ignoreMerges;
        _words = ToRawBytes(Vocabulary);
        for (int value = 0; value < 256; value++)
        {
            _bytes[value] = _words.Find([(byte)value]);
        }
    }

    public Vocabulary Vocabulary { get; }

    public bool TokensAreTheirText => false;

    /// <summary>Returns whether the character of each byte is a token.</summary>
    public static bool HasAllBytes(Vocabulary vocabulary)
    {
        for (int value = 0; value < 256; value++)
        {
            if (vocabulary.Find(char.ConvertFromUtf32(ByteAlphabet.ToScalar((byte)value))) < 0)
            {
                return false;
            }
        }

        return true;
    }

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        uint hash = Vocabulary.Hash(word);
        if (_ignoreMerges)
        {
            int whole = _words.Find(word, hash);
            if (whole >= 0)
            {
                tokens.Add(whole, 0, word.Length);
                return;
            }
        }

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

        scratch.EnsureSymbols(word.Length + 1);
        int count = _merger.Merge(scratch, AddSymbols(word, scratch), exact: false);
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            tokens.Add(scratch.Ids[i], start, start + scratch.Lengths[i]);
            start += scratch.Lengths[i];
        }

        if (cached)
        {
            scratch.Cache.Set(word, hash, tokens, first);
        }
    }

    // Tokens with characters outside the alphabet cannot be reached from bytes.
    private static Vocabulary ToRawBytes(Vocabulary vocabulary)
    {
        var builder = new Vocabulary.Builder();
        var raw = new List<byte>();
        for (int entry = 0; entry < vocabulary.Count; entry++)
        {
            ReadOnlySpan<byte> text = vocabulary.TextOf(entry);
            raw.Clear();
            int index = 0;
            while (index < text.Length)
            {
                int value = ByteAlphabet.ToByte(Scalars.Decode(text, index, out int length));
                if (value < 0)
                {
                    break;
                }

                raw.Add((byte)value);
                index += length;
            }

            if (index == text.Length)
            {
                builder.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(raw), vocabulary.IdOf(entry));
            }
        }

        return builder.Build(out _);
    }

    private int AddSymbols(ReadOnlySpan<byte> word, ModelScratch scratch)
    {
        Span<int> ids = scratch.Ids.AsSpan(0, word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            ids[i] = _bytes[word[i]];
        }

        scratch.Lengths.AsSpan(0, word.Length).Fill(1);
        return word.Length;
    }
}
