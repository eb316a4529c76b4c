using System;
using System.Collections.Generic;

namespace Specializer.Serving;

/// <summary>All sessions of an engine, as many as its memory holds. Only the engine's thread uses it.</summary>
internal sealed class SessionPool(IDecoderModel model, int capacity, int minimumPrefix) : IDisposable
{
    private readonly List<PooledSession> _idle = [];
    private readonly List<PooledSession> _busy = [];
    private long _uses;

    public int Capacity => capacity;

    public int Count => _idle.Count + _busy.Count;

    public int Idle => _idle.Count;

    /// <summary>Gets the number of caches that were overwritten by other prompts.</summary>
    public long Evictions { get; private set; }

    public bool HasRoom => _idle.Count > 0 || Count < capacity;

    /// <summary>
    /// Takes a session for a prompt: an idle one with the longest common beginning, or a copy of a busy one. Without either, it is a
    /// new one, or the one that was idle for longest. The last token of the prompt is always computed again, because its logits are needed.
    /// </summary>
    /// <returns>The session, whose position is the number of tokens that are reused.</returns>
    public PooledSession Rent(ReadOnlySpan<int> prompt, CacheScope scope)
    {
        (PooledSession? best, int common) = Longest(_idle, prompt, scope);
        (PooledSession? origin, int copied) = Longest(_busy, prompt, scope);
        if (copied > common && origin!.Session is ICopyableSession && HasRoom)
        {
            PooledSession copy = TakeOther(scope);
            if (TryCopy(origin, copy, copied))
            {
                return copy;
            }

            copy.Keep(0);
            return copy;
        }

        if (best is not null)
        {
            Take(best, scope).Keep(common);
            return best;
        }

        PooledSession other = TakeOther(scope);
        other.Keep(0);
        return other;
    }

    public void Return(PooledSession session)
    {
        session.Synchronize();
        session.LastUse = ++_uses;
        _busy.Remove(session);
        _idle.Add(session);

        // The pages after the kept positions go back to the system.
        (session.Session as ICopyableSession)?.Trim();
    }

    public void Dispose()
    {
        _idle.ForEach(static session => session.Dispose());
        _busy.ForEach(static session => session.Dispose());
        _idle.Clear();
        _busy.Clear();
    }

    private (PooledSession? Session, int Common) Longest(List<PooledSession> sessions, ReadOnlySpan<int> prompt, CacheScope scope)
    {
        (PooledSession? best, int longest) = (null, 0);
        foreach (PooledSession session in sessions)
        {
            int common = Math.Min(session.Common(prompt, scope), prompt.Length - 1);
            if (common >= minimumPrefix && common > longest)
            {
                (best, longest) = (session, common);
            }
        }

        return (best, longest);
    }

    private static bool TryCopy(PooledSession origin, PooledSession copy, int positions)
    {
        try
        {
            ((ICopyableSession)origin.Session).CopyTo(copy.Session, positions);
        }
        catch (InvalidOperationException)
        {
            // A window or a state does not allow it.
            return false;
        }

        copy.Tokens.Clear();
        copy.Tokens.AddRange(origin.Tokens[..positions]);
        return true;
    }

    private PooledSession TakeOther(CacheScope scope)
    {
        PooledSession? session = _idle.Find(static session => session.Tokens.Count == 0);
        if (session is null && Count < capacity)
        {
            session = new PooledSession(model.CreateSession());
            _busy.Add(session);
            session.Scope = scope;
            return session;
        }

        if (session is null)
        {
            session = _idle[0];
            foreach (PooledSession candidate in _idle)
            {
                session = candidate.LastUse < session.LastUse ? candidate : session;
            }

            Evictions++;
        }

        return Take(session, scope);
    }

    private PooledSession Take(PooledSession session, CacheScope scope)
    {
        _idle.Remove(session);
        _busy.Add(session);
        if (session.Scope != scope)
        {
            session.Tokens.Clear();
            session.Session.Reset();
            session.Scope = scope;
        }

        return session;
    }
}
