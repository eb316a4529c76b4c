using System;
using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>
/// The masks of a constraint over a vocabulary. A mask is the union over the readings of a state. The tokens inside the rule of
/// a reading are computed once for all its callers. Those that leave the rule are followed node by node.
/// </summary>
internal sealed class TokenMasks(RuleGraph graph, TokenText text)
{
    // States and masks are computed again when they exceed these limits.
    private const int MaximumStates = 40_000;
    private const int MaximumMaskBytes = 64 << 20;

    private readonly TokenTrie _trie = text.Trie;
    private readonly LocalStates _local = new(graph);
    private readonly Dictionary<int, InnerTokens> _inner = [];
    private readonly Dictionary<int, ulong[]> _masks = [];
    private readonly int[] _path = new int[text.Trie.MaximumDepth + 1];
    private TextStates? _states;

    public TextStates States => _states ??= new TextStates(graph, _local);

    public int MaskLength => (_trie.VocabularySize + 63) / 64;

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
            // All constraints share the tokens of JSON strings, which are most of a vocabulary.
            inner = States.IsBetweenScalars(reading.Local)
                ? text.StringTokens.WithExit(_local.Next(reading.Local, (byte)'"'))
                : InnerTokens.Find(_local, States, _trie, reading.Local, _path);
            _inner[reading.Local] = inner;
        }

        LengthLimits? limits = States.LimitsOf(reading);
        inner.AddTo(mask, _trie, limits, reading.Count);
        (int Local, int Count, int State) last = (LocalStates.Dead, 0, TextStates.Dead);
        foreach (InnerExit exit in inner.Exits)
        {
            if (InnerTokens.TryCount(exit.Scalars, exit.IsClosing, limits, reading.Count, out int count))
            {
                // Most exits of a rule are at its end.
                int state = (exit.Local, count) == (last.Local, last.Count) ? last.State : States.Continuation(reading, exit.Local, count);
                last = (exit.Local, count, state);
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
        ReadOnlySpan<byte> labels = _trie.Labels;
        ReadOnlySpan<ushort> depths = _trie.Depths;
        ReadOnlySpan<int> ends = _trie.Ends,
            tokens = _trie.FirstTokens;
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
                _trie.Allow(node, mask);
            }

            node++;
        }
    }
}
