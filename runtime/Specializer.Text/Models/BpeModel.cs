using System;
using System.Text;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Models;

/// <summary>
/// Byte-pair encoding (Sennrich and others, 2016): merges symbols of a word in the order of the ranks of the merges.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private readonly BpeOptions _options;
    private readonly BpeMerger _merger;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private readonly int _unknown;
    private readonly int[] _ascii = new int[128];
    private readonly int[]? _byteTokens;
    private readonly bool _plainScalars;

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        Vocabulary = vocabulary;
        _options = options;
        _merger = new BpeMerger(merges);
        _prefix = Encoding.UTF8.GetBytes(options.ContinuingSubwordPrefix);
        _suffix = Encoding.UTF8.GetBytes(options.EndOfWordSuffix);
        _unknown = options.UnknownToken is { } unknown ? vocabulary.Find(unknown) : -1;
        _plainScalars = _prefix.Length == 0 && _suffix.Length == 0;

        for (int c = 0; c < 128; c++)
        {
            _ascii[c] = vocabulary.Find([(byte)c]);
        }

        if (options.ByteFallback)
        {
            _byteTokens = new int[256];
            for (int value = 0; value < 256; value++)
            {
                _byteTokens[value] = vocabulary.Find($"<0x{value:X2}>");
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    public bool TokensAreTheirText => false;

    public bool HasContinuingPrefix => _prefix.Length > 0;

    /// <summary>
    /// Returns the same model over raw bytes instead of the characters of the byte alphabet; null if an option prevents it or a
    /// byte has no token. The vocabulary is that of this model; only look-ups by text differ.
    /// </summary>
    public ITokenModel? OverRawBytes() =>
        _plainScalars && !_options.ByteFallback && RawBpeModel.HasAllBytes(Vocabulary)
            ? new RawBpeModel(this, _merger, _options.IgnoreMerges)
            : null;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        uint hash = Vocabulary.Hash(word);
        if (_options.IgnoreMerges)
        {
            int whole = Vocabulary.Find(word, hash);
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

        scratch.EnsureSymbols(_byteTokens is null ? word.Length + 1 : checked(word.Length * (1 + _prefix.Length) + _suffix.Length + 1));
        int count = AddSymbols(word, scratch, out bool hasUnknown);
        count = _merger.Merge(scratch, count, exact: hasUnknown || !_plainScalars);
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

    private int AddSymbols(ReadOnlySpan<byte> word, ModelScratch scratch, out bool hasUnknown)
    {
        int count = 0,
            unknownLength = 0;
        hasUnknown = false;
        for (int index = 0; index < word.Length; )
        {
            int length = Scalars.LengthOf(word[index]);
            bool isLast = index + length == word.Length;
            ReadOnlySpan<byte> symbol = word.Slice(index, length);
            if (!_plainScalars)
            {
                symbol = Decorate(symbol, index == 0, isLast, scratch);
            }

            index += length;
            int id = symbol.Length == 1 && symbol[0] < 0x80 ? _ascii[symbol[0]] : Vocabulary.Find(symbol);
            if (id >= 0)
            {
                count = FlushUnknown(scratch, count, ref unknownLength);
                Add(scratch, count++, id, length);
                continue;
            }

            if (_byteTokens is not null && HasAllBytes(symbol))
            {
                // As in the library, a preceding unknown character stays pending and is added after the bytes.
                foreach (byte value in symbol)
                {
                    Add(scratch, count++, _byteTokens[value], 1);
                }

                continue;
            }

            if (_options.UnknownToken is null)
            {
                continue;
            }

            hasUnknown = true;
            if (!_options.FuseUnknown)
            {
                count = FlushUnknown(scratch, count, ref unknownLength);
            }

            if (_unknown < 0)
            {
                throw new TokenizerException(
                    $"The text contains an unknown character, and '{_options.UnknownToken}' is not in the vocabulary."
                );
            }

            unknownLength += length;
        }

        return FlushUnknown(scratch, count, ref unknownLength);
    }

    private int FlushUnknown(ModelScratch scratch, int count, ref int length)
    {
        if (length > 0)
        {
            Add(scratch, count++, _unknown, length);
            length = 0;
        }

        return count;
    }

    private static void Add(ModelScratch scratch, int index, int id, int length)
    {
        scratch.Ids[index] = id;
        scratch.Lengths[index] = length;
    }

    private ReadOnlySpan<byte> Decorate(ReadOnlySpan<byte> symbol, bool isFirst, bool isLast, ModelScratch scratch)
    {
        Span<byte> target = scratch.EnsureText(_prefix.Length + symbol.Length + _suffix.Length);
        int length = 0;
        if (!isFirst)
        {
            _prefix.CopyTo(target);
            length = _prefix.Length;
        }

        symbol.CopyTo(target[length..]);
        length += symbol.Length;
        if (isLast)
        {
            _suffix.CopyTo(target[length..]);
            length += _suffix.Length;
        }

        return target[..length];
    }

    private bool HasAllBytes(ReadOnlySpan<byte> symbol)
    {
        foreach (byte value in symbol)
        {
            if (_byteTokens![value] < 0)
            {
                return false;
            }
        }

        return true;
    }
}
