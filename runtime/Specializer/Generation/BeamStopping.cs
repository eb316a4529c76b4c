namespace Specializer;

/// <summary>Specifies when a beam search ends before its maximum length; Hugging Face's <c>early_stopping</c>.</summary>
public enum BeamStopping
{
    /// <summary>
    /// Ends when no open beam, at its current length, can reach the score of the worst hypothesis that is kept
    /// (<c>early_stopping=False</c>, their default). With a positive length penalty a longer beam could still reach it.
    /// </summary>
    Heuristic,

    /// <summary>Ends when there are as many hypotheses as beams (<c>early_stopping=True</c>).</summary>
    WhenFilled,

    /// <summary>
    /// Ends when no open beam can reach the score of the worst hypothesis that is kept, at any length
    /// (<c>early_stopping="never"</c>).
    /// </summary>
    Never,
}
