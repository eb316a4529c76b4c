using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Specializer.Text;

namespace Specializer.Serving;

/// <content>A step: the rows of decoding sequences, and slices of prompts beside them.</content>
public sealed partial class GenerationEngine
{
    private readonly List<Sequence> _members = [];
    private readonly List<BatchItem> _items = [];
    private StepCosts? _costs;
    private double _workPerSecond;

    /// <summary>Computes a step.</summary>
    /// <returns>Whether there was something to compute.</returns>
    private bool TryStep()
    {
        StepCosts costs = _costs ??= new StepCosts(_options.PrefillShare);
        (int decoding, int promptRows) = Choose(costs);
        if (_members.Count == 0)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        if (_members.Count == 1 && promptRows > 0)
        {
            // One prompt alone: its attention processes rows in tiles.
            StepAlone(_members[0], _items[0]);
        }
        else
        {
            StepTogether();
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(start);
        costs.Record(decoding, promptRows, duration.TotalSeconds);
        _metrics.Step(duration, decoding + promptRows, promptRows > 0);
        double rate = (promptRows + (2 * decoding)) / Math.Max(duration.TotalSeconds, 1e-6);
        Volatile.Write(ref _workPerSecond, _workPerSecond == 0 ? rate : _workPerSecond + (0.05 * (rate - _workPerSecond)));
        return true;
    }

    /// <summary>Chooses the items of a step: every sequence that decodes, and slices of the prompts that began first.</summary>
    private (int Decoding, int PromptRows) Choose(StepCosts costs)
    {
        _members.Clear();
        _items.Clear();
        foreach (Sequence sequence in _running)
        {
            if (sequence.IsPrefilling)
            {
                continue;
            }

            if (sequence.IsPaused)
            {
                // A reader that takes an update from now on wakes the thread.
                sequence.WasPaused = true;
                continue;
            }

            _members.Add(sequence);
            _items.Add(new BatchItem(sequence.Session!.Session, sequence.Next));
        }

        int decoding = _members.Count,
            rows = costs.PromptRows(decoding, _batch.RowCapacity),
            left = rows;
        foreach (Sequence sequence in _running)
        {
            if (sequence.IsPrefilling && left > 0)
            {
                int slice = Math.Min(left, sequence.Next.Length);
                _members.Add(sequence);
                _items.Add(new BatchItem(sequence.Session!.Session, sequence.Next[..slice], slice == sequence.Next.Length));
                left -= slice;
            }
        }

        return (decoding, rows - left);
    }

    private void StepAlone(Sequence sequence, BatchItem item)
    {
        try
        {
            ReadOnlySpan<float> logits = item.Session.Prefill(item.Tokens.Span);
            Volatile.Write(ref _failedSteps, 0);
            Advance(sequence, item);
            if (item.NeedsLogits)
            {
                Publish(sequence, logits);
            }
        }
#pragma warning disable CA1031 // One request fails; the engine goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(sequence, exception);
        }
    }

    private void StepTogether()
    {
        try
        {
            _batch.Step(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_items));
        }
#pragma warning disable CA1031 // The step is repeated for each sequence alone, so that only the one that fails ends.
        catch (Exception)
#pragma warning restore CA1031
        {
            for (int i = 0; i < _members.Count; i++)
            {
                StepAlone(_members[i], _items[i]);
            }

            return;
        }

        Volatile.Write(ref _failedSteps, 0);
        for (int i = 0; i < _members.Count; i++)
        {
            try
            {
                Advance(_members[i], _items[i]);
                if (_items[i].NeedsLogits)
                {
                    Publish(_members[i], _batch.LogitsOf(i));
                }
            }
#pragma warning disable CA1031 // One request fails; the engine goes on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(_members[i], exception);
            }
        }
    }

    /// <summary>Records the tokens that a session has processed.</summary>
    private static void Advance(Sequence sequence, BatchItem item)
    {
        sequence.Session!.Tokens.AddRange(item.Tokens.Span);
        sequence.Next = sequence.Next[item.Tokens.Length..];
    }

    /// <summary>Chooses the next token of a sequence and writes the text that is final.</summary>
    private void Publish(Sequence sequence, ReadOnlySpan<float> logits)
    {
        int generated = sequence.Progress.Generated;
        int token = sequence.Chooser.IsGreedy
            ? sequence.Chooser.Choose(MostProbableToken.Of(logits), generated)
            : sequence.Chooser.Choose(logits, generated);
        IDecoderSession session = sequence.Session!.Session;
        TextUpdate update = sequence.Progress.Take(token, session.Position == session.ContextLength);
        _metrics.Token(sequence);
        Interlocked.Increment(ref _outputTokens);
        lock (_lock)
        {
            _queue.Serve(sequence, 1);
        }

        sequence.LastReadIfEmpty();
        if (update.Finish is not null)
        {
            // The session is free before the reader gets the end, so that the next message of a conversation finds it.
            Release(sequence);
            sequence.Write(update);
            EndCompleted(sequence);
            return;
        }

        sequence.SetNext(token);
        if (update.Text.Length > 0 || update.Tokens.Count > 0)
        {
            sequence.Write(update);
        }
    }

    private void Fail(Sequence sequence, Exception exception)
    {
        Interlocked.Increment(ref _failedSteps);
        Release(sequence);
        EndFailed(sequence, exception);
    }
}
