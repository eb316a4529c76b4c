using System;

namespace Specializer;

/// <summary>A decoder's session whose last positions can be removed, so that another continuation can be computed.</summary>
/// <remarks>Sessions of models with linear attention cannot be truncated, because one state represents all positions.</remarks>
public interface ITruncatableSession : IDecoderSession
{
    /// <summary>Removes all positions from the given one on.</summary>
    /// <remarks>
    /// A model with LongRoPE returns to its short rotary factors if the next call ends within the original length. That call then
    /// recomputes the kept positions. If it ends past that length, nothing is recomputed.
    /// </remarks>
    /// <param name="position">The number of positions to keep, at most <see cref="IDecoderSession.Position"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is negative or greater than
    /// <see cref="IDecoderSession.Position"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The position is within a prefix, or the caches of a sliding window no longer contain the keys that it needs. Or another
    /// call on this session is running.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    void Truncate(int position);
}
