namespace Specializer.Text;

/// <summary>How sequences of tokens are padded.</summary>
public sealed record PaddingOptions
{
    /// <summary>The length to pad to; null pads to the longest of a batch.</summary>
    public int? Length { get; init; }

    /// <summary>On which side padding is added.</summary>
    public TextSide Direction { get; init; }

    /// <summary>The length becomes a multiple of this; null or 0 leaves it.</summary>
    public int? MultipleOf { get; init; }

    /// <summary>The id of padding.</summary>
    public int Token { get; init; }

    /// <summary>The type id of padding.</summary>
    public int TypeId { get; init; }

    /// <summary>The text of the padding token.</summary>
    public string Text { get; init; } = "[PAD]";
}
