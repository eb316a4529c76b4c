using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>
/// The part of a session with LongRoPE that follows the length of its sequence. The session keeps its tokens. When the factors of
/// all positions change, it recomputes its cache from the tokens.
/// </content>
public abstract unsafe partial class DecoderEngine
{
    /// <summary>Whether the cache is computed from the kept tokens where it does not hold what a call needs.</summary>
    private readonly bool _recomputes;

    /// <summary>Whether the long factors hold for the positions of the cache.</summary>
    private bool _isLong;

    /// <summary>Whether the cache lacks some of the positions before <see cref="Position"/>.</summary>
    private bool _isStale;

    private readonly long _keptTokensOffset;

    /// <summary>Gets the tokens of the sequence, [ContextLength]; only where the cache is recomputed.</summary>
    private int* KeptTokens => (int*)(Memory + _keptTokensOffset);

    /// <summary>
    /// Whether the long rotary factors apply to all positions of a sequence of the current call. Called by generated code.
    /// </summary>
    /// <param name="sequence">The sequence, less than <see cref="SequencesInWork"/>.</param>
    protected bool UsesLongFactors(int sequence) => Member(sequence)._isLong;

    /// <summary>Throws if more tokens change the factors of computed positions and the options forbid it.</summary>
    /// <param name="count">How many tokens a call adds.</param>
    /// <param name="session">The name of the session in the message.</param>
    internal void CheckCrossing(int count, string session = "the session")
    {
        int original = Description.OriginalContextLength;
        if (_recomputes || original == 0 || Position == 0 || NeedsLong(count) == _isLong)
        {
            return;
        }

        string factors = _isLong
            ? $"{Position + count} positions are within the original length of {original} and need the short rotary factors; the {Position} cached positions have the long ones"
            : $"{Position + count} positions exceed the original length of {original} and need the long rotary factors; the {Position} cached positions have the short ones";
        throw new OriginalLengthException(
            $"To add {count} to the {Position} positions of {session}, {Description.Name} must recompute its cache: {factors}. "
                + "ModelOptions.OriginalLengthCrossing is Throw, so nothing was computed. Call Reset and prefill the whole sequence, or set the option to Recompute."
        );
    }

    private bool NeedsLong(int count) => Position + count > Description.OriginalContextLength;

    /// <summary>
    /// Makes the cache hold all positions so far under the factors that <paramref name="count"/> more tokens need. A failure
    /// leaves <see cref="Position"/> as it was, and the cache to be recomputed by the next call.
    /// </summary>
    private void FollowLength(int count, CancellationToken cancellationToken)
    {
        if (Description.OriginalContextLength == 0)
        {
            return;
        }

        bool isLong = NeedsLong(count);
        if (Position > 0 && _recomputes && (isLong != _isLong || _isStale))
        {
            _isLong = isLong;
            Recompute(cancellationToken);
        }

        _isLong = isLong;
        _isStale = false;
    }

    private void Recompute(CancellationToken cancellationToken)
    {
        int positions = Position;
        _isStale = true;
        Position = 0;
        _highestPosition = 0;
        SequencesInWork = 1;
        FindsMostProbable = false;
        try
        {
            while (Position < positions)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Tokens = KeptTokens + Position;

                // A prefix is processed in one chunk, as before. Its logits are not needed.
                Rows = Math.Min(Position == 0 && _prefix > 0 ? _prefix : Description.ChunkLength, positions - Position);
                FirstLogitsRow = Rows;
                _highestPosition = Position + Rows;
                Compute();
                Position += Rows;
            }
        }
        finally
        {
            Position = positions;
            Tokens = null;
        }
    }

    /// <summary>Keeps the tokens that a call is about to process.</summary>
    private void Keep(ReadOnlySpan<int> tokens)
    {
        if (_recomputes)
        {
            tokens.CopyTo(new Span<int>(KeptTokens + Position, tokens.Length));
        }
    }

    /// <summary>Undoes what a failed call appended, where the cache still holds what was there before.</summary>
    private void ReturnTo(int position)
    {
        if (_recomputes)
        {
            Position = position;
            _isStale |= !CanReturnTo(position);
        }
        else
        {
            Position = CanReturnTo(position) ? position : 0;
        }
    }
}
