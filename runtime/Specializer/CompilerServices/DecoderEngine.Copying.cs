using System;

namespace Specializer.CompilerServices;

/// <content>Copies of a cache, and the release of the pages that a cache does not use.</content>
public abstract unsafe partial class DecoderEngine
{
    /// <summary>Gets the blocks of the session's caches; empty if a session cannot be copied.</summary>
    protected virtual ReadOnlySpan<CacheBlocks> Caches => default;

    /// <summary>Copies the first positions, for <see cref="ICopyableSession"/>.</summary>
    /// <param name="destination">The session that continues after the positions.</param>
    /// <param name="positions">The number of positions.</param>
    protected void CopyCacheTo(IDecoderSession destination, int positions)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (ReferenceEquals(destination, this) || destination is not DecoderEngine other || !other.IsOf(Model))
        {
            throw new ArgumentException(
                $"The destination is {(ReferenceEquals(destination, this) ? "this session itself" : "of another model")}; expected another session of this {Description.Name}.",
                nameof(destination)
            );
        }

        Enter();
        try
        {
            other.Enter();
            try
            {
                bool isStale = CheckReturn(positions, nameof(positions), "copied up to");
                Hold();
                other.Hold();
                CopyBlocks(other, positions);
                other._prefix = positions == 0 ? 0 : _prefix;
                other._isLong = _isLong;
                other._isStale = positions > 0 && (_isStale || isStale);
                other._highestPosition = positions == 0 ? 0 : _highestPosition;
                other.Position = positions;
            }
            finally
            {
                other.Release();
                Release();
                other.Leave();
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Returns the pages after the position to the system, for <see cref="ICopyableSession"/>.</summary>
    protected void TrimCache()
    {
        Enter();
        try
        {
            Hold();
            if (MemoryGuard.Current is not null)
            {
                return;
            }

            foreach (CacheBlocks blocks in Caches)
            {
                bool keepsAll = blocks.GroupPositions == 0 || blocks.Positions < ContextLength;
                long used =
                    Position == 0 ? 0
                    : keepsAll ? blocks.Floats
                    : blocks.FloatsOf(Position);
                for (int i = 0; i < blocks.Count && used < blocks.Floats; i++)
                {
                    float* block = Memory + blocks.Offset + (i * blocks.Floats);
                    MappedPages.Discard((byte*)(block + used), (blocks.Floats - used) * sizeof(float));
                }
            }

            // A ring still contains the keys after the position; all other caches are zero there and are never read.
            _highestPosition = Position == 0 ? 0 : _highestPosition;
        }
        finally
        {
            Release();
            Leave();
        }
    }

    private void CopyBlocks(DecoderEngine other, int positions)
    {
        if (positions == 0)
        {
            return;
        }

        foreach (CacheBlocks blocks in Caches)
        {
            // The latest positions are anywhere in a ring.
            int held = blocks.Positions < ContextLength ? _highestPosition : positions;
            long floats = blocks.FloatsOf(held);
            for (int i = 0; i < blocks.Count; i++)
            {
                long offset = blocks.Offset + (i * blocks.Floats);
                long bytes = floats * sizeof(float);
                Buffer.MemoryCopy(Memory + offset, other.Memory + offset, bytes, bytes);
            }
        }

        if (_recomputes)
        {
            new ReadOnlySpan<int>(KeptTokens, positions).CopyTo(new Span<int>(other.KeptTokens, positions));
        }
    }
}
