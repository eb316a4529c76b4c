namespace Specializer;

/// <summary>When a beam search ends before its longest length; Hugging Face's <c>early_stopping</c>.</summary>
public enum BeamStopping
{
    /// <summary>
    /// As soon as no open beam, as long as it is now, could reach the score of the worst hypothesis kept
    /// (<c>early_stopping=False</c>, their default). With a positive length penalty a longer beam might still have.
    /// </summary>
    Heuristic,

    /// <summary>As soon as there are as many hypotheses as beams (<c>early_stopping=True</c>).</summary>
    WhenFilled,

    /// <summary>Only when no open beam can reach the score of the worst hypothesis kept at any length (<c>early_stopping="never"</c>).</summary>
    Never,
}
