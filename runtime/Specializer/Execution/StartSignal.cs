using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>What a team's threads wait for between runs: the count of runs started, and beside it what they need of the latest.</summary>
/// <remarks>
/// All lie on the same cache line, so that one fetch tells a thread all it needs, and are padded like
/// <see cref="PaddedCounter"/>.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 272)]
internal struct StartSignal
{
    /// <summary>The number of runs started.</summary>
    [FieldOffset(128)]
    public long Runs;

    /// <summary>The work of the latest run; <see langword="null"/> sends the threads home.</summary>
    [FieldOffset(136)]
    public ParallelWork? Work;

    /// <summary>The processor on which the caller began the latest run, or <see cref="Processors.Unknown"/>.</summary>
    [FieldOffset(144)]
    public int Processor;
}
