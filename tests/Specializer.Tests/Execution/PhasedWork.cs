using System;
using System.Threading;

namespace Specializer.Tests.Execution;

/// <summary>
/// Work in phases. In each one, every worker writes its own cell without a fence and then, after a barrier, reads all others. A
/// value that it does not find there counts as an error.
/// </summary>
internal sealed class PhasedWork(int phases, Action<int, int>? beforePhase = null) : ParallelWork
{
    private readonly long[] _cells = new long[64];
    private long _base;
    private int _errors;

    public int Errors => Volatile.Read(ref _errors);

    protected internal override void Execute(int worker, int workers)
    {
        for (int phase = 1; phase <= phases; phase++)
        {
            beforePhase?.Invoke(worker, phase);
            _cells[worker] = _base + phase;
            Synchronize();
            for (int other = 0; other < workers; other++)
            {
                if (_cells[other] != _base + phase)
                {
                    Interlocked.Increment(ref _errors);
                }
            }

            Synchronize();
        }

        if (worker == 0)
        {
            _base += phases;
        }

        Synchronize();
    }
}
