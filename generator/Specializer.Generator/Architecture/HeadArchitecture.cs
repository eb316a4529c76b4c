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
    /// <summary>
    /// The token whose first occurrence selects the state of <see cref="PoolingKind.Last"/>, or <see cref="LargestToken"/>; null
    /// for the last token (CLIP).
    /// </summary>
    public int? EndToken { get; init; }

    /// <summary>Represents the largest token id of the sequence (the first files of CLIP).</summary>
    public const int LargestToken = -1;

    /// <summary>The attention of a learned state to all states, which replaces the pooling; null for none.</summary>
    public ProbeArchitecture? Probe { get; init; }

    /// <summary>Whether the sequence, instead of every token, has an output.</summary>
    public bool OfSequence => Pooling != PoolingKind.None || Probe is not null;

    /// <summary>The number of first positions that the pooling omits.</summary>
    public int Skipped { get; init; }

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

/// <summary>
/// A learned state that attends to all states of an image (Lee et al. 2019; Zhai et al. 2023, SigLIP): x = attention, then
/// x + feedForward(norm(x)). All linear layers have biases.
/// </summary>
/// <param name="Heads">The number of heads; divides the width of the states.</param>
/// <param name="Inner">The inner width of the feed-forward block.</param>
/// <param name="Activation">The activation of the feed-forward block.</param>
internal sealed record ProbeArchitecture(int Heads, int Inner, Activation Activation);
