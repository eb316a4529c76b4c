namespace Specializer.Generator.Architecture;

/// <summary>
/// What an encoder computes from its last hidden states: pooled states, labels of the sequence or of every token, or logits. In
/// order: the pooling, <see cref="Projections"/>, <see cref="Normalize"/>, <see cref="Dense"/>, <see cref="Norm"/>, <see cref="Output"/>.
/// </summary>
/// <param name="Pooling">Which states it begins with.</param>
/// <param name="Dense">A linear layer with an activation, if there is one.</param>
/// <param name="Norm">Whether what that gives is normalised.</param>
/// <param name="Normalize">Whether the pooled and projected state is divided by its Euclidean length.</param>
/// <param name="Output">The last linear layer, if there is one.</param>
internal sealed record HeadArchitecture(Pooling Pooling, DenseArchitecture? Dense, bool Norm, bool Normalize, OutputArchitecture? Output)
{
    /// <summary>The linear layers after the pooling, each with a name of its own (the Dense modules of sentence-transformers).</summary>
    public EquatableArray<ProjectionArchitecture> Projections { get; init; } = EquatableArray<ProjectionArchitecture>.Empty;
}

/// <param name="Width">The outputs.</param>
/// <param name="Activation">What is applied to them.</param>
internal sealed record DenseArchitecture(int Width, ActivationFunction Activation);

/// <param name="Name">The name of its tensors without suffix: "2_Dense/linear".</param>
/// <param name="Width">The outputs.</param>
/// <param name="Activation">What is applied to them; null for nothing.</param>
/// <param name="Bias">Whether a bias is added.</param>
internal sealed record ProjectionArchitecture(string Name, int Width, ActivationFunction? Activation, bool Bias)
{
    /// <summary>The folder of the file that holds them, from the checkpoint's own; empty where the checkpoint itself holds them.</summary>
    public string Folder { get; init; } = "";
}

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

    /// <summary>The mean of all, each weighted by its number from 1 on (Muennighoff 2022, SGPT).</summary>
    WeightedMean,

    /// <summary>The maximum of each element over all tokens.</summary>
    Max,
}
