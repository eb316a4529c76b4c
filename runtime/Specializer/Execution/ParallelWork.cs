namespace Specializer;

/// <summary>
/// Work that a team of threads carries out together: every worker executes the same body on its own share.
/// </summary>
/// <remarks>
/// <para>
/// The share of a worker follows from its number and the number of workers. Results must not depend on them, so that one worker
/// computes the same bits as many.
/// </para>
/// <para>At most one caller runs an instance at a time. A type that offers it to several callers guards it.</para>
/// </remarks>
internal abstract class ParallelWork : IParallelWork
{
    private Rendezvous? _rendezvous;

    /// <summary>The body, executed once by every worker of a run, all at the same time.</summary>
    /// <remarks>
    /// Every worker has to call <see cref="Synchronize"/> equally often. An exception ends the run. The other workers abandon it
    /// at their next barrier, and the caller of the run gets the first exception.
    /// </remarks>
    /// <param name="worker">The number of this worker, from 0 to <paramref name="workers"/> - 1; 0 is the calling thread.</param>
    /// <param name="workers">The number of workers of this run, at least 1.</param>
    protected internal abstract void Execute(int worker, int workers);

    /// <summary>
    /// A barrier: returns once every worker of the run has called it as often as this one. Data that any worker writes before it
    /// is visible to all workers after it. Does nothing when one worker runs alone.
    /// </summary>
    /// <remarks>Call it from <see cref="Execute"/> only, on the thread on which that was called.</remarks>
    /// <exception cref="System.InvalidOperationException">
    /// Another worker returned from <see cref="Execute"/> after fewer barriers, so that this one would never open.
    /// </exception>
    protected void Synchronize() => _rendezvous?.Synchronize();

    /// <summary>Carries out all of the work on the calling thread.</summary>
    public void RunAlone()
    {
        Attach(null);
        Execute(0, 1);
    }

    void IParallelWork.Execute(int worker, int workers) => Execute(worker, workers);

    /// <inheritdoc/>
    public void Attach(Rendezvous? rendezvous)
    {
        // Unchanged from run to run of one session: an idle write would take the line away from the other workers.
        if (_rendezvous != rendezvous)
        {
            _rendezvous = rendezvous;
        }
    }
}
