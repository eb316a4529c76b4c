using System;
using System.Buffers.Binary;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>SentencePiece's precompiled character map: a double array over bytes (darts-clone), and the texts that its values point to.</summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _texts;

    /// <summary>Reads a map: the trie's length in bytes, its units, then texts that end with zero.</summary>
    /// <exception cref="FormatException">The map is malformed.</exception>
    public CharacterMap(ReadOnlySpan<byte> map)
    {
        if (map.Length < 4)
        {
            throw new FormatException("a character map has at least 4 bytes");
        }

        uint trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(map) / 4 * 4;
        if (trieBytes == 0 || trieBytes > (uint)map.Length - 4)
        {
            throw new FormatException($"a trie of {trieBytes} bytes does not fit a character map of {map.Length}");
        }

        _units = new uint[trieBytes / 4];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + 4 * i)..]);
        }

        _texts = map[(4 + (int)trieBytes)..].ToArray();
        if (!System.Text.Unicode.Utf8.IsValid(_texts))
        {
            throw new FormatException("the texts of the character map are not valid UTF-8");
        }
    }

    /// <summary>Finds the shortest key that begins a text.</summary>
    public bool TryFindShortest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement) =>
        Find(text, longest: false, out _, out replacement);

    /// <summary>Finds the longest key that begins a text.</summary>
    public bool TryFindLongest(ReadOnlySpan<byte> text, out int length, out ReadOnlySpan<byte> replacement) =>
        Find(text, longest: true, out length, out replacement);

    private bool Find(ReadOnlySpan<byte> text, bool longest, out int length, out ReadOnlySpan<byte> replacement)
    {
        length = 0;
        replacement = default;
        bool found = false;
        uint node = Offset(_units[0]);
        for (int index = 0; index < text.Length; index++)
        {
            byte value = text[index];
            node ^= value;
            if (value == 0 || node >= (uint)_units.Length || (_units[node] & (1u << 31 | 0xFF)) != value)
            {
                break;
            }

            uint unit = _units[node];
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 0)
            {
                continue;
            }

            if (node >= (uint)_units.Length || !TryText(_units[node] & int.MaxValue, out ReadOnlySpan<byte> target))
            {
                break;
            }

            found = true;
            length = index + 1;
            replacement = target;
            if (!longest)
            {
                break;
            }
        }

        return found;
    }

    private bool TryText(uint start, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (start > (uint)_texts.Length || (start < (uint)_texts.Length && !Scalars.IsStart(_texts[start])))
        {
            return false;
        }

        text = _texts.AsSpan((int)start);
        int end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
