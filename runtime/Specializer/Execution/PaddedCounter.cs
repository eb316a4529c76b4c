using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>
/// A counter that shares its cache line with no other written data. Only the write that a polling worker waits for invalidates
/// its line.
/// </summary>
/// <remarks>
/// The padding is 128 bytes on both sides: the largest cache line, and the pair of lines that x86 fetches together. It is on both
/// sides because the garbage collector can place the object anywhere.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    /// <summary>The count.</summary>
    [FieldOffset(128)]
    public long Value;
}
