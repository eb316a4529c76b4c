using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>
/// The beams of a decoder: a session for each, decoded together. A beam that continues another one's tokens computes again the
/// tokens that its own session does not hold.
/// </summary>
internal sealed class DecoderBeams : ISequenceToSequenceSession
{
    private readonly IDecoderSession[] _sessions;
    private readonly List<int>[] _tokens;
    private readonly float[][] _logits;
    private readonly DecoderBatch _batch;

    public DecoderBeams(IDecoderModel model, int beams)
    {
        _batch = model.CreateBatch(beams);
        _sessions = new IDecoderSession[beams];
        _tokens = new List<int>[beams];
        _logits = new float[beams][];
        try
        {
            for (int i = 0; i < beams; i++)
            {
                _sessions[i] = model.CreateSession();
                _tokens[i] = [];
                _logits[i] = new float[model.Description.VocabularySize];
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Sequences => _sessions.Length;

    public int ActiveSequences { get; private set; } = 1;

    public int VocabularySize => _sessions[0].VocabularySize;

    public int ContextLength => _sessions[0].ContextLength;

    public int Position => _tokens[0].Count;

    public long SessionBytes => _sessions.Sum(static session => session.SessionBytes);

    public int SourceLength => 0;

    public int EncodedLength => 0;

    public HiddenStateObserver? HiddenStates { get; set; }

    public HiddenStateObserver? SourceHiddenStates { get; set; }

    public ReadOnlySpan<float> LogitsOf(int sequence) => _logits[sequence];

    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        ActiveSequences = 1;
        Continue(0, [.. _tokens[0], .. tokens], cancellationToken);
        return _logits[0];
    }

    public void Branch(ReadOnlySpan<int> parents)
    {
        // The first child of a beam keeps its session, so that most beams compute nothing again.
        var sessions = new IDecoderSession?[_sessions.Length];
        var held = new List<int>[_sessions.Length];
        var free = new Queue<int>();
        int[] children = [.. Enumerable.Range(0, _sessions.Length).Select(_ => -1)];
        for (int child = parents.Length - 1; child >= 0; child--)
        {
            children[parents[child]] = child;
        }

        for (int parent = 0; parent < children.Length; parent++)
        {
            if (children[parent] < 0)
            {
                free.Enqueue(parent);
            }
            else
            {
                sessions[children[parent]] = _sessions[parent];
                held[children[parent]] = _tokens[parent];
            }
        }

        List<int>[] targets = [.. parents.ToArray().Select(parent => _tokens[parent].ToList())];
        for (int place = 0; place < sessions.Length; place++)
        {
            if (sessions[place] is null)
            {
                int other = free.Dequeue();
                sessions[place] = _sessions[other];
                held[place] = _tokens[other];
            }
        }

        for (int place = 0; place < sessions.Length; place++)
        {
            _sessions[place] = sessions[place]!;
            _tokens[place] = held[place];
        }

        ActiveSequences = parents.Length;
        for (int place = 0; place < targets.Length; place++)
        {
            if (!_tokens[place].SequenceEqual(targets[place]))
            {
                Continue(place, targets[place], CancellationToken.None);
            }
        }
    }

    public void DecodeEach(ReadOnlySpan<int> tokens)
    {
        _batch.Decode(_sessions.AsSpan(0, tokens.Length), tokens);
        for (int i = 0; i < tokens.Length; i++)
        {
            _tokens[i].Add(tokens[i]);
            _batch.LogitsOf(i).CopyTo(_logits[i]);
        }
    }

    public void Reset()
    {
        ActiveSequences = 1;
        for (int i = 0; i < _sessions.Length; i++)
        {
            _sessions[i].Reset();
            _tokens[i].Clear();
        }
    }

    public void Dispose()
    {
        foreach (IDecoderSession? session in _sessions)
        {
            session?.Dispose();
        }
    }

    public void CopyEncoderOutput(Span<float> destination) => throw Unused();

    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, Span<float> allLogits, CancellationToken cancellationToken = default) =>
        throw Unused();

    public int PrefillGreedy(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) => throw Unused();

    public ReadOnlySpan<float> Decode(int token) => throw Unused();

    public int DecodeGreedy(int token) => throw Unused();

    // Computes what follows the tokens that the session has in common with the target; at least the last token, for its logits.
    private void Continue(int place, List<int> target, CancellationToken cancellationToken)
    {
        IDecoderSession session = _sessions[place];
        List<int> own = _tokens[place];
        int common = 0;
        while (common < own.Count && common < target.Count - 1 && own[common] == target[common])
        {
            common++;
        }

        if (common < own.Count)
        {
            common = Truncate(session, common);
        }

        session.Prefill(target.Skip(common).ToArray(), cancellationToken).CopyTo(_logits[place]);
        _tokens[place] = [.. target];
    }

    // Caches of sliding windows and prefixes cannot return to every position.
    private static int Truncate(IDecoderSession session, int positions)
    {
        try
        {
            if (session is ITruncatableSession truncatable)
            {
                truncatable.Truncate(positions);
                return positions;
            }
        }
        catch (InvalidOperationException) when (positions > 0) { }

        session.Reset();
        return 0;
    }

    private static NotSupportedException Unused() => new("A beam search does not call this method.");
}
