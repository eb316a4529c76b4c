namespace Specializer;

/// <summary>
/// Specifies the behavior of a session of a model with LongRoPE (Ding et al. 2024) if a call changes the rotary factors of
/// computed positions.
/// </summary>
/// <remarks>
/// Such a model has short factors for sequences of up to <see cref="ModelDescription.OriginalContextLength"/> positions and
/// long factors for longer ones. The factors apply to every position of a sequence. Keys in the cache therefore become wrong when
/// the sequence grows past the original length. They also do when it grows again after a truncation to that length or less.
/// </remarks>
public enum OriginalLengthCrossing
{
    /// <summary>
    /// The default: the call first recomputes the cache from the tokens that the session keeps, and then goes on. It takes
    /// the time of a prefill of all positions so far, once for each crossing. Logits are the same bits as those of a new
    /// session that gets the whole sequence in one call.
    /// </summary>
    Recompute,

    /// <summary>
    /// The call throws an <see cref="OriginalLengthException"/> before anything is computed, and the session is as it was. A
    /// session never recomputes anything. A prompt that is longer than the original length from the start is no crossing.
    /// </summary>
    Throw,
}
