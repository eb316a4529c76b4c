namespace Specializer.Text;

/// <summary>
/// Limits of one rendering. They grow with the size of the conversation, so long chats render. A hostile template is stopped in a
/// fraction of a second and a few megabytes.
/// </summary>
public sealed record ChatTemplateLimits
{
    /// <summary>The default limits.</summary>
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>The number of evaluations of an expression or statement that are always allowed.</summary>
    public long Steps { get; init; } = 60_000;

    /// <summary>
    /// The number of further evaluations for each value (string, number, list, object) of the conversation, tools and variables.
    /// </summary>
    public long StepsPerValue { get; init; } = 2_000;

    /// <summary>The number of bytes of strings and lists that are always allowed in one rendering.</summary>
    public long Bytes { get; init; } = 4_000_000;

    /// <summary>
    /// The number of further bytes for each UTF-16 unit of the conversation, tools and variables. Each value adds 64 times as
    /// many.
    /// </summary>
    public long BytesPerCharacter { get; init; } = 128;

    /// <summary>The maximum depth of nested macro calls, blocks and values.</summary>
    public int Depth { get; init; } = 200;
}
