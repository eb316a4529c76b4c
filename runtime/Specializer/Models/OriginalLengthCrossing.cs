namespace Specializer;

/// <summary>
/// What a session of a model with LongRoPE (Ding et al. 2024) does where a call changes the rotary factors of positions that
/// it has already computed.
/// </summary>
/// <remarks>
/// Such a model has short factors for sequences of up to <see cref="ModelDescription.OriginalContextLength"/> positions and
/// long factors for longer ones. The factors hold for every position of a sequence, so that keys in the cache become wrong
/// when the sequence grows past the original length, and when it grows again after it was truncated to that length or less.
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
