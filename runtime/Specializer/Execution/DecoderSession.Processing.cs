using System;
using System.Threading;

namespace Specializer;

/// <content>What a call does: it is checked, cut into chunks, computed, and undone if it fails.</content>
public abstract unsafe partial class DecoderSession
{
    /// <summary>Processes one checked token for each of several sequences, all at the same position. Called within a call.</summary>
    private protected void ProcessTogether(ReadOnlySpan<int> tokens)
    {
        _isKept = false;
        try
        {
            Hold();
            _isKept = BeginCall();
            fixed (int* first = tokens)
            {
                Logits = _logits.Address;
                Tokens = first;
                Rows = tokens.Length;
                SequencesInWork = tokens.Length;
                FirstLogitsRow = 0;
                _highestPosition = Math.Max(_highestPosition, Position + 1);
                Compute();
                Position++;
                LastLogitsRow = Rows - 1;
            }
        }
        catch when (_isKept)
        {
            RestoreState();
            throw;
        }
        finally
        {
            Tokens = null;
            Logits = null;
            Release();
        }
    }

    private protected ReadOnlySpan<float> Process(
        ReadOnlySpan<int> tokens,
        Span<float> allLogits,
        CancellationToken cancellationToken,
        bool isPrefix = false
    ) => Process(tokens, allLogits, isPrefix, isGreedy: false, out _, cancellationToken);

    private ReadOnlySpan<float> Process(
        ReadOnlySpan<int> tokens,
        Span<float> allLogits,
        bool isPrefix,
        bool isGreedy,
        out int mostProbable,
        CancellationToken cancellationToken
    )
    {
        Enter();
        int before = Position;
        _isKept = false;
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
            Hold();
            SequencesInWork = 1;
            if (Position == 0)
            {
                _prefix = isPrefix ? tokens.Length : 0;
            }

            if (isGreedy)
            {
                _mostProbable.Clear();
            }

            _isKept = BeginCall();
            FollowLength(tokens.Length, cancellationToken);
            Keep(tokens);
            int vocabulary = Description.VocabularySize;
            int lastRow = 0;
            fixed (int* first = tokens)
            {
                Logits = _logits.Address;

                // Where every position's logits are wanted, a chunk is as many positions as logits are held for.
                int chunk = allLogits.IsEmpty ? Description.ChunkLength : Math.Min(_logits.Count, Description.ChunkLength);
                for (int start = 0; start < tokens.Length; start += Rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Tokens = first + start;
                    Rows = Math.Min(chunk, tokens.Length - start);
                    bool last = start + Rows == tokens.Length;
                    FirstLogitsRow =
                        !allLogits.IsEmpty ? 0
                        : last ? Rows - 1
                        : Rows;
                    FindsMostProbable = isGreedy && last;
                    _highestPosition = Math.Max(_highestPosition, Position + Rows);
                    Compute();
                    Position += Rows;
                    lastRow = Rows - 1 - FirstLogitsRow;
                    for (int row = 0; !allLogits.IsEmpty && row < Rows; row++)
                    {
                        _logits[row].CopyTo(allLogits.Slice((start + row) * vocabulary, vocabulary));
                    }
                }
            }

            LastLogitsRow = lastRow;
            mostProbable = isGreedy ? _mostProbable.Among(LogitsRow(lastRow)) : -1;
            return LogitsRow(lastRow);
        }
        catch
        {
            // Nothing that a failed or cancelled call appended to the cache counts, unless it overwrote what was there.
            ReturnTo(before);
            if (_isKept)
            {
                RestoreState();
            }

            throw;
        }
        finally
        {
            FindsMostProbable = false;
            Tokens = null;
            Logits = null;
            Release();
            Leave();
        }
    }

    /// <summary>Makes ready for a call that may fail.</summary>
    /// <returns>Whether what <see cref="Position"/> does not undo was kept.</returns>
    private bool BeginCall()
    {
        if (Position == 0)
        {
            _highestPosition = 0;
            return false;
        }

        if (!CanForgetPositions)
        {
            KeepState();
        }

        return !CanForgetPositions;
    }

    /// <summary>
    /// Whether the positions before one are still in the caches, that it may be the next: position p of a sliding window lies
    /// where p + <see cref="WindowCacheLength"/> lies too.
    /// </summary>
    private bool CanReturnTo(int position) =>
        Window == 0
        || position == 0
        || _highestPosition <= WindowCacheLength
        || _highestPosition - position <= WindowCacheLength - Window + 1;

    /// <summary>
    /// Processes one token of each of several sessions of one model, this one the first of them; called by
    /// <see cref="DecoderBatch"/>, which has entered all of them. Rows of the activations are this session's.
    /// </summary>
    internal void ProcessBatch(DecoderSession[] members, ReadOnlySpan<int> tokens, float* logits)
    {
        int begun = 0;
        try
        {
            ThrowIfModelIsDisposed();
            while (begun < tokens.Length)
            {
                DecoderSession member = members[begun];
                member.Hold();
                member._isKept = member.BeginCall();
                begun++;
                member.FollowLength(1, CancellationToken.None);
                member.Keep(tokens.Slice(begun - 1, 1));
                member._highestPosition = Math.Max(member._highestPosition, member.Position + 1);
            }

            fixed (int* first = tokens)
            {
                Logits = logits;
                Tokens = first;
                Rows = tokens.Length;
                SequencesInWork = tokens.Length;
                FirstLogitsRow = 0;
                _members = members;
                Compute();
            }

            for (int i = 0; i < tokens.Length; i++)
            {
                members[i].Position++;
            }
        }
        catch
        {
            for (int i = 0; i < begun; i++)
            {
                if (members[i]._isKept)
                {
                    members[i].RestoreState();
                }
            }

            throw;
        }
        finally
        {
            _members = null;
            SequencesInWork = 1;
            Tokens = null;
            Logits = null;
            for (int i = 0; i < tokens.Length; i++)
            {
                members[i].Release();
            }
        }
    }

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
                    + "Give fewer tokens, or make room with Truncate or Reset.",
                nameof(tokens)
            );
        }

        CheckVocabulary(tokens, nameof(tokens));
    }
}
