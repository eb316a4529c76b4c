using System;
using Specializer.CompilerServices;

namespace Specializer;

/// <content>Steps in which sessions have different numbers of tokens.</content>
public sealed unsafe partial class DecoderBatch
{
    /// <summary>Gets the largest number of tokens of a step, of all its items together: the model's chunk length.</summary>
    public int RowCapacity => _model.Description.ChunkLength;

    /// <summary>
    /// Processes tokens of several sessions together: slices of prompts beside single tokens of others. Every session gets the
    /// bits that it gets alone.
    /// </summary>
    /// <param name="items">
    /// The items, 1 to <see cref="Capacity"/>, each of another session, with at most <see cref="RowCapacity"/> tokens in all.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is no item, or there are too many items or tokens. An item has no token. A session occurs twice, is of another model,
    /// or has too few free positions for its tokens.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">Another call on this batch or on one of the sessions is running.</exception>
    /// <exception cref="OriginalLengthException">A session would recompute its cache, and the model's options forbid it.</exception>
    /// <exception cref="ObjectDisposedException">The model or one of the sessions is disposed.</exception>
    /// <remarks>
    /// After an exception, every session is as it was before the call. <see cref="LogitsOf"/> returns the logits after the last
    /// token of an item. A long slice by itself is faster with
    /// <see cref="IDecoderSession.Prefill(ReadOnlySpan{int}, System.Threading.CancellationToken)"/>, whose attention processes rows in tiles.
    /// </remarks>
    public void Step(ReadOnlySpan<BatchItem> items)
    {
        Begin();
        int entered = 0;
        try
        {
            Check(items);
            for (; entered < items.Length; entered++)
            {
                EnterMember(items[entered].Session, entered, nameof(items));
            }

            CheckRoom(items);
            _rows.Set(items, _members, _logitsRows);
            Count = 0;
            _members[0].ProcessRows(_members, items, _rows, _logits.Address);
            Count = items.Length;
        }
        finally
        {
            _rows.Clear();
            End(entered);
        }
    }

    private void Check(ReadOnlySpan<BatchItem> items)
    {
        if (items.IsEmpty || items.Length > Capacity)
        {
            throw new ArgumentException($"There are {items.Length} items; the batch was created for 1 to {Capacity}.", nameof(items));
        }

        long rows = 0;
        for (int i = 0; i < items.Length; i++)
        {
            CheckModel(items[i].Session, i, nameof(items));
            if (items[i].Tokens.IsEmpty)
            {
                throw new ArgumentException($"Item {i} has no token; give at least one.", nameof(items));
            }

            rows += items[i].Tokens.Length;
            ((DecoderEngine)items[i].Session).CheckTokens(items[i].Tokens.Span);
        }

        if (rows > RowCapacity)
        {
            throw new ArgumentException(
                $"The items have {rows} tokens; a step of {_model.Description.Name} has at most {RowCapacity}, the rows of a chunk. Pass shorter slices.",
                nameof(items)
            );
        }
    }

    private void CheckRoom(ReadOnlySpan<BatchItem> items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            DecoderEngine session = _members[i];
            int count = items[i].Tokens.Length;
            if (count > session.ContextLength - session.Position)
            {
                throw new ArgumentException(
                    $"{count} more tokens do not fit into session {i}: {_model.Description.Name} has a context of {session.ContextLength} positions, of which {session.Position} are taken. Call Truncate or Reset first.",
                    nameof(items)
                );
            }

            if (_model.Description.OriginalContextLength > 0)
            {
                session.CheckCrossing(count, $"session {i} of the step");
            }
        }
    }
}
