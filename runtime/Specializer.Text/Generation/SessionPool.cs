using System;
using System.Collections.Generic;

namespace Specializer.Text.Generation;

/// <summary>Sessions that are not in use, so that the next message of a chat computes only its new tokens.</summary>
internal sealed class SessionPool(TransformerModel model, int kept) : IDisposable
{
    private readonly List<SessionAdapter> _idle = [];
    private bool _disposed;

    /// <summary>The session that holds most of the prompt's beginning, or a new one.</summary>
    public SessionAdapter Rent(ReadOnlySpan<int> prompt)
    {
        lock (_idle)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(TextGenerator));
            int best = -1,
                longest = -1;
            for (int i = 0; i < _idle.Count; i++)
            {
                int common = _idle[i].CommonPrefix(prompt);
                (best, longest) = common > longest ? (i, common) : (best, longest);
            }

            if (best >= 0)
            {
                SessionAdapter session = _idle[best];
                _idle.RemoveAt(best);
                return session;
            }
        }

        return new SessionAdapter(model);
    }

    public void Return(SessionAdapter session)
    {
        SessionAdapter? surplus = null;
        lock (_idle)
        {
            if (_disposed || kept == 0)
            {
                surplus = session;
            }
            else
            {
                // The latest stays; the one that was idle for longest goes.
                _idle.Add(session);
                if (_idle.Count > kept)
                {
                    surplus = _idle[0];
                    _idle.RemoveAt(0);
                }
            }
        }

        surplus?.Dispose();
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _disposed = true;
            _idle.ForEach(session => session.Dispose());
            _idle.Clear();
        }
    }
}
