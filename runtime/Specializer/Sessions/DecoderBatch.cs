using System;
using System.ComponentModel;
using System.Threading;
using Specializer.CompilerServices;

namespace Specializer;

/// <summary>
/// Decodes tokens of several sessions of one model in one step. The weights, for which decoding waits, are read once for all of
/// them; every session gets the same bits as if it had decoded alone.
/// </summary>
/// <remarks>
/// The sessions may be at different positions and may come and go from step to step: a batch holds nothing of theirs. It is
/// used by one caller at a time, and no call allocates managed memory.
/// </remarks>
public sealed unsafe partial class DecoderBatch
{
    private const int FloatsPerLine = AlignedBuffer.Alignment / sizeof(float);

    private readonly TransformerModel _model;
    private readonly DecoderEngine[] _members;
    private readonly LogitsRows _logits;
    private readonly int[] _logitsRows; // [Capacity] the row of an item's logits; -1 if they were not computed
    private readonly BatchRows _rows;
    private int _busy;

    /// <summary>Creates a batch. Generated code calls it.</summary>
    /// <param name="model">A model whose sessions each hold one sequence.</param>
    /// <param name="capacity">The largest number of sessions of a step.</param>
    /// <exception cref="ArgumentException">The model is no <see cref="IDecoderModel"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1 or more than a chunk has
    /// rows.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public DecoderBatch(TransformerModel model, int capacity)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.ThrowIfDisposed();
        if (model is not IDecoderModel)
        {
            throw new ArgumentException(
                $"{model.Description.Name} is no decoder: only sessions that each hold one sequence and its whole context decode together.",
                nameof(model)
            );
        }

