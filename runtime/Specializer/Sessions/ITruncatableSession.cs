using System;

namespace Specializer;

/// <summary>A decoder's session whose last positions can be removed, so that another continuation can be computed.</summary>
/// <remarks>Sessions of models with linear attention cannot: one state stands for all positions.</remarks>
public interface ITruncatableSession : IDecoderSession
{
    /// <summary>Removes all positions from the given one on.</summary>
    /// <remarks>
    /// A model with LongRoPE returns to its short rotary factors where the next call ends at most at the original length; that
    /// call then recomputes the positions that are kept. If it ends past that length, nothing is recomputed.
    /// </remarks>
    /// <param name="position">The number of positions to keep, at most <see cref="IDecoderSession.Position"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is negative or greater than <see cref="IDecoderSession.Position"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The position lies in a prefix; the caches of a sliding window no longer hold what it needs; or another call on this
    /// session is running.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    void Truncate(int position);
}
