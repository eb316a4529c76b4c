namespace Specializer.Text;

/// <summary>Options of a <see cref="CrossEncoder"/>. Null values are those of the model's folder, or the default.</summary>
public sealed record CrossEncoderOptions
{
    /// <summary>
    /// The function that computes scores from logits (<c>activation_fn</c> of sentence-transformers). The default is the sigmoid for
    /// a single logit, otherwise none.
    /// </summary>
    public ScoreFunction? Function { get; init; }

    /// <summary>
    /// The maximum number of tokens of a pair, with special tokens; of longer pairs, the longer text is truncated first. The default
    /// is the tokenizer's limit or, if it has none, the model's context.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>Whether the tokenizer's type ids are an input of the model, as in <see cref="SentenceEmbedderOptions.UsesTokenTypes"/>.</summary>
    public bool? UsesTokenTypes { get; init; }
}
