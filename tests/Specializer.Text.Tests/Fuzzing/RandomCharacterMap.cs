using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Draws a character map of SentencePiece: a double array over keys and the texts that they become.</summary>
internal static class RandomCharacterMap
{
    private static readonly string[] s_keys =
    [
        "a",
        "e",
        "\u00E9",
        "e\u0301",
        "\u0301",
        "\u3000",
        "\uFF21",
        "\uFF22",
        "\u00A0",
        "\u2460",
        "\uFB01",
        "\u00BD",
        "\t",
        "\n",
        "\r\n",
        "\u200D",
        "ab",
        "\u00A9",
        "\uD55C",
        "\u0130",
        "\u2028",
        "A",
        "Z",
        "1",
        "\u00AD",
        "\u0600a",
    ];

    private static readonly string[] s_values = ["", " ", "a", "fi", "1/2", "\u00E9", "e\u0301", "abc", "\u4E00", "A"];

    public static byte[] Build(Random random)
    {
        var texts = new List<byte>();
        var entries = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string key in s_keys.Where(_ => random.Next(3) == 0))
        {
            entries[Convert.ToHexString(Encoding.UTF8.GetBytes(key))] = texts.Count;
            texts.AddRange(Encoding.UTF8.GetBytes(s_values[random.Next(s_values.Length)]));
            texts.Add(0);
        }

        if (entries.Count == 0)
        {
            entries["61"] = 0;
            texts.AddRange("b\0"u8.ToArray());
        }

        uint[] trie = DoubleArray(entries.ToDictionary(e => Convert.FromHexString(e.Key), e => e.Value));
        var map = new byte[4 + 4 * trie.Length + texts.Count];
        BinaryPrimitives.WriteInt32LittleEndian(map, 4 * trie.Length);
        for (int i = 0; i < trie.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(map.AsSpan(4 + 4 * i), trie[i]);
        }

        texts.CopyTo(map, 4 + 4 * trie.Length);
        return map;
    }

    // The layout of darts-clone: a child for byte b of the unit at p is at p ^ offset ^ b; a value is at the child 0.
    private static uint[] DoubleArray(Dictionary<byte[], int> entries)
    {
        var units = new List<uint>(new uint[512]);
        var used = new HashSet<int> { 0 };
        int nextBlock = 256;
        void Place(int unit, List<(byte[] Key, int Value)> keys, int depth, byte label, bool isRoot)
        {
            int block = nextBlock;
            nextBlock += 256;
            while (units.Count < nextBlock + 256)
            {
                units.AddRange(new uint[256]);
            }

            int offset = unit ^ block;
            bool hasValue = keys.Any(k => k.Key.Length == depth);
            units[unit] = (uint)offset << 10 | (isRoot ? 0u : label) | (hasValue ? 1u << 8 : 0);
            if (hasValue)
            {
                units[block] = (uint)keys.First(k => k.Key.Length == depth).Value | 1u << 31;
            }

            foreach (var group in keys.Where(k => k.Key.Length > depth).GroupBy(k => k.Key[depth]))
            {
                Place(block ^ group.Key, [.. group], depth + 1, group.Key, isRoot: false);
            }
        }

        Place(0, [.. entries.Select(e => (e.Key, e.Value))], 0, 0, isRoot: true);
        return [.. units];
    }
}