        int most = model.Description.ChunkLength;
        if (capacity < 1 || capacity > most)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity),
                capacity,
                $"{model.Description.Name} decodes 1 to {most} sessions together, as many as a chunk has rows; declare a larger ChunkLength for more."
            );
        }

        _model = model;
        _members = new DecoderEngine[capacity];
        _logitsRows = new int[capacity];
        _rows = new BatchRows(most);
        int vocabulary = model.Description.VocabularySize;
        _logits = new LogitsRows(
            capacity,
            checked(vocabulary + FloatsPerLine - 1) / FloatsPerLine * FloatsPerLine,
            vocabulary,
            MemoryRequest.Batch(model.Description, capacity)
        );
    }

    /// <summary>The largest number of sessions of a step.</summary>
    public int Capacity => _members.Length;

    /// <summary>The number of sessions of the last step.</summary>
    public int Count { get; private set; }

    /// <summary>Processes one more token of every session, all of them together.</summary>
    /// <param name="sessions">The sessions, 1 to <see cref="Capacity"/>, each once, all of this batch's model.</param>
    /// <param name="tokens">A token for each, at least 0 and less than the vocabulary size.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of tokens and sessions differ, are 0 or exceed <see cref="Capacity"/>. A session occurs twice or is of another
    /// model, or its context is full.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">Another call on this batch or on one of the sessions is running.</exception>
    /// <exception cref="OriginalLengthException">A session would recompute its cache, and the model's options forbid it.</exception>
    /// <exception cref="ObjectDisposedException">The model or one of the sessions is disposed.</exception>
    /// <remarks>
    /// After an exception, every session is as it was before the call. If a step extends a session with LongRoPE past the
    /// original length, that session first recomputes its cache, alone and on all threads.
    /// </remarks>
    public void Decode(ReadOnlySpan<IDecoderSession> sessions, ReadOnlySpan<int> tokens)
    {
        Begin();
        int entered = 0;
        try
        {
            Check(sessions, tokens);
            for (; entered < sessions.Length; entered++)
            {
                EnterMember(sessions[entered], entered, nameof(sessions));
            }

            CheckRoom(sessions.Length);
            _members[0].ProcessBatch(_members, tokens, _logits.Address);
            Count = sessions.Length;
            for (int i = 0; i < Count; i++)
            {
                _logitsRows[i] = i;
            }
        }
        finally
        {
            End(entered);
        }
    }

    /// <summary>Processes one more token of every session and writes the most probable next token of each.</summary>
    /// <param name="sessions">The sessions, 1 to <see cref="Capacity"/>, each once, all of this batch's model.</param>
    /// <param name="tokens">A token for each, at least 0 and less than the vocabulary size.</param>
    /// <param name="next">Receives a token for each session: the arg-max of its logits, the lowest of equal ones.</param>
    /// <inheritdoc cref="Decode"/>
    /// <exception cref="ArgumentException">As for <see cref="Decode"/>, or <paramref name="next"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Decode"/>, or a logit is NaN after the step.</exception>
    public void DecodeGreedy(ReadOnlySpan<IDecoderSession> sessions, ReadOnlySpan<int> tokens, Span<int> next)
    {
        if (next.Length != sessions.Length)
        {
            throw new ArgumentException(
                $"The span for the next tokens has {next.Length} elements; {sessions.Length} sessions need one each.",
                nameof(next)
            );
        }

        Decode(sessions, tokens);
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = MostProbableOf(i);
        }
    }

    /// <summary>Returns the most probable next token of a session of the last step, the lowest of equal ones.</summary>
    /// <param name="index">The index of the session in the step, less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There was no such session, or its item did not request logits.</exception>
    /// <exception cref="InvalidOperationException">A logit is NaN.</exception>
    public int MostProbableOf(int index) => MostProbableToken.Of(LogitsOf(index));

    /// <summary>The logits of the next token of a session of the last step, [VocabularySize]; overwritten by the next step.</summary>
    /// <param name="index">The index of the session in the step, less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There was no such session.</exception>
    public ReadOnlySpan<float> LogitsOf(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The last step had {Count} sessions, numbered from 0.");
        }

        return _logitsRows[index] is >= 0 and var row
            ? _logits[row]
            : throw new ArgumentOutOfRangeException(
                nameof(index),
                index,
                $"Item {index} of the last step did not request logits. Set {nameof(BatchItem.NeedsLogits)}."
            );
    }

    private void Begin()
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            throw new InvalidOperationException(
                "Another call on this batch is running. A batch is used by one caller at a time; create one for each caller."
            );
        }
    }

    private void EnterMember(IDecoderSession of, int index, string parameter)
    {
        // A session that occurs twice is busy by now, and its message would be less clear.
        var session = (DecoderEngine)of;
        if (Array.IndexOf(_members, session, 0, index) >= 0)
        {
            throw new ArgumentException($"Session {index} is there twice; a step has a session once.", parameter);
        }

        session.EnterBatch();
        _members[index] = session;
    }

    private void End(int entered)
    {
        for (int i = 0; i < entered; i++)
        {
            _members[i].LeaveBatch();
        }

        Array.Clear(_members);
        Volatile.Write(ref _busy, 0);
    }

    private void Check(ReadOnlySpan<IDecoderSession> sessions, ReadOnlySpan<int> tokens)
    {
        if (sessions.IsEmpty || sessions.Length > Capacity)
        {
            throw new ArgumentException(
                $"There are {sessions.Length} sessions; the batch was created for 1 to {Capacity}.",
                nameof(sessions)
            );
        }

        if (tokens.Length != sessions.Length)
        {
            throw new ArgumentException(
                $"There are {tokens.Length} tokens for {sessions.Length} sessions; give one for each.",
                nameof(tokens)
            );
        }

        for (int i = 0; i < sessions.Length; i++)
        {
            CheckModel(sessions[i], i, nameof(sessions));
        }

        ((DecoderEngine)sessions[0]).CheckTokens(tokens);
    }

    private void CheckModel(IDecoderSession of, int index, string parameter)
    {
        ArgumentNullException.ThrowIfNull(of, parameter);
        if (of is not DecoderEngine session || !session.IsOf(_model))
        {
            throw new ArgumentException(
                $"Session {index} was not created by this {_model.Description.Name}; a batch reads the weights of one model.",
                parameter
            );
        }
    }

    private void CheckRoom(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_members[i].Position == _members[i].ContextLength)
            {
                throw new ArgumentException(
                    $"One more token does not fit into session {i}: {_model.Description.Name} has a context of {_members[i].ContextLength} positions, and all are taken. Call Truncate or Reset first."
                );
            }

            if (_model.Description.OriginalContextLength > 0)
            {
                _members[i].CheckCrossing(1, $"session {i} of the step");
            }
        }
    }
}
