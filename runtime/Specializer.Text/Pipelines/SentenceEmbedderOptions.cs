using System;
using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>Options of a <see cref="SentenceEmbedder"/>. Null values are those of the model's folder, or the default.</summary>
public sealed record SentenceEmbedderOptions
{
    /// <summary>
    /// The maximum number of tokens of a text, with special tokens; longer texts are truncated (<c>max_seq_length</c>). The default
    /// is the tokenizer's limit or, if it has none, the model's context.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>
    /// The number of first elements of each embedding that are kept (<c>truncate_dim</c>), for models trained for it (Kusupati et al.
    /// 2022, Matryoshka Representation Learning). The default keeps all.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// Whether embeddings are divided by their Euclidean length after truncation. The default, null, divides only if the model
    /// itself does, before truncation.
    /// </summary>
    public bool? Normalize { get; init; }

    /// <summary>The prompts by name, each prepended to texts (<c>prompts</c>). By default, there are no prompts.</summary>
    public IReadOnlyDictionary<string, string>? Prompts { get; init; }

    /// <summary>The name of the prompt for calls that name none (<c>default_prompt_name</c>). By default, no prompt is used.</summary>
    public string? DefaultPrompt { get; init; }

    /// <summary>The score for which the model is trained (<c>similarity_fn_name</c>). The default is the cosine.</summary>
    public VectorSimilarity? Similarity { get; init; }

    /// <summary>Whether texts are converted to lower case before they are tokenized (<c>do_lower_case</c>). The default is false.</summary>
    public bool? Lowercase { get; init; }

    /// <summary>
    /// Whether the tokenizer's type ids are an input of the model. The default is true, unless <c>model_input_names</c> of
    /// <c>tokenizer_config.json</c> omits them.
    /// </summary>
    public bool? UsesTokenTypes { get; init; }

    /// <summary>Returns these options with the values of another one for those that are null.</summary>
    internal SentenceEmbedderOptions OrElse(SentenceEmbedderOptions other) =>
        new()
        {
            MaximumLength = MaximumLength ?? other.MaximumLength,
            Dimensions = Dimensions ?? other.Dimensions,
            Normalize = Normalize ?? other.Normalize,
            Prompts = Prompts ?? other.Prompts,
            DefaultPrompt = DefaultPrompt ?? other.DefaultPrompt,
            Similarity = Similarity ?? other.Similarity,
            Lowercase = Lowercase ?? other.Lowercase,
            UsesTokenTypes = UsesTokenTypes ?? other.UsesTokenTypes,
        };
}
