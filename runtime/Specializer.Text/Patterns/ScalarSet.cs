using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>A set of scalar values: sorted ranges, and bits for ASCII.</summary>
internal sealed class ScalarSet
{
    private static readonly ConcurrentDictionary<(string, int), ScalarSet> s_known = new();

    private readonly int[] _bounds;
    private readonly ulong _low;
    private readonly ulong _high;

    // Bounds alternate: first, end (exclusive), first, end, ...
    private ScalarSet(int[] bounds)
    {
        _bounds = bounds;
        for (int c = 0; c < 128; c++)
        {
            if (Search(c))
            {
                (c < 64 ? ref _low : ref _high) |= 1UL << (c & 63);
            }
        }
    }

    public static ScalarSet Empty { get; } = new([]);

    /// <summary>Every scalar except the line feed.</summary>
    public static ScalarSet Dot { get; } = Of('\n').Negate();

    /// <summary>The ranges: first scalar, end (exclusive), first, end, ...</summary>
    public ReadOnlySpan<int> Bounds => _bounds;

    public bool IsEmpty => _bounds.Length == 0;

    /// <summary>Whether the set contains a scalar beyond ASCII.</summary>
    public bool HasNonAscii => _bounds.Length > 0 && _bounds[^1] > 128;

    public static ScalarSet Of(int scalar) => new([scalar, scalar + 1]);

    public static ScalarSet Range(int first, int last) => new([first, last + 1]);

    public static ScalarSet OfFlags(UnicodeFlags flags) => Known("flags", (int)flags, scalar => UnicodeTables.Is(scalar, flags));

    public static ScalarSet OfCategories(uint categories) =>
        Known("categories", (int)categories, scalar => UnicodeTables.IsIn(scalar, categories));

    public static ScalarSet OfScript(int script) => Known("script", script, scalar => UnicodeTables.PatternScript(scalar) == script);

    public bool Contains(int scalar) => scalar < 128 ? ((scalar < 64 ? _low : _high) >> (scalar & 63) & 1) != 0 : Search(scalar);

    /// <summary>Returns the only scalar of the set, if there is one.</summary>
    public bool TrySingle(out int scalar)
    {
        scalar = _bounds.Length == 2 ? _bounds[0] : 0;
        return _bounds.Length == 2 && _bounds[1] == scalar + 1;
    }

    public ScalarSet Negate()
    {
        var bounds = new List<int>();
        int next = 0;
        for (int i = 0; i < _bounds.Length; i += 2)
        {
            Append(bounds, next, _bounds[i]);
            next = _bounds[i + 1];
        }

        Append(bounds, next, 0x110000);
        return new ScalarSet([.. bounds]);
    }

    public ScalarSet Union(ScalarSet other)
    {
        var ranges = new List<(int First, int End)>();
        foreach (int[] source in new[] { _bounds, other._bounds })
        {
            for (int i = 0; i < source.Length; i += 2)
            {
                ranges.Add((source[i], source[i + 1]));
            }
        }

        ranges.Sort();
        var bounds = new List<int>();
        foreach ((int first, int end) in ranges)
        {
            if (bounds.Count > 0 && bounds[^1] >= first)
            {
                bounds[^1] = Math.Max(bounds[^1], end);
            }
            else
            {
                Append(bounds, first, end);
            }
        }

        return new ScalarSet([.. bounds]);
    }

    public ScalarSet Intersect(ScalarSet other) => Negate().Union(other.Negate()).Negate();

    /// <summary>Returns the set with both cases of its ASCII letters, and with the long s and the Kelvin sign for theirs.</summary>
    public ScalarSet FoldAscii()
    {
        ScalarSet result = this;
        for (int lower = 'a'; lower <= 'z'; lower++)
        {
            bool special = lower == 's' && Contains(0x17F) || lower == 'k' && Contains(0x212A);
            if (Contains(lower) || Contains(lower ^ 0x20) || special)
            {
                result = result.Union(Of(lower)).Union(Of(lower ^ 0x20));
                result =
                    lower == 's' ? result.Union(Of(0x17F))
                    : lower == 'k' ? result.Union(Of(0x212A))
                    : result;
            }
        }

        return result;
    }

    private static ScalarSet Known(string kind, int argument, Func<int, bool> contains) =>
        s_known.GetOrAdd(
            (kind, argument),
            _ =>
            {
                var bounds = new List<int>();
                bool inside = false;
                for (int scalar = 0; scalar < 0x110000; scalar++)
                {
                    if (contains(scalar) != inside)
                    {
                        bounds.Add(scalar);
                        inside = !inside;
                    }
                }

                if (inside)
                {
                    bounds.Add(0x110000);
                }

                return new ScalarSet([.. bounds]);
            }
        );

    private static void Append(List<int> bounds, int first, int end)
    {
        if (first < end)
        {
            bounds.Add(first);
            bounds.Add(end);
        }
    }

    // Inside a range, the first bound above the scalar is an end, which has an odd index.
    private bool Search(int scalar)
    {
        int low = 0,
            high = _bounds.Length;
        while (low < high)
        {
            int middle = low + high >> 1;
            if (_bounds[middle] <= scalar)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return (low & 1) != 0;
    }
}
