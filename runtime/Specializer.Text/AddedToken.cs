namespace Specializer.Text;

/// <summary>A token that is matched in text before the model runs.</summary>
/// <param name="Content">The text; not empty.</param>
public sealed record AddedToken(string Content)
{
    /// <summary>Whether it matches only if no letter, digit, mark or underscore is adjacent to it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it includes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it includes the white space after it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether its normalized text is matched in normalized text, instead of its text in the original text.</summary>
    public bool Normalized { get; init; } = true;

    /// <summary>
    /// Whether it controls the model, such as the end of a text. Decoding can skip it, and text from users should not contain it.
    /// </summary>
    public bool Special { get; init; }
}
