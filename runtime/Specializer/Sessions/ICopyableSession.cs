using System;

namespace Specializer;

/// <summary>A decoder's session whose cache can be copied to another session, so that both continue the same tokens.</summary>
/// <remarks>A copy reads and writes the cache once, which is much faster than computing the positions again. It has the same bits.</remarks>
public interface ICopyableSession : IDecoderSession
{
    /// <summary>Makes another session continue after the first positions of this one. The other session loses what it held.</summary>
    /// <param name="destination">Another session of the same model.</param>
    /// <param name="positions">The number of positions, at most <see cref="IDecoderSession.Position"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is this session or is of another model.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="positions"/> is negative or greater than
    /// <see cref="IDecoderSession.Position"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The positions end within a prefix, or the caches of a sliding window no longer contain the keys that they need. A state of
    /// linear attention represents all positions. Or another call on one of the sessions is running.
    /// </exception>
    /// <exception cref="ObjectDisposedException">One of the sessions is disposed.</exception>
    void CopyTo(IDecoderSession destination, int positions);

    /// <summary>Returns the memory after <see cref="IDecoderSession.Position"/> to the system; the session can still use it.</summary>
    /// <remarks>
    /// Whole pages are released, and only on Linux. Caches of a sliding window and states are kept unless the session is empty.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    void Trim();
}
