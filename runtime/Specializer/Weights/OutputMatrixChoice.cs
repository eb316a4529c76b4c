namespace Specializer;

/// <summary>How a declaration says whether a model has an output matrix of its own or computes its logits with the token embeddings.</summary>
public enum OutputMatrixChoice
{
    /// <summary>By <c>TiedEmbeddings</c> of the attribute, or by <c>tie_word_embeddings</c> of the config.json.</summary>
    Declared,

    /// <summary>By <c>tie_word_embeddings</c> of the config.json alone.</summary>
    Configured,

    /// <summary>
    /// As <see cref="Configured"/>; and since the family scales the states that its tied logits are computed from,
    /// <c>scale_decoder_outputs</c> says whether they stay scaled with a matrix of its own (T5).
    /// </summary>
    ConfiguredWithScale,

    /// <summary>Not at all: the family computes its logits with the token embeddings.</summary>
    Fixed,
}
