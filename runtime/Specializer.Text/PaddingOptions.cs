namespace Specializer.Text;

/// <summary>Options of padding.</summary>
public sealed record PaddingOptions
{
    /// <summary>The length to pad to; null pads to the longest sequence of a batch.</summary>
    public int? Length { get; init; }

    /// <summary>The side on which padding is added.</summary>
    public TextSide Direction { get; init; }

    /// <summary>The length is rounded up to a multiple of this value; null or 0 disables rounding.</summary>
    public int? MultipleOf { get; init; }

    /// <summary>The id of the padding token.</summary>
    public int Token { get; init; }

    /// <summary>The type id of the padding token.</summary>
    public int TypeId { get; init; }

    /// <summary>The text of the padding token.</summary>
    public string Text { get; init; } = "[PAD]";
}
