using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>A call: it is checked, cut into chunks, computed, and undone if it fails.</content>
public abstract unsafe partial class DecoderEngine
{
    private DecoderEngine[]? _members;

    /// <summary>The position before the call, to which a failure returns.</summary>
    private int _before;

    /// <summary>Whether the call keeps what <see cref="Position"/> does not undo.</summary>
    private bool _isKept;

    private protected ReadOnlySpan<float> Process(
        ReadOnlySpan<int> tokens,
        Span<float> allLogits,
        CancellationToken cancellationToken,
        bool isPrefix = false
    )
    {
        ProcessSequence(tokens, allLogits, isPrefix, isGreedy: false, cancellationToken);
        return LogitsRow(LastLogitsRow);
    }

    /// <summary>Processes tokens of one sequence.</summary>
    /// <returns>The most probable token after the last one if <paramref name="isGreedy"/>, otherwise -1.</returns>
    private int ProcessSequence(
        ReadOnlySpan<int> tokens,
        Span<float> allLogits,
        bool isPrefix,
        bool isGreedy,
        CancellationToken cancellationToken
    )
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            Check(tokens);
            Prepare();
            if (isPrefix)
            {
                CheckPrefix(tokens);
            }

            CheckCrossing(tokens.Length);
            return Run(tokens, sequences: 1, members: null, _logits.Address, allLogits, isPrefix, isGreedy, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Processes one checked token of each of several sequences of this session, all at the same position. Called within a call.
    /// </summary>
    private protected void ProcessTogether(ReadOnlySpan<int> tokens) =>
        Run(
            tokens,
            sequences: tokens.Length,
            members: null,
            _logits.Address,
            allLogits: default,
            isPrefix: false,
            isGreedy: false,
            CancellationToken.None
        );

    /// <summary>
    /// Processes one checked token of each of several sessions of one model. This session is the first and owns the activations.
    /// <see cref="DecoderBatch"/>, the caller, has entered all of them.
    /// </summary>
    internal void ProcessBatch(DecoderEngine[] members, ReadOnlySpan<int> tokens, float* logits)
    {
        ThrowIfModelIsDisposed();
        Run(
            tokens,
            sequences: tokens.Length,
            members,
            logits,
            allLogits: default,
            isPrefix: false,
            isGreedy: false,
            CancellationToken.None
        );
    }

    /// <summary>
    /// Computes checked tokens chunk by chunk. A failure returns every session of the call to where it was, and is thrown on.
    /// </summary>
    /// <param name="tokens">The tokens of one sequence, or one token of each of several.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="members">The sessions of the sequences; null if they are all this session's.</param>
    /// <param name="logits">Receives the logits of a chunk.</param>
    /// <param name="allLogits">
    /// Receives the logits of every token; empty if the caller needs only those after the last one of each sequence.
    /// </param>
    /// <param name="isPrefix">Whether the tokens see each other both ways.</param>
    /// <param name="isGreedy">Whether the call returns the most probable token after the last one.</param>
    /// <param name="cancellationToken">Checked before each chunk.</param>
    /// <returns>The most probable token if <paramref name="isGreedy"/>, otherwise -1.</returns>
    private int Run(
        ReadOnlySpan<int> tokens,
        int sequences,
        DecoderEngine[]? members,
        float* logits,
        Span<float> allLogits,
        bool isPrefix,
        bool isGreedy,
        CancellationToken cancellationToken
    )
    {
        int sessions = members is null ? 1 : sequences,
            begun = 0;
        try
        {
            while (begun < sessions)
            {
                DecoderEngine session = members is null ? this : members[begun];
                session._before = session.Position;
                session._isKept = false;
                begun++;
                session.Begin(members is null ? tokens : tokens.Slice(begun - 1, 1), isPrefix, cancellationToken);
            }

            if (isGreedy)
            {
                _mostProbable.Clear();
            }

            _members = members;
            SequencesInWork = sequences;
            Logits = logits;
            fixed (int* first = tokens)
            {
                // With logits of every position, a chunk has as many positions as there are rows of logits.
                int chunk = allLogits.IsEmpty ? Description.ChunkLength : Math.Min(_logits.Count, Description.ChunkLength);
                for (int start = 0; start < tokens.Length; start += Rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Tokens = first + start;
                    Rows = Math.Min(chunk, tokens.Length - start);
                    bool last = start + Rows == tokens.Length;
                    FirstLogitsRow =
                        sequences > 1 || !allLogits.IsEmpty ? 0
                        : last ? Rows - 1
                        : Rows;
                    FindsMostProbable = isGreedy && last;
                    ComputeChunk(members, sessions, Rows / sequences);
                    LastLogitsRow = Rows - 1 - FirstLogitsRow;
                    if (!allLogits.IsEmpty)
                    {
                        CopyLogits(allLogits, start);
                    }
                }
            }

            return isGreedy ? _mostProbable.Among(LogitsRow(LastLogitsRow)) : -1;
        }
        catch
        {
            for (int i = 0; i < begun; i++)
            {
                (members is null ? this : members[i]).Undo();
            }

            throw;
        }
        finally
        {
            _members = null;
            SequencesInWork = 1;
            FindsMostProbable = false;
            Tokens = null;
            Logits = null;
            for (int i = 0; i < begun; i++)
            {
                (members is null ? this : members[i]).Release();
            }
        }
    }

    /// <summary>Computes the current chunk and advances every session by its positions.</summary>
    private void ComputeChunk(DecoderEngine[]? members, int sessions, int positions)
    {
        for (int i = 0; i < sessions; i++)
        {
            DecoderEngine session = members is null ? this : members[i];
            session._highestPosition = Math.Max(session._highestPosition, session.Position + positions);
        }

        Compute();
        for (int i = 0; i < sessions; i++)
        {
            (members is null ? this : members[i]).Position += positions;
        }
    }

    private void CopyLogits(Span<float> allLogits, int start)
    {
        int vocabulary = Description.VocabularySize;
        for (int row = 0; row < Rows; row++)
        {
            _logits[row].CopyTo(allLogits.Slice((start + row) * vocabulary, vocabulary));
        }
    }

    /// <summary>Prepares a session for tokens that follow its position.</summary>
    private void Begin(ReadOnlySpan<int> tokens, bool isPrefix, CancellationToken cancellationToken)
    {
        Hold();
        if (Position == 0)
        {
            _highestPosition = 0;
            _prefix = isPrefix ? tokens.Length : 0;
        }
        else if (_keepsState)
        {
            KeepState();
            _isKept = true;
        }

        FollowLength(tokens.Length, cancellationToken);
        Keep(tokens);
    }

    /// <summary>Undoes what a failed call appended to the cache, unless it overwrote what was there.</summary>
    private void Undo()
    {
        ReturnTo(_before);
        if (_isKept)
        {
            RestoreState();
        }
    }

    /// <summary>
    /// Whether the caches still contain the positions that a next position attends to. In a sliding window, position p and
    /// position p + <see cref="_windowCacheLength"/> share a place.
    /// </summary>
    private bool CanReturnTo(int position) =>
        _window == 0
        || position == 0
        || _highestPosition <= _windowCacheLength
        || _highestPosition - position <= _windowCacheLength - _window + 1;

    private void CheckPrefix(ReadOnlySpan<int> tokens)
    {
        if (Position > 0)
        {
            throw new InvalidOperationException(
                $"A prefix is the beginning of a sequence, but {Position} positions are taken. Call Reset first."
            );
        }

        if (tokens.Length > Description.ChunkLength)
        {
            throw new ArgumentException(
                $"The prefix has {tokens.Length} tokens; {Description.Name} computes a prefix in one chunk, of {Description.ChunkLength} positions. Declare a larger ChunkLength.",
                nameof(tokens)
            );
        }
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        ModelDescription model = Description;
        if (tokens.IsEmpty)
        {
            throw new ArgumentException(
                "There are no tokens; give at least one (most models expect a beginning-of-sequence token first).",
                nameof(tokens)
            );
        }

        if (tokens.Length > model.ContextLength - Position)
        {
            throw new ArgumentException(
                $"{tokens.Length} more tokens do not fit: {model.Name} has a context of {model.ContextLength} positions, of which {Position} are taken and {model.ContextLength - Position} are free. "
                    + "Pass fewer tokens, or call Truncate or Reset first.",
                nameof(tokens)
            );
        }

        CheckVocabulary(tokens, nameof(tokens));
    }
}
