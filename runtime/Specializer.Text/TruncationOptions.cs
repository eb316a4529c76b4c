namespace Specializer.Text;

/// <summary>On which side something is done.</summary>
public enum TextSide
{
    /// <summary>At the end.</summary>
    Right,

    /// <summary>At the start.</summary>
    Left,
}

/// <summary>Which of two texts gives tokens up.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, then both.</summary>
    LongestFirst,

    /// <summary>The first.</summary>
    OnlyFirst,

    /// <summary>The second.</summary>
    OnlySecond,
}

/// <summary>How long a sequence of tokens may be.</summary>
/// <param name="MaximumLength">The most tokens, special ones included.</param>
public sealed record TruncationOptions(int MaximumLength)
{
    /// <summary>Which text gives tokens up.</summary>
    public TruncationStrategy Strategy { get; init; }

    /// <summary>On which side they are taken.</summary>
    public TextSide Direction { get; init; }

    /// <summary>How many tokens parts of a long text share; see <see cref="TokenSequence.Overflow"/>.</summary>
    public int Stride { get; init; }
}
