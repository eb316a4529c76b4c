using System;

namespace Specializer.Tests.Execution;

/// <summary>Work whose body a test writes where it needs it; its third argument is the barrier.</summary>
internal sealed class DelegatedWork(Action<int, int, Action> body) : ParallelWork
{
    private Action? _synchronize;

    protected internal override void Execute(int worker, int workers) => body(worker, workers, _synchronize ??= Synchronize);
}
