namespace Specializer.Generator.Architecture;

/// <summary>What an encoder computes from its last hidden states: pooled states, labels of the sequence or of every token, or logits.</summary>
/// <param name="Pooling">Which states it begins with.</param>
/// <param name="Dense">A linear layer with an activation, if there is one.</param>
/// <param name="Norm">Whether what that gives is normalised.</param>
/// <param name="Normalize">Whether the pooled state is divided by its Euclidean length.</param>
/// <param name="Output">The last linear layer, if there is one.</param>
internal sealed record HeadArchitecture(Pooling Pooling, DenseArchitecture? Dense, bool Norm, bool Normalize, OutputArchitecture? Output);

/// <param name="Width">The outputs.</param>
/// <param name="Activation">What is applied to them.</param>
internal sealed record DenseArchitecture(int Width, ActivationFunction Activation);

/// <param name="Width">The outputs: labels, or the vocabulary.</param>
/// <param name="Tied">Whether they are computed with the token embeddings.</param>
/// <param name="Bias">Whether a bias is added.</param>
internal sealed record OutputArchitecture(int Width, bool Tied, bool Bias);

/// <summary>How one state comes from those of all tokens; the values are those of the attribute's enumeration.</summary>
internal enum Pooling
{
    /// <summary>It does not: every token keeps its own.</summary>
    None,

    /// <summary>The first token's (BERT's [CLS]).</summary>
    First,

    /// <summary>The mean of all.</summary>
    Mean,

    /// <summary>The last token's.</summary>
    Last,
}
