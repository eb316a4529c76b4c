using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>
/// A counter that shares its cache line with nothing else that is written, so that a worker polling it is disturbed
/// only by the write that it waits for.
/// </summary>
/// <remarks>
/// 128 bytes on either side: the line of the largest processors, and the pair of lines that x86 fetches together. As
/// the padding lies on both sides, it holds wherever the collector puts the object.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    /// <summary>The count.</summary>
    [FieldOffset(128)]
    public long Value;
}
