namespace Specializer.Text;

/// <summary>Options of a <see cref="QuestionAnswerer"/>. The defaults are those of transformers.</summary>
public sealed record QuestionAnswererOptions
{
    /// <summary>
    /// The maximum number of tokens of a window: question, a part of the context, and special tokens (<c>max_seq_len</c>). The default
    /// is 384, or the tokenizer's limit if that is smaller.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>
    /// The number of tokens of a long context that adjacent windows share (<c>doc_stride</c>). The default is 128, or half of
    /// <see cref="MaximumLength"/> if that is smaller.
    /// </summary>
    public int? Stride { get; init; }

    /// <summary>The maximum number of tokens of an answer (<c>max_answer_len</c>).</summary>
    public int MaximumAnswerTokens { get; init; } = 15;

    /// <summary>
    /// Whether no answer is one of the answers (<c>handle_impossible_answer</c>), for models trained on questions without an answer.
    /// Its score is the lowest one of all windows, the product of the probabilities of the first token as start and as end.
    /// </summary>
    public bool AllowNoAnswer { get; init; }

    /// <summary>Whether answers start and end with whole words (<c>align_to_words</c>).</summary>
    public bool AlignToWords { get; init; } = true;

    /// <summary>Whether the tokenizer's type ids are an input of the model, as in <see cref="SentenceEmbedderOptions.UsesTokenTypes"/>.</summary>
    public bool? UsesTokenTypes { get; init; }
}
