namespace Specializer.Text;

/// <summary>
/// How much one rendering may do. The limits grow with the size of the conversation, so that a long chat renders and a hostile template
/// ends in a fraction of a second within a few megabytes.
/// </summary>
public sealed record ChatTemplateLimits
{
    /// <summary>The limits used where none are given.</summary>
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>Evaluations of an expression or statement that are always allowed.</summary>
    public long Steps { get; init; } = 60_000;

    /// <summary>Further evaluations for each value (string, number, list, object) of the conversation, tools and variables.</summary>
    public long StepsPerValue { get; init; } = 2_000;

    /// <summary>Bytes of strings and lists made in one rendering that are always allowed.</summary>
    public long Bytes { get; init; } = 4_000_000;

    /// <summary>
    /// Further bytes for each UTF-16 unit of the conversation, tools and variables, and 64 times as many for each
    /// value.
    /// </summary>
    public long BytesPerCharacter { get; init; } = 128;

    /// <summary>Nested macro calls, blocks and values.</summary>
    public int Depth { get; init; } = 200;
}
