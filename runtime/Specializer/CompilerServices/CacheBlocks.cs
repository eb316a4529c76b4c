using System;
using System.ComponentModel;

namespace Specializer.CompilerServices;

/// <summary>Blocks of a cache that have equal sizes: the keys or the values of every head of some layers. For generated code.</summary>
/// <param name="Offset">The offset of the first block in the session's memory, in floats.</param>
/// <param name="Count">The number of blocks.</param>
/// <param name="Floats">The number of floats of a block.</param>
/// <param name="GroupPositions">The number of positions that are stored together; 0 for a state that represents all positions.</param>
/// <param name="GroupFloats">The number of floats of such a group.</param>
/// <param name="Positions">The number of positions that a block contains; those of a ring are fewer than the context has.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CacheBlocks(long Offset, int Count, long Floats, int GroupPositions, int GroupFloats, int Positions)
{
    /// <summary>Returns how many floats of a block the first positions occupy, in whole groups.</summary>
    internal long FloatsOf(int positions) =>
        GroupPositions == 0
            ? Floats
            : Math.Min(Floats, (Math.Min(positions, Positions) + (long)GroupPositions - 1) / GroupPositions * GroupFloats);
}
