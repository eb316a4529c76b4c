using System;

namespace Specializer.Benchmarks;

/// <summary>A kernel that all workers of a team call repeatedly, with a barrier after each call, as in a session.</summary>
internal sealed class KernelRun(Action<int, int, int> kernel, int rows, int calls) : ParallelWork
{
    /// <inheritdoc/>
    protected internal override void Execute(int worker, int workers)
    {
        for (int call = 0; call < calls; call++)
        {
            kernel(rows, worker, workers);
            Synchronize();
        }
    }
}
