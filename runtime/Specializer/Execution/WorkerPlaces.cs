using System;
using System.Diagnostics;
using System.Threading;

namespace Specializer;

/// <summary>Moves a worker that shares a processor with another worker of its team.</summary>
/// <remarks>
/// Two workers on one processor wait for each other alternately, so the system only ever sees one of them ready and does not move
/// them. Even when other processors became idle, a run took twice to ten times as long for tenths of a second. A
/// worker that starts a run on the processor of another one therefore moves to a free one. The caller's thread, which does not
/// belong to the team, is not moved.
/// </remarks>
internal sealed class WorkerPlaces
{
    // If other processes need the processors, the system may place workers together repeatedly; a move costs about ten
    // microseconds.
    private static readonly long LeastTicksBetween = Stopwatch.Frequency / 1000;

    private readonly PaddedCounter[] _processors; // [worker]: the processor on which it started its last run; that of the caller is passed with each run
    private readonly long[] _left; // [worker]: the time of its last move

    /// <summary>Creates an instance without known processors.</summary>
    /// <param name="workers">The number of workers, including the caller.</param>
    public WorkerPlaces(int workers)
    {
        _processors = new PaddedCounter[workers];
        _left = new long[workers];
        for (int worker = 0; worker < workers; worker++)
        {
            _processors[worker].Value = Processors.Unknown;
        }
    }

    /// <summary>Selects a processor for the calling thread, which is about to start a run.</summary>
    /// <param name="worker">The number of the worker, at least 1.</param>
    /// <param name="callersProcessor">
    /// The processor on which the caller has started the run, or <see cref="Processors.Unknown"/>.
    /// </param>
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

            // If all processors are taken, at least the processor of this worker is avoided.
            if (Processors.LeaveFor(taken) || Processors.LeaveFor([processor]))
            {
                processor = Processors.Current();
            }

            _left[worker] = Stopwatch.GetTimestamp();
        }

        // If there is only one worker besides the caller, its processor is not needed.
        if (_processors.Length > 2)
        {
            Volatile.Write(ref _processors[worker].Value, processor);
        }
    }

    // The worker with the higher number moves.
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
