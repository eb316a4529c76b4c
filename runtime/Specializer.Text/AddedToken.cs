namespace Specializer.Text;

/// <summary>A token that is found in text before the model sees it.</summary>
/// <param name="Content">Its text, not empty.</param>
public sealed record AddedToken(string Content)
{
    /// <summary>Whether it is found only where no letter, digit, mark or underscore stands next to it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it takes the white space after it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is looked for in normalized text, itself normalized, and not in the text as it came.</summary>
    public bool Normalized { get; init; } = true;

    /// <summary>Whether it controls the model, such as the end of a text: decoding can leave it out, and text from users should not yield it.</summary>
    public bool Special { get; init; }
}
