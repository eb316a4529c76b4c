namespace Specializer;

/// <summary>Work that a team of threads carries out together, as <see cref="WorkerTeam"/> sees it.</summary>
internal interface IParallelWork
{
    /// <summary>Executes the share of one worker. Every worker of a run calls it once, all at the same time.</summary>
    /// <param name="worker">The number of this worker, from 0 to <paramref name="workers"/> - 1; 0 is the calling thread.</param>
    /// <param name="workers">The number of workers of the run, at least 1.</param>
    void Execute(int worker, int workers);

    /// <summary>Ties the work to the workers that are about to run it, or with <see langword="null"/> to the calling thread alone.</summary>
    void Attach(Rendezvous? rendezvous);
}
