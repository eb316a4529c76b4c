using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>A step of a batch with several rows of a session.</content>
public abstract unsafe partial class DecoderEngine
{
    /// <summary>The distance of each row from the position of its session; null unless every row is a sequence of its own.</summary>
    private int[]? _rowOffsets;

    /// <summary>
    /// Processes checked tokens of several sessions of one model. This session is the first and owns the activations.
    /// <see cref="DecoderBatch"/>, the caller, has entered all of them.
    /// </summary>
    /// <param name="sessions">The sessions, one for each item.</param>
    /// <param name="items">The items.</param>
    /// <param name="rows">The rows of the items.</param>
    /// <param name="logits">Receives the logits of the rows from <see cref="BatchRows.FirstLogits"/> on.</param>
    internal void ProcessRows(DecoderEngine[] sessions, ReadOnlySpan<BatchItem> items, BatchRows rows, float* logits)
    {
        ThrowIfModelIsDisposed();
        int begun = 0;
        try
        {
            while (begun < items.Length)
            {
                DecoderEngine session = sessions[begun];
                session._before = session.Position;
                session._isKept = false;
                ReadOnlySpan<int> tokens = items[begun++].Tokens.Span;
                session.Begin(tokens, isPrefix: false, CancellationToken.None);
            }

            _members = rows.Members;
            _rowOffsets = rows.Offsets;
            SequencesInWork = rows.Count;
            Rows = rows.Count;
            Logits = logits;
            FirstLogitsRow = rows.FirstLogits;
            FindsMostProbable = false;
            for (int i = 0; i < items.Length; i++)
            {
                DecoderEngine session = sessions[i];
                session._highestPosition = Math.Max(session._highestPosition, session.Position + items[i].Tokens.Length);
            }

            fixed (int* first = rows.Tokens)
            {
                Tokens = first;
                Compute();
            }

            for (int i = 0; i < items.Length; i++)
            {
                sessions[i].Position += items[i].Tokens.Length;
            }
        }
        catch
        {
            for (int i = 0; i < begun; i++)
            {
                sessions[i].Undo();
            }

            throw;
        }
        finally
        {
            _members = null;
            _rowOffsets = null;
            SequencesInWork = 1;
            Tokens = null;
            Logits = null;
            for (int i = 0; i < begun; i++)
            {
                sessions[i].Release();
            }
        }
    }
}
