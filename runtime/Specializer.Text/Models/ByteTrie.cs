using System;
using System.Collections.Generic;

namespace Specializer.Text.Models;

/// <summary>A trie over bytes. The children of a node are adjacent and ordered by their bytes.</summary>
internal sealed class ByteTrie
{
    private readonly byte[] _labels;
    private readonly int[] _firstChild;
    private readonly int[] _values;
    private readonly int[] _roots = new int[256];

    /// <summary>Builds a trie.</summary>
    /// <param name="keys">The keys; distinct and not empty.</param>
    /// <param name="values">The values; 0 or more.</param>
    public ByteTrie(List<byte[]> keys, List<int> values)
    {
        var order = new int[keys.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => keys[a].AsSpan().SequenceCompareTo(keys[b]));
        var labels = new List<byte>();
        var firstChild = new List<int>();
        var nodeValues = new List<int>();
        var queue = new Queue<(int Low, int High, int Depth)>();
        queue.Enqueue((0, order.Length, 0));
        bool isRoot = true;
        while (queue.Count > 0)
        {
            (int low, int high, int depth) = queue.Dequeue();
            if (!isRoot)
            {
                firstChild.Add(labels.Count);
            }

            isRoot = false;
            for (int start = low; start < high; )
            {
                byte label = keys[order[start]][depth];
                int end = start + 1;
                while (end < high && keys[order[end]][depth] == label)
                {
                    end++;
                }

                // The shortest key of a group comes first; it ends here if its length matches the depth.
                bool isEnd = keys[order[start]].Length == depth + 1;
                labels.Add(label);
                nodeValues.Add(isEnd ? values[order[start]] : -1);
                queue.Enqueue((isEnd ? start + 1 : start, end, depth + 1));
                start = end;
            }
        }

        firstChild.Add(labels.Count);
        _labels = [.. labels];
        _firstChild = [.. firstChild];
        _values = [.. nodeValues];
        Array.Fill(_roots, -1);
        for (int node = 0; node < (_firstChild.Length == 1 ? _labels.Length : _firstChild[0]); node++)
        {
            _roots[_labels[node]] = node;
        }
    }

    /// <summary>Returns the node of a first byte, or -1.</summary>
    public int Root(byte value) => _roots[value];

    /// <summary>Returns the child of a node, or -1.</summary>
    public int Child(int node, byte value)
    {
        int first = _firstChild[node],
            count = _firstChild[node + 1] - first;
        if (count <= 4)
        {
            for (int i = first; i < first + count; i++)
            {
                if (_labels[i] == value)
                {
                    return i;
                }
            }

            return -1;
        }

        int index = _labels.AsSpan(first, count).IndexOf(value);
        return index < 0 ? -1 : first + index;
    }

    /// <summary>Returns the value of a key that ends at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>Returns the value of the longest key at the start of a text, or -1.</summary>
    public int FindLongest(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        int found = -1;
        int node = text.IsEmpty ? -1 : Root(text[0]);
        for (int index = 1; node >= 0; index++)
        {
            if (_values[node] >= 0)
            {
                found = _values[node];
                length = index;
            }

            node = index < text.Length ? Child(node, text[index]) : -1;
        }

        return found;
    }
}
