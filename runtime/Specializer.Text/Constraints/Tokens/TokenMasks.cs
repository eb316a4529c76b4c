using System;
using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>
/// The masks of a constraint over a vocabulary. A mask is the union over the readings of a state. The tokens inside the rule of
/// a reading are computed once for all its callers. Those that leave the rule are followed node by node.
/// </summary>
internal sealed class TokenMasks(RuleGraph graph, TokenTrie trie)
{
    // States and masks are computed again when they exceed these limits.
    private const int MaximumStates = 40_000;
    private const int MaximumMaskBytes = 64 << 20;

    private readonly LocalStates _local = new(graph);
    private readonly Dictionary<int, InnerTokens> _inner = [];
    private readonly Dictionary<int, ulong[]> _masks = [];
    private readonly int[] _path = new int[trie.MaximumDepth + 1];
    private TextStates? _states;

    public TextStates States => _states ??= new TextStates(graph, _local);

    public int MaskLength => (trie.VocabularySize + 63) / 64;

    /// <summary>Whether these tables are so large that new ones should be created.</summary>
    public bool AreFull =>
        _local.Count + States.Count > MaximumStates || (long)(_masks.Count + (2 * _inner.Count)) * MaskLength * 8 > MaximumMaskBytes;

    /// <summary>Returns the tokens that can follow in a state.</summary>
    public ReadOnlySpan<ulong> Mask(int state)
    {
        if (!_masks.TryGetValue(state, out ulong[]? mask))
        {
            mask = new ulong[MaskLength];
            foreach (int index in States.Readings(state))
            {
                AddReading(States.ReadingOf(index), mask);
            }

            _masks[state] = mask;
        }

        return mask;
    }

    private void AddReading(in Reading reading, Span<ulong> mask)
    {
        if (!_inner.TryGetValue(reading.Local, out InnerTokens? inner))
        {
            inner = InnerTokens.Find(_local, States, trie, reading.Local, _path);
            _inner[reading.Local] = inner;
        }

        LengthLimits? limits = States.LimitsOf(reading);
        inner.AddTo(mask, trie, limits, reading.Count);
        foreach (InnerExit exit in inner.Exits)
        {
            if (InnerTokens.TryCount(exit.Scalars, exit.IsClosing, limits, reading.Count, out int count))
            {
                int state = States.Continuation(reading, exit.Local, count);
                if (state != TextStates.Dead)
                {
                    Follow(exit.Node, state, mask);
                }
            }
        }
    }

    // Allows the tokens below a node whose bytes keep the text alive.
    private void Follow(int root, int state, Span<ulong> mask)
    {
        ReadOnlySpan<byte> labels = trie.Labels;
        ReadOnlySpan<ushort> depths = trie.Depths;
        ReadOnlySpan<int> ends = trie.Ends,
            tokens = trie.FirstTokens;
        _path[depths[root]] = state;
        int end = ends[root];
        for (int node = root + 1; node < end; )
        {
            int depth = depths[node];
            int next = States.Next(_path[depth - 1], labels[node]);
            if (next == TextStates.Dead)
            {
                node = ends[node];
                continue;
            }

            _path[depth] = next;
            if (tokens[node] >= 0)
            {
                trie.Allow(node, mask);
            }

            node++;
        }
    }
}
