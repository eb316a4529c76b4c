using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Threading;

namespace Specializer;

/// <summary>Synchronizes the workers of a team at the start of a run, at its barriers and at its end.</summary>
/// <remarks>
/// <para>
/// The barrier is the dissemination barrier of Hensgen, Finkel and Manber (1988). In round r, worker w signals worker w + 2^r and
/// waits for the signal of worker w - 2^r. Two workers synchronize with one exchange of cache lines, n workers with ceil(log2 n),
/// and no two workers ever write the same counter.
/// </para>
/// <para>
/// Counters only grow, so a worker that runs ahead never overwrites a value that another one still has to read. A waiting worker
/// polls first, then yields its core, then parks: it sets its mark, polls once more and sleeps on its event. A worker that writes
/// a counter checks the mark afterwards. A full fence on both sides ensures that one of the two sees the other.
/// </para>
/// </remarks>
internal sealed class Rendezvous : IDisposable
{
    // The number of polls before the clock is read for the first time: about the time of a barrier whose partners are about to
    // arrive.
    private const int FirstPolls = 64;
    private const int PollsPerClockReading = 16;

    // Waking a parked thread takes about ten microseconds, so a wait parks only after several times that duration.
    private static readonly long IdleSpinTicks = TicksOfMicroseconds(50);
    private static readonly long RunSpinTicks = TicksOfMicroseconds(100);
    private static readonly long YieldTicks = TicksOfMicroseconds(50);

    // The worker number of this thread in its current run. Threads that belong to no team are callers: 0.
    [ThreadStatic]
    private static int _currentWorker;

    private readonly int _workers;
    private readonly int _rounds;
    private readonly bool _spins;
    private readonly PaddedCounter[] _told; // [worker, round]: the last barrier that was signaled to the worker
    private readonly PaddedCounter[] _barriers; // [worker]: the number of barriers that the worker has reached; only the worker writes it
    private readonly PaddedCounter[] _finished; // [worker]: the last run that the worker has finished
    private readonly PaddedCounter[] _parked; // [worker]: a Wait while the worker sleeps or is about to sleep, otherwise 0
    private readonly AutoResetEvent[] _wake; // [worker]
    private readonly WorkerPlaces? _places; // null if there are more workers than processors
    private StartSignal _started;
    private ExceptionDispatchInfo? _fault;

    /// <summary>Creates the synchronization of a number of workers, including the caller.</summary>
    public Rendezvous(int workers)
    {
        _workers = workers;
        _rounds = workers == 1 ? 0 : BitOperations.Log2((uint)workers - 1) + 1;
        _spins = workers <= Environment.ProcessorCount;
        _told = new PaddedCounter[workers * _rounds];
        _barriers = new PaddedCounter[workers];
        _finished = new PaddedCounter[workers];
        _parked = new PaddedCounter[workers];
        _wake = new AutoResetEvent[workers];
        _places = _spins ? new WorkerPlaces(workers) : null;
        for (int worker = 0; worker < workers; worker++)
        {
            _wake[worker] = new AutoResetEvent(initialState: false);
        }
    }

    private enum Wait
    {
        None,
        ForStart,
        ForBarrier,
        ForFinish,
    }

    /// <summary>Runs the work on all workers and returns the first failure, if any, once all have finished.</summary>
    public ExceptionDispatchInfo? Run(IParallelWork work)
    {
        // The caller may be a worker of another team.
        int outerWorker = _currentWorker;
        _currentWorker = 0;
        work.Attach(_workers == 1 ? null : this);
        Start(work);
        Perform(worker: 0, work);
        AwaitFinish();
        _started.Work = null;
        _currentWorker = outerWorker;

        ExceptionDispatchInfo? fault = _fault;
        if (fault is not null)
        {
            ForgetFault();
        }

        return fault;
    }

    /// <summary>Stops the workers: each of them returns from <see cref="Serve"/>. No run may be in progress.</summary>
    public void Stop() => Start(work: null);

    /// <summary>The worker loop of all workers except the caller: executes every run until <see cref="Stop"/>.</summary>
    public void Serve(int worker)
    {
        _currentWorker = worker;
        long run = 1;
        while (ServeRun(worker, run))
        {
            run++;
        }
    }

    /// <summary>Waits at the barrier of this thread's current run.</summary>
    public void Synchronize()
    {
        int worker = _currentWorker;
        long barrier = _barriers[worker].Value + 1;
        Volatile.Write(ref _barriers[worker].Value, barrier);
        for (int round = 0, distance = 1; round < _rounds; round++, distance <<= 1)
        {
            int partner = worker + distance;
            partner = partner < _workers ? partner : partner - _workers;
            Interlocked.Exchange(ref _told[(partner * _rounds) + round].Value, barrier);
            WakeFrom(Wait.ForBarrier, partner);
            Await(Wait.ForBarrier, worker, ref _told[(worker * _rounds) + round].Value, barrier);
        }
    }

    /// <summary>Releases the events. All workers must have returned from <see cref="Serve"/>.</summary>
    public void Dispose()
    {
        foreach (AutoResetEvent wake in _wake)
        {
            wake.Dispose();
        }
    }

    private static long TicksOfMicroseconds(long microseconds) => microseconds * Stopwatch.Frequency / 1_000_000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    private void Start(IParallelWork? work)
    {
        _started.Work = work;
        _started.Processor = Processors.Current();
        Interlocked.Exchange(ref _started.Runs, _started.Runs + 1);
        for (int worker = 1; worker < _workers; worker++)
        {
            WakeFrom(Wait.ForStart, worker);
        }
    }

