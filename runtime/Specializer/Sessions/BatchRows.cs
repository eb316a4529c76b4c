using System;
using Specializer.CompilerServices;

namespace Specializer;

/// <summary>The rows of a step in which sessions have different numbers of tokens.</summary>
/// <remarks>
/// Each row is a sequence of its own for the kernels: rows of one session have its cache and consecutive positions. The rows whose
/// logits are computed are last, so that the head processes no others. Rows of a session keep their order.
/// </remarks>
/// <param name="capacity">The largest number of rows.</param>
internal sealed class BatchRows(int capacity)
{
    /// <summary>Gets the session of each row.</summary>
    public DecoderEngine[] Members { get; } = new DecoderEngine[capacity];

    /// <summary>Gets the distance of each row from the position of its session.</summary>
    public int[] Offsets { get; } = new int[capacity];

    /// <summary>Gets the token of each row.</summary>
    public int[] Tokens { get; } = new int[capacity];

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the first row whose logits are computed.</summary>
    public int FirstLogits { get; private set; }

    /// <summary>Lays out the rows of items.</summary>
    /// <param name="items">The items, at most <see cref="Members"/> has rows in all.</param>
    /// <param name="sessions">The session of each item.</param>
    /// <param name="logitsRows">Receives the row of logits of each item; -1 for an item that does not need them.</param>
    public void Set(ReadOnlySpan<BatchItem> items, DecoderEngine[] sessions, Span<int> logitsRows)
    {
        Count = 0;
        for (int i = 0; i < items.Length; i++)
        {
            Append(items[i], sessions[i], 0, items[i].Tokens.Length - (items[i].NeedsLogits ? 1 : 0));
        }

        FirstLogits = Count;
        for (int i = 0; i < items.Length; i++)
        {
            logitsRows[i] = items[i].NeedsLogits ? Count - FirstLogits : -1;
            if (items[i].NeedsLogits)
            {
                Append(items[i], sessions[i], items[i].Tokens.Length - 1, items[i].Tokens.Length);
            }
        }
    }

    /// <summary>Releases the sessions, so that a batch does not keep them alive.</summary>
    public void Clear()
    {
        Array.Clear(Members, 0, Count);
        Count = 0;
    }

    private void Append(in BatchItem item, DecoderEngine session, int start, int end)
    {
        ReadOnlySpan<int> tokens = item.Tokens.Span;
        for (int offset = start; offset < end; offset++)
        {
            Members[Count] = session;
            Offsets[Count] = offset;
            Tokens[Count++] = tokens[offset];
        }
    }
}
