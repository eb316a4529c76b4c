using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Constraints;

/// <summary>
/// The bytes of all tokens as a tree in preorder: the descendants of a node follow it, up to its end. Tokens without bytes and
/// control tokens are not in it.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly ushort[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;
    private readonly int[] _nextTokens;

    /// <summary>Creates a tree.</summary>
    /// <param name="tokens">The bytes of each token; null or empty for a token that is left out.</param>
    public TokenTrie(IReadOnlyList<byte[]?> tokens)
    {
        VocabularySize = tokens.Count;
        _nextTokens = new int[tokens.Count];
        Array.Fill(_nextTokens, -1);
        int[] order = [.. Enumerable.Range(0, tokens.Count).Where(token => tokens[token] is { Length: > 0 and <= ushort.MaxValue })];
        Array.Sort(order, (left, right) => tokens[left].AsSpan().SequenceCompareTo(tokens[right]));
        var labels = new List<byte>();
        var depths = new List<ushort>();
        var firstTokens = new List<int>();
        var ends = new List<int>();
        var path = new List<int>();
        byte[] previous = [];
        foreach (int token in order)
        {
            byte[] bytes = tokens[token]!;
            int common = previous.AsSpan().CommonPrefixLength(bytes);
            while (path.Count > common)
            {
                ends[path[^1]] = labels.Count;
                path.RemoveAt(path.Count - 1);
            }

            for (int i = common; i < bytes.Length; i++)
            {
                path.Add(labels.Count);
                labels.Add(bytes[i]);
                depths.Add((ushort)i);
                firstTokens.Add(-1);
                ends.Add(0);
            }

            _nextTokens[token] = firstTokens[path[^1]];
            firstTokens[path[^1]] = token;
            previous = bytes;
        }

        foreach (int node in path)
        {
            ends[node] = labels.Count;
        }

        (_labels, _depths, _firstTokens, _ends) = ([.. labels], [.. depths], [.. firstTokens], [.. ends]);
        MaximumDepth = depths.Count == 0 ? 0 : depths.Max() + 1;
    }

    /// <summary>The number of tokens, with those that are left out.</summary>
    public int VocabularySize { get; }

    /// <summary>The bytes of the longest token.</summary>
    public int MaximumDepth { get; }

    /// <summary>The number of nodes.</summary>
    public int Count => _labels.Length;

    /// <summary>The last byte of each node.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>The number of bytes before the last one of each node.</summary>
    public ReadOnlySpan<ushort> Depths => _depths;

    /// <summary>The index after the last descendant of each node.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>The first token of each node, or -1.</summary>
    public ReadOnlySpan<int> FirstTokens => _firstTokens;

    /// <summary>Sets the bits of all tokens with the bytes of a node.</summary>
    public void Allow(int node, Span<ulong> mask)
    {
        for (int token = _firstTokens[node]; token >= 0; token = _nextTokens[token])
        {
            mask[token / 64] |= 1UL << (token % 64);
        }
    }
}
