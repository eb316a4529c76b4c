using System;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Specializer;

/// <summary>
/// A team of threads that waits for work and carries it out together with the calling thread, which is worker 0.
/// </summary>
/// <remarks>
/// Idle threads poll for some tens of microseconds, so that a run that follows closely finds them awake, and then
/// sleep. Runs allocate nothing. Several threads may use one team: it serves one at a time and turns the others away.
/// A team that is forgotten instead of disposed ends its threads when it is collected.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private const int Running = 1;
    private const int Disposed = 2;

    private readonly Rendezvous _rendezvous;
    private readonly Thread[] _threads;
    private readonly ManualResetEventSlim _lastRunEnded = new(initialState: false);
    private Thread? _caller;
    private int _state;

    /// <summary>Starts the threads of the team.</summary>
    /// <param name="workers">The number of workers, the caller of a run included; one thread less is started.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is less than 1.</exception>
    public WorkerTeam(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Workers = workers;

        // The threads hold the meeting place, not the team, so that a forgotten team can be collected.
        Rendezvous rendezvous = new(workers);
        _rendezvous = rendezvous;
        _threads = new Thread[workers - 1];
        for (int worker = 1; worker < workers; worker++)
        {
            int number = worker;
            _threads[worker - 1] = new Thread(() => rendezvous.Serve(number))
            {
                // Linux shows 15 characters of it.
                Name = FormattableString.Invariant($"Specializer {worker}/{workers}"),
                IsBackground = true,
            };
        }

        try
        {
            // Without the creator's execution context, whose values would otherwise live as long as the team.
            foreach (Thread thread in _threads)
            {
                thread.UnsafeStart();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Ends the threads of a team that was never disposed.</summary>
    ~WorkerTeam()
    {
        // Null where the constructor refused its argument.
        _rendezvous?.Stop();
    }

    /// <summary>The number of workers, the caller included.</summary>
    public int Workers { get; }

    /// <summary>
    /// Carries out the work on all workers and returns when all of them have finished.
    /// </summary>
    /// <param name="work">The work; no other caller may be running it.</param>
    /// <returns>
    /// Whether the work was done: <see langword="false"/>, at once, where another caller is using the team. The work
    /// can then be done by <see cref="ParallelWork.RunAlone"/>.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    /// <remarks>The first exception of any worker is thrown here with its original stack, after all have finished; the team remains usable.</remarks>
    public bool TryRun(ParallelWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        int state = Interlocked.CompareExchange(ref _state, Running, 0);
        if (state != 0)
        {
            ObjectDisposedException.ThrowIf((state & Disposed) != 0, this);
            return false;
        }

        _caller = Thread.CurrentThread;
        ExceptionDispatchInfo? fault = _rendezvous.Run(work);
        _caller = null;
        if ((Interlocked.And(ref _state, ~Running) & Disposed) != 0)
        {
            _lastRunEnded.Set();
        }

        fault?.Throw();
        return true;
    }

    /// <summary>
    /// Waits for a run in progress, ends the threads and returns when they have ended. Later calls only wait.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called by a worker of the run in progress, which it would have to wait for.</exception>
    public void Dispose()
    {
        Thread current = Thread.CurrentThread;
        if (current == Volatile.Read(ref _caller) || _threads.Contains(current))
        {
            throw new InvalidOperationException(
                "A team of workers was disposed by one of its own workers in the middle of a run. Dispose it after the run has returned."
            );
        }

        int state = Interlocked.Or(ref _state, Disposed);
        if ((state & Running) != 0)
        {
            _lastRunEnded.Wait();
        }

        if ((state & Disposed) == 0)
        {
            _rendezvous.Stop();
        }

        foreach (Thread thread in _threads)
        {
            if ((thread.ThreadState & ThreadState.Unstarted) == 0)
            {
                thread.Join();
            }
        }

        if ((state & Disposed) == 0)
        {
            _rendezvous.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}
