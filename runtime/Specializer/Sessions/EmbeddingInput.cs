using System;

namespace Specializer;

/// <summary>Rows of embeddings, such as the states of an image encoder, and the tokens that follow them (Beyer et al. 2024, PaliGemma).</summary>
/// <remarks>
/// A row replaces the embedding of a token. <see cref="TransformerAttribute.EmbeddingScale"/>, tables of positions and
/// <see cref="TransformerAttribute.EmbeddingNorm"/> therefore apply to it as to an embedding.
/// </remarks>
/// <param name="rows">The rows, [positions, <see cref="ModelDescription.DModel"/>], row after row.</param>
public readonly ref struct EmbeddingInput(ReadOnlySpan<float> rows)
{
    /// <summary>Gets the rows, [positions, DModel], row after row.</summary>
    public ReadOnlySpan<float> Rows { get; } = rows;

    /// <summary>
    /// Gets the token ids after the rows, each at least 0 and less than the vocabulary size; empty for none. They are part of the
    /// prefix.
    /// </summary>
    public ReadOnlySpan<int> Tokens { get; init; }
}
