namespace Specializer.Text;

/// <summary>Specifies a side of a sequence.</summary>
public enum TextSide
{
    /// <summary>The end.</summary>
    Right,

    /// <summary>The start.</summary>
    Left,
}

/// <summary>Specifies the text of a pair that truncation shortens.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer text first, then both.</summary>
    LongestFirst,

    /// <summary>The first text only.</summary>
    OnlyFirst,

    /// <summary>The second text only.</summary>
    OnlySecond,
}

/// <summary>Options of truncation.</summary>
/// <param name="MaximumLength">The maximum number of tokens, including special tokens.</param>
public sealed record TruncationOptions(int MaximumLength)
{
    /// <summary>The text that is shortened.</summary>
    public TruncationStrategy Strategy { get; init; }

    /// <summary>The side on which tokens are removed.</summary>
    public TextSide Direction { get; init; }

    /// <summary>The number of tokens that adjacent parts of a long text share; see <see cref="TokenSequence.Overflow"/>.</summary>
    public int Stride { get; init; }
}
