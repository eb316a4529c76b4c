namespace Specializer.Text;

/// <summary>How a text is encoded.</summary>
public sealed record EncodeOptions
{
    /// <summary>With special tokens, which are recognized in the text as well: as the library does by default.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Without special tokens around the text.</summary>
    public static EncodeOptions Bare { get; } = new() { AddSpecialTokens = false };

    /// <summary>For text from users inside a prompt: no special tokens around it, and none out of it.</summary>
    public static EncodeOptions UserText { get; } = new() { AddSpecialTokens = false, RecognizeSpecialTokens = false };

    /// <summary>Whether the post-processor adds its special tokens, such as [CLS] and [SEP].</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether the text of a special token, such as "&lt;|im_start|&gt;", becomes that token. If not, it is text like any other, and no special
    /// token comes out of the text, but for the one that stands for unknown characters.
    /// </summary>
    public bool RecognizeSpecialTokens { get; init; } = true;

    /// <summary>Whether the truncation and padding of the tokenizer apply.</summary>
    public bool TruncateAndPad { get; init; } = true;
}
