using System;
using System.Collections.Generic;
using Specializer.Text.Patterns;
using Specializer.Text.Unicode;

namespace Specializer.Text.Constraints;

/// <summary>Converts sets of scalars to transitions over their UTF-8 bytes. Surrogates are no scalars and are left out.</summary>
internal static class Utf8Ranges
{
    // The last scalar of each length, with the gap of the surrogates.
    private static readonly (int First, int Last)[] s_parts =
    [
        (0, 0x7F),
        (0x80, 0x7FF),
        (0x800, 0xD7FF),
        (0xE000, 0xFFFF),
        (0x10000, 0x10FFFF),
    ];

    /// <summary>Adds the transitions of a set between two states.</summary>
    public static void Add(RuleGraph graph, ScalarSet set, int from, int to, Func<int> newState)
    {
        // Equal tails of bytes are shared: most sets contain all scalars of a first byte.
        var tails = new Dictionary<(int, int, int, int), int>();
        Span<byte> low = stackalloc byte[4],
            high = stackalloc byte[4];
        for (int i = 0; i < set.Bounds.Length; i += 2)
        {
            foreach ((int partFirst, int partLast) in s_parts)
            {
                int first = Math.Max(partFirst, set.Bounds[i]),
                    last = Math.Min(partLast, set.Bounds[i + 1] - 1);
                if (first <= last)
                {
                    int length = Scalars.Encode(first, low);
                    Scalars.Encode(last, high);
                    Split(low[..length], high[..length], from);
                }
            }
        }

        // Adds the texts of one length between two bounds.
        void Split(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int state)
        {
            if (low.Length == 1)
            {
                graph.States[state].Bytes.Add(new ByteEdge(low[0], high[0], to));
                return;
            }

            if (low[0] == high[0])
            {
                Tail(low[0], low[0], low[1..], high[1..], state);
                return;
            }

            Span<byte> all = stackalloc byte[3];
            int first = low[0],
                last = high[0];
            if (low[1..].ContainsAnyExcept((byte)0x80))
            {
                all.Fill(0xBF);
                Tail(first, first, low[1..], all[..(low.Length - 1)], state);
                first++;
            }

            bool partial = high[1..].ContainsAnyExcept((byte)0xBF);
            int end = partial ? last - 1 : last;
            if (first <= end)
            {
                Span<byte> least = stackalloc byte[3];
                least.Fill(0x80);
                all.Fill(0xBF);
                Tail(first, end, least[..(low.Length - 1)], all[..(low.Length - 1)], state);
            }

            if (partial)
            {
                all.Fill(0x80);
                Tail(last, last, all[..(low.Length - 1)], high[1..], state);
            }
        }

        void Tail(int first, int last, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int state)
        {
            (int, int, int, int) key = (low.Length, Pack(low), Pack(high), to);
            if (!tails.TryGetValue(key, out int next))
            {
                next = newState();
                tails[key] = next;
                Split(low, high, next);
            }

            graph.States[state].Bytes.Add(new ByteEdge((byte)first, (byte)last, next));
        }
    }

    private static int Pack(ReadOnlySpan<byte> bytes)
    {
        int result = 0;
        foreach (byte value in bytes)
        {
            result = result << 8 | value;
        }

        return result;
    }
}
