namespace Specializer.Text;

/// <summary>Options of a <see cref="Translator"/> or a <see cref="Summarizer"/>.</summary>
public sealed record RewritingOptions
{
    /// <summary>The maximum number of tokens of a text, with special tokens. The default is the length of the model's source.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Whether longer texts are truncated. By default, a longer text is an error.</summary>
    public bool Truncate { get; init; }
}
