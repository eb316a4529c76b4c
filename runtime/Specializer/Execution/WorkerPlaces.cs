using System;
using System.Diagnostics;
using System.Threading;

namespace Specializer;

/// <summary>Keeps the workers of a team on processors of their own.</summary>
/// <remarks>
/// Two workers on one processor take turns in waiting for each other, so that the system finds but one of them ready
/// whenever it looks, and leaves them there: beside threads of others that went to sleep meanwhile, a run took twice to ten
/// times as long for tenths of a second. A worker that begins a run on the processor of another one therefore leaves it. The
/// caller's thread, which is not the team's, stays where it is.
/// </remarks>
internal sealed class WorkerPlaces
{
    // Where others need the processors too, the system may bring workers together again and again; leaving costs some ten microseconds.
    private static readonly long LeastTicksBetween = Stopwatch.Frequency / 1000;

    private readonly PaddedCounter[] _processors; // [worker]: where it began its last run; the caller's is told with each run
    private readonly long[] _left; // [worker]: when it last left the processor of another one

    /// <summary>Knows no worker's place yet.</summary>
    /// <param name="workers">The number of workers, the caller included.</param>
    public WorkerPlaces(int workers)
    {
        _processors = new PaddedCounter[workers];
        _left = new long[workers];
        for (int worker = 0; worker < workers; worker++)
        {
            _processors[worker].Value = Processors.Unknown;
        }
    }

    /// <summary>Finds a place for the calling thread, which is about to begin a run.</summary>
    /// <param name="worker">Its number, at least 1.</param>
    /// <param name="callersProcessor">Where the caller has begun the run, or <see cref="Processors.Unknown"/>.</param>
    public void Take(int worker, int callersProcessor)
    {
        int processor = Processors.Current();
        if (
            processor != Processors.Unknown
            && IsTaken(processor, worker, callersProcessor)
            && Stopwatch.GetTimestamp() - _left[worker] > LeastTicksBetween
        )
        {
            Span<int> taken = stackalloc int[_processors.Length];
            taken[0] = callersProcessor;
            for (int other = 1; other < taken.Length; other++)
            {
                taken[other] = other == worker ? Processors.Unknown : ProcessorOf(other);
            }

            // If all are taken, at least not that of this one.
            if (Processors.LeaveFor(taken) || Processors.LeaveFor([processor]))
            {
                processor = Processors.Current();
            }

            _left[worker] = Stopwatch.GetTimestamp();
        }

        // Nobody asks for that of the only worker beside the caller.
        if (_processors.Length > 2)
        {
            Volatile.Write(ref _processors[worker].Value, processor);
        }
    }

    // The worker of the higher number leaves.
    private bool IsTaken(int processor, int worker, int callersProcessor)
    {
        bool taken = processor == callersProcessor;
        for (int other = 1; other < worker; other++)
        {
            taken |= processor == ProcessorOf(other);
        }

        return taken;
    }

    private int ProcessorOf(int worker) => (int)Volatile.Read(ref _processors[worker].Value);
}
