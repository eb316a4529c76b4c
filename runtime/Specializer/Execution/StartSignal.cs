using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>
/// The signal that a team's threads wait for between runs: the number of started runs, and the data of the latest run.
/// </summary>
/// <remarks>
/// All fields share a cache line, so that one fetch gives a thread everything it needs. They are padded like
/// <see cref="PaddedCounter"/>.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 272)]
internal struct StartSignal
{
    /// <summary>The number of started runs.</summary>
    [FieldOffset(128)]
    public long Runs;

    /// <summary>The work of the latest run; <see langword="null"/> stops the workers.</summary>
    [FieldOffset(136)]
    public IParallelWork? Work;

    /// <summary>The processor on which the caller started the latest run, or <see cref="Processors.Unknown"/>.</summary>
    [FieldOffset(144)]
    public int Processor;
}
