using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Specializer.Text;

namespace Specializer.Serving;

/// <content>The thread of the engine: it retires, admits, computes a step, chooses tokens, and writes updates.</content>
public sealed partial class GenerationEngine
{
    private const int FailedStepsUntilUnready = 3;

    private readonly List<Sequence> _running = [];
    private readonly SessionPool _pool;
    private readonly DecoderBatch _batch;
    private int _runningCount;
    private int _sessionCount;
    private int _idleCount;
    private int _failedSteps;
    private long _completed;
    private long _cancelled;
    private long _rejected;
    private long _failed;
    private long _promptTokens;
    private long _cachedTokens;
    private long _outputTokens;
    private long _heartbeat;

    private void Run()
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _heartbeat, Stopwatch.GetTimestamp());
                bool isStopping;
                lock (_lock)
                {
                    isStopping = _isStopping;
                }

                if (isStopping)
                {
                    break;
                }

                Retire();
                Admit();
                if (!TryStep())
                {
                    // Nothing can be computed: wait for a request or a reader, and look for stalls and timeouts.
                    _wake.Wait(_running.Count > 0 || HasWaiting() ? 20 : 1000);
                }
            }
        }
        finally
        {
            Shutdown();
        }
    }

    private bool HasWaiting()
    {
        lock (_lock)
        {
            return _queue.Count > 0;
        }
    }

    /// <summary>Ends sequences that were cancelled or whose reader does not read, and requests that waited too long.</summary>
    private void Retire()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            Sequence sequence = _running[i];
            if (sequence.IsCancelled)
            {
                Release(sequence);
                EndCancelled(sequence, sequence.IsPrefilling ? "prompt" : "decode");
            }
            else if (sequence.IsPaused && Stopwatch.GetElapsedTime(sequence.LastRead) > _options.StallTimeout)
            {
                Release(sequence);
                EndRejected(sequence, RejectionReason.ReaderStalled, "The answer was not read for too long.");
            }
        }

        List<Sequence> late;
        lock (_lock)
        {
            late = _queue.RemoveWhere(sequence => Stopwatch.GetElapsedTime(sequence.Submitted) > _options.QueueTimeout);
        }

        late.ForEach(sequence => EndRejected(sequence, RejectionReason.QueueTimeout, "The request waited too long. Retry later."));
    }

    private void Admit()
    {
        while (_running.Count < _batchCapacity && _pool.HasRoom)
        {
            Sequence? sequence;
            lock (_lock)
            {
                sequence = _queue.Next();
            }

            if (sequence is null)
            {
                break;
            }

            Begin(sequence);
        }

        Volatile.Write(ref _runningCount, _running.Count);
        Volatile.Write(ref _sessionCount, _pool.Count);
        Volatile.Write(ref _idleCount, _pool.Idle);
    }

    private void Begin(Sequence sequence)
    {
        try
        {
            PooledSession session = _pool.Rent(sequence.Prompt, sequence.Scope);
            int reused = session.Session.Position;
            sequence.Session = session;
            sequence.Progress.Reused = reused;
            sequence.Next = sequence.Prompt.AsMemory(reused);
            sequence.Admitted = Stopwatch.GetTimestamp();
            _running.Add(sequence);
            Interlocked.Add(ref _promptTokens, sequence.Prompt.Length);
            Interlocked.Add(ref _cachedTokens, reused);
            _metrics.Admitted(sequence);
        }
        catch (InsufficientMemoryException) when (_pool.Count > 0)
        {
            // The system grants less than the options allow: the request fails, and the sessions that exist go on.
            lock (_lock)
            {
                _queue.End(sequence);
            }

            EndRejected(sequence, RejectionReason.QueueFull, "The server has no memory for another request. Retry later.");
        }
#pragma warning disable CA1031 // One request fails; the engine goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                _queue.End(sequence);
            }

            EndFailed(sequence, exception);
        }
    }

    /// <summary>Returns the session of a sequence to the pool.</summary>
    private void Release(Sequence sequence)
    {
        _running.Remove(sequence);
        if (sequence.Session is { } session)
        {
            sequence.Session = null;
            _pool.Return(session);
        }

        lock (_lock)
        {
            _queue.End(sequence);
        }

        Volatile.Write(ref _runningCount, _running.Count);
        Volatile.Write(ref _idleCount, _pool.Idle);
    }

    private void EndCancelled(Sequence sequence, string phase)
    {
        Interlocked.Increment(ref _cancelled);
        _metrics.Cancelled(phase);
        _metrics.Ended(sequence, "cancelled");
        sequence.Complete(new OperationCanceledException("The request was cancelled."));
    }

    private void EndRejected(Sequence sequence, RejectionReason reason, string message)
    {
        Interlocked.Increment(ref _rejected);
        _metrics.Rejected(reason);
        _metrics.Ended(sequence, reason.ToString());
        sequence.Complete(new EngineRejectedException(reason, message, TimeSpan.FromSeconds(1)));
    }

    private void EndFailed(Sequence sequence, Exception exception)
    {
        Interlocked.Increment(ref _failed);
        _metrics.Ended(sequence, exception.GetType().Name);
        sequence.Complete(exception);
    }

    private void EndCompleted(Sequence sequence)
    {
        Interlocked.Increment(ref _completed);
        _metrics.Ended(sequence, null);
        sequence.Complete();
    }

    private void Shutdown()
    {
        const string Message = "The server is shutting down.";
        foreach (Sequence sequence in _running.ToArray())
        {
            Release(sequence);
            EndRejected(sequence, RejectionReason.Draining, Message);
        }

        List<Sequence> waiting;
        lock (_lock)
        {
            _isStopping = true;
            waiting = _queue.RemoveWhere(static _ => true);
        }

        waiting.ForEach(sequence => EndRejected(sequence, RejectionReason.Draining, Message));
        _pool.Dispose();
        Volatile.Write(ref _sessionCount, 0);
        Volatile.Write(ref _idleCount, 0);
        _stopped.TrySetResult();
    }
}
