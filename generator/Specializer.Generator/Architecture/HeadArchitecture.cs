namespace Specializer.Generator.Architecture;

/// <summary>
/// The computation of an encoder after its last hidden states: pooled states, labels of the sequence or of every token, or
/// logits. The order is: pooling, <see cref="Projections"/>, <see cref="Normalize"/>, <see cref="Dense"/>, <see cref="Norm"/>,
/// <see cref="Output"/>.
/// </summary>
/// <param name="Pooling">The pooling.</param>
/// <param name="Dense">The linear layer with an activation, if there is one.</param>
/// <param name="Norm">Whether a norm follows the dense layer.</param>
/// <param name="Normalize">Whether the pooled and projected state is divided by its Euclidean length.</param>
/// <param name="Output">The last linear layer, if there is one.</param>
internal sealed record HeadArchitecture(
    PoolingKind Pooling,
    DenseArchitecture? Dense,
    bool Norm,
    bool Normalize,
    OutputArchitecture? Output
)
{
    /// <summary>The linear layers after the pooling, each with its own name (the Dense modules of sentence-transformers).</summary>
    public EquatableArray<ProjectionArchitecture> Projections { get; init; } = EquatableArray<ProjectionArchitecture>.Empty;
}

/// <param name="Width">The number of outputs.</param>
/// <param name="Activation">The activation of the outputs.</param>
internal sealed record DenseArchitecture(int Width, Activation Activation)
{
    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;
}

/// <param name="Name">The name of its tensors without suffix: "2_Dense/linear".</param>
/// <param name="Width">The number of outputs.</param>
/// <param name="Activation">The activation of the outputs; null for none.</param>
/// <param name="Bias">Whether a bias is added.</param>
internal sealed record ProjectionArchitecture(string Name, int Width, Activation? Activation, bool Bias)
{
    /// <summary>
    /// The folder of the file with the tensors, relative to the checkpoint; empty if they are in the checkpoint itself.
    /// </summary>
    public string Folder { get; init; } = "";
}

/// <param name="Width">The number of outputs: labels, or the vocabulary size.</param>
/// <param name="Tied">Whether the matrix is the token embeddings.</param>
/// <param name="Bias">Whether a bias is added.</param>
internal sealed record OutputArchitecture(int Width, bool Tied, bool Bias);