    // A separate method, so that no reference to the work outlives the run in the frame of an idle worker.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ServeRun(int worker, long run)
    {
        Await(Wait.ForStart, worker, ref _started.Runs, run);
        IParallelWork? work = _started.Work;
        if (work is null)
        {
            return false;
        }

        _places?.Take(worker, _started.Processor);
        Perform(worker, work);
        return true;
    }

    private void Perform(int worker, IParallelWork work)
    {
        try
        {
            work.Execute(worker, _workers);
        }
        catch (RunAbandonedException) { }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(exception), null);
            WakeFromBarriers();
        }

        // The end of a worker also wakes workers at a barrier, because they may wait for the one that has ended.
        long run = Volatile.Read(ref _started.Runs);
        Interlocked.Exchange(ref _finished[worker].Value, run);
        WakeFrom(Wait.ForFinish, worker: 0);
        WakeFromBarriers();
    }

    private void AwaitFinish()
    {
        bool interrupted = false;
        for (int worker = 1; worker < _workers; worker++)
        {
            bool finished = false;
            while (!finished)
            {
                try
                {
                    Await(Wait.ForFinish, worker: 0, ref _finished[worker].Value, _started.Runs);
                    finished = true;
                }
                catch (ThreadInterruptedException)
                {
                    // The workers still use the caller's memory, so this method must not return yet; the interrupt is restored
                    // later.
                    interrupted = true;
                }
            }
        }

        if (interrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }

    // After a failure the workers have reached different numbers of barriers. All continue from the highest number, which no
    // counter exceeds.
    private void ForgetFault()
    {
        long highest = 0;
        foreach (ref PaddedCounter barriers in _barriers.AsSpan())
        {
            highest = Math.Max(highest, barriers.Value);
        }

        foreach (ref PaddedCounter barriers in _barriers.AsSpan())
        {
            barriers.Value = highest;
        }

        _fault = null;
    }

    private void WakeFromBarriers()
    {
        for (int worker = 0; worker < _workers; worker++)
        {
            WakeFrom(Wait.ForBarrier, worker);
        }
    }

    // The caller has just written, with a full fence, the value that the worker may be waiting for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WakeFrom(Wait wait, int worker)
    {
        ref long parked = ref _parked[worker].Value;
        if (Volatile.Read(ref parked) == (long)wait && Interlocked.CompareExchange(ref parked, 0, (long)wait) == (long)wait)
        {
            _wake[worker].Set();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Await(Wait wait, int worker, ref long counter, long value)
    {
        if (Volatile.Read(ref counter) < value)
        {
            AwaitPolling(wait, worker, ref counter, value);
        }
    }

    private void AwaitPolling(Wait wait, int worker, ref long counter, long value)
    {
        if (_spins)
        {
            for (int poll = 0; poll < FirstPolls; poll++)
            {
                Pause();
                if (Volatile.Read(ref counter) >= value)
                {
                    return;
                }
            }

            long spinTicks = wait == Wait.ForStart ? IdleSpinTicks : RunSpinTicks;
            long spinStart = Stopwatch.GetTimestamp();
            while (Stopwatch.GetTimestamp() - spinStart < spinTicks)
            {
                for (int poll = 0; poll < PollsPerClockReading; poll++)
                {
                    Pause();
                    if (Volatile.Read(ref counter) >= value)
                    {
                        return;
                    }
                }
            }
        }

        AwaitYielding(wait, worker, ref counter, value);
    }

    private void AwaitYielding(Wait wait, int worker, ref long counter, long value)
    {
        long yieldStart = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - yieldStart < YieldTicks)
        {
            Thread.Yield();
            if (IsOver(wait, worker, ref counter, value))
            {
                return;
            }
        }

        ref long parked = ref _parked[worker].Value;
        while (true)
        {
            Interlocked.Exchange(ref parked, (long)wait);
            try
            {
                if (IsOver(wait, worker, ref counter, value))
                {
                    return;
                }

                _wake[worker].WaitOne();
            }
            finally
            {
                Volatile.Write(ref parked, (long)Wait.None);
            }
        }
    }

    // Returns whether the counter has reached the value; throws if that cannot happen anymore.
    private bool IsOver(Wait wait, int worker, ref long counter, long value)
    {
        if (Volatile.Read(ref counter) >= value)
        {
            return true;
        }

        if (wait == Wait.ForBarrier)
        {
            ThrowIfBarrierIsForsaken(worker, value);
        }

        return false;
    }

    private void ThrowIfBarrierIsForsaken(int worker, long barrier)
    {
        if (Volatile.Read(ref _fault) is not null)
        {
            throw new RunAbandonedException();
        }

        long run = Volatile.Read(ref _started.Runs);
        for (int other = 0; other < _workers; other++)
        {
            if (Volatile.Read(ref _finished[other].Value) == run && Volatile.Read(ref _barriers[other].Value) < barrier)
            {
                throw new InvalidOperationException(
                    $"Worker {worker} of {_workers} waits at a barrier that worker {other} never reaches, because it has already returned from "
                        + $"{nameof(ParallelWork.Execute)}. Every worker must call {nameof(Synchronize)} the same number of times."
                );
            }
        }
    }
}
