using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Constraints;

/// <summary>A node of the tree of tokens at which a text leaves its rule: at a call or an end.</summary>
/// <param name="Node">The node.</param>
/// <param name="Local">The local state there.</param>
/// <param name="Scalars">The number of scalars that started before.</param>
/// <param name="IsClosing">Whether the quote that ends a counted rule came before.</param>
internal readonly record struct InnerExit(int Node, int Local, int Scalars, bool IsClosing);

/// <summary>
/// The tokens inside one rule, from one of its local states. In a counted rule they are sorted by their scalars.
/// </summary>
internal sealed class InnerTokens
{
    private readonly List<(int Node, int Scalars)> _content = [];
    private readonly List<(int Node, int Scalars)> _closing = [];
    private readonly ConcurrentDictionary<int, ulong[]> _byScalars = new();
    private int _mostScalars;

    private InnerTokens() { }

    private InnerTokens(InnerTokens other, int exit)
    {
        (_content, _closing, _byScalars, _mostScalars) = (other._content, other._closing, other._byScalars, other._mostScalars);
        Exits = [.. other.Exits.Select(item => item with { Local = exit })];
    }

    /// <summary>The nodes at which the text leaves the rule and longer tokens go on.</summary>
    public List<InnerExit> Exits { get; } = [];

    /// <summary>Returns the same tokens for another constraint, in which the rule ends in another local state.</summary>
    public InnerTokens WithExit(int local) => new(this, local);

    /// <summary>Follows all tokens from a local state as long as they stay in its rule.</summary>
    public static InnerTokens Find(LocalStates local, TextStates states, TokenTrie trie, int start, int[] path)
    {
        var result = new InnerTokens();
        var scalars = new int[path.Length];
        var closed = new bool[path.Length];
        ReadOnlySpan<byte> labels = trie.Labels;
        ReadOnlySpan<ushort> depths = trie.Depths;
        ReadOnlySpan<int> ends = trie.Ends,
            tokens = trie.FirstTokens;
        for (int node = 0; node < trie.Count; )
        {
            int depth = depths[node];
            int from = depth == 0 ? start : path[depth - 1];
            int next = local.Next(from, labels[node]);
            if (next == LocalStates.Dead)
            {
                node = ends[node];
                continue;
            }

            path[depth] = next;
            bool between = states.IsBetweenScalars(from);
            scalars[depth] = (depth == 0 ? 0 : scalars[depth - 1]) + (between && labels[node] != '"' ? 1 : 0);
            closed[depth] = (depth > 0 && closed[depth - 1]) || (between && labels[node] == '"');
            if (tokens[node] >= 0)
            {
                (closed[depth] ? result._closing : result._content).Add((node, scalars[depth]));
                result._mostScalars = Math.Max(result._mostScalars, scalars[depth]);
            }

            if (ends[node] > node + 1 && (local.Accepts(next) || !local.Calls(next).IsEmpty))
            {
                result.Exits.Add(new InnerExit(node, next, scalars[depth], closed[depth]));
            }

            node++;
        }

        return result;
    }

    /// <summary>Allows the tokens that fit into the limits.</summary>
    public void AddTo(Span<ulong> mask, TokenTrie trie, LengthLimits? limits, int count)
    {
        int room = limits is { Maximum: >= 0 } ? limits.Maximum - count : int.MaxValue;
        ReadOnlySpan<ulong> content = Content(trie, room);
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] |= content[i];
        }

        foreach ((int node, int scalars) in _closing)
        {
            if (TryCount(scalars, isClosing: true, limits, count, out _))
            {
                trie.Allow(node, mask);
            }
        }
    }

    /// <summary>Counts scalars of a token; false if there are too many, or too few at the end of the rule.</summary>
    public static bool TryCount(int scalars, bool isClosing, LengthLimits? limits, int count, out int result)
    {
        result = count;
        if (limits is null)
        {
            return true;
        }

        result = limits.Maximum < 0 ? Math.Min(count + scalars, limits.Minimum) : count + scalars;
        return (limits.Maximum < 0 || result <= limits.Maximum) && (!isClosing || result >= limits.Minimum);
    }

    private ulong[] Content(TokenTrie trie, int room)
    {
        room = Math.Min(room, _mostScalars);
        return _byScalars.TryGetValue(room, out ulong[]? mask) ? mask : _byScalars.GetOrAdd(room, Create(trie, room));
    }

    private ulong[] Create(TokenTrie trie, int room)
    {
        var mask = new ulong[(trie.VocabularySize + 63) / 64];
        foreach ((int node, int scalars) in _content)
        {
            if (scalars <= room)
            {
                trie.Allow(node, mask);
            }
        }

        return mask;
    }
}
