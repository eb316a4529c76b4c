using System;

namespace Specializer.Tests.EndToEnd;

/// <summary>Asks every worker of a team how many bytes it has allocated so far, and allocates none for it.</summary>
internal sealed class AllocationCount(int workers) : ParallelWork
{
    private readonly long[] _bytes = new long[workers];

    /// <summary>The answers of the last run, the caller's left out.</summary>
    public long[] OfWorkersButTheCaller => _bytes[1..];

    /// <inheritdoc/>
    protected internal override void Execute(int worker, int workers) => _bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
}
