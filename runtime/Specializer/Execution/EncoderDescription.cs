namespace Specializer;

/// <summary>What an encoder takes and gives, beside what <see cref="ModelDescription"/> says of every model.</summary>
public sealed record EncoderDescription
{
    /// <summary>The number of token types, from 0; 0 if the model has none.</summary>
    public required int TokenTypes { get; init; }

    /// <summary>Whether a call may say that tokens are global: see all others and are seen by all.</summary>
    public bool GlobalTokens { get; init; }

    /// <summary>
    /// The width of a row of the output: the labels of a classification, the vocabulary of a masked-language-model head,
    /// the width of pooled states, or, without a head, of the hidden states.
    /// </summary>
    public required int OutputWidth { get; init; }

    /// <summary>Whether every token has a row of output, or the sequence has one.</summary>
    public required bool OutputPerToken { get; init; }
}
