using System;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Specializer;

/// <summary>A team of threads that executes work together with the calling thread, which is worker 0.</summary>
/// <remarks>
/// Idle threads poll for tens of microseconds, so that a run that follows closely finds them awake, and then sleep. Runs do not
/// allocate. Several threads can use one team: it serves one of them at a time and rejects the others. The finalizer ends the
/// threads of a team that is not disposed.
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
    /// <param name="workers">The number of workers, including the caller of a run; one thread less is started.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is less than 1.</exception>
    public WorkerTeam(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Workers = workers;

        // The threads reference the rendezvous and not the team, so that a team that is not disposed can be collected.
        Rendezvous rendezvous = new(workers);
        _rendezvous = rendezvous;
        _threads = new Thread[workers - 1];
        for (int worker = 1; worker < workers; worker++)
        {
            int number = worker;
            _threads[worker - 1] = new Thread(() => rendezvous.Serve(number))
            {
                // Linux shows 15 characters of the name.
                Name = FormattableString.Invariant($"Specializer {worker}/{workers}"),
                IsBackground = true,
            };
        }

        try
        {
            // The execution context of the creator is not captured, because its values would live as long as the team.
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

    /// <summary>Ends the threads of a team that was not disposed.</summary>
    ~WorkerTeam()
    {
        // Null if the constructor rejected its argument.
        _rendezvous?.Stop();
    }

    /// <summary>The number of workers, including the caller.</summary>
    public int Workers { get; }

    /// <summary>Executes the work on all workers and returns when all of them have finished.</summary>
    /// <param name="work">The work; no other caller may be running it.</param>
    /// <returns>
    /// Whether the work was executed. If another caller uses the team, the method returns <see langword="false"/> immediately;
    /// use <see cref="ParallelWork.RunAlone"/> then.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    /// <remarks>
    /// The first exception of any worker is rethrown with its original stack after all workers have finished. The team remains
    /// usable.
    /// </remarks>
    public bool TryRun(IParallelWork work)
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

    /// <summary>Waits for a run in progress and ends the threads. Later calls only wait.</summary>
    /// <exception cref="InvalidOperationException">
    /// A worker of the run in progress calls this method, which would wait for itself.
    /// </exception>
    public void Dispose()
    {
        Thread current = Thread.CurrentThread;
        if (current == Volatile.Read(ref _caller) || _threads.Contains(current))
        {
            throw new InvalidOperationException(
                "A worker disposed its own team during a run. Dispose the team after the run has returned."
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
