using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Specializer.Serving;

/// <summary>A session with the tokens of its cache. Only the engine's thread uses it.</summary>
internal sealed class PooledSession(IDecoderSession session) : IDisposable
{
    public IDecoderSession Session { get; } = session;

    /// <summary>Gets the tokens of the cache, in order.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>Gets or sets the scope of the tokens.</summary>
    public CacheScope Scope { get; set; }

    /// <summary>Gets or sets the number of the last use; larger is later.</summary>
    public long LastUse { get; set; }

    /// <summary>Returns how many first tokens of a prompt the cache contains, if it is of the same scope.</summary>
    public int Common(ReadOnlySpan<int> prompt, CacheScope scope) =>
        scope == Scope ? CollectionsMarshal.AsSpan(Tokens).CommonPrefixLength(prompt) : 0;

    /// <summary>Removes all positions but the first ones; all of them if the session cannot return to those.</summary>
    public int Keep(int positions)
    {
        try
        {
            if (Session is ITruncatableSession truncatable)
            {
                truncatable.Truncate(positions);
            }
            else if (positions < Session.Position)
            {
                Session.Reset();
            }
        }
        catch (InvalidOperationException) when (positions > 0)
        {
            // Caches of sliding windows cannot return to every position.
            Session.Reset();
        }

        Synchronize();
        return Session.Position;
    }

    /// <summary>Removes tokens after the session's position: a step that failed can leave fewer positions.</summary>
    public void Synchronize()
    {
        if (Tokens.Count > Session.Position)
        {
            Tokens.RemoveRange(Session.Position, Tokens.Count - Session.Position);
        }
    }

    public void Dispose() => Session.Dispose();
}
