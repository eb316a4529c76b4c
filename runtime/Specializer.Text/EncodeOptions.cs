namespace Specializer.Text;

/// <summary>Options of encoding.</summary>
public sealed record EncodeOptions
{
    /// <summary>Special tokens are added, and are recognized in the text. This is the default of the library.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>No special tokens are added around the text.</summary>
    public static EncodeOptions Bare { get; } = new() { AddSpecialTokens = false };

    /// <summary>For text from users inside a prompt: no special tokens are added, and none are recognized in the text.</summary>
    public static EncodeOptions UserText { get; } = new() { AddSpecialTokens = false, RecognizeSpecialTokens = false };

    /// <summary>Whether the post-processor adds its special tokens, such as [CLS] and [SEP].</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether the text of a special token, such as "&lt;|im_start|&gt;", becomes that token. Otherwise it is ordinary text, and
    /// the text yields no special token except the one for unknown characters.
    /// </summary>
    public bool RecognizeSpecialTokens { get; init; } = true;

    /// <summary>Whether the truncation and padding of the tokenizer apply.</summary>
    public bool TruncateAndPad { get; init; } = true;
}
