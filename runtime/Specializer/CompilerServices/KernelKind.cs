namespace Specializer.CompilerServices;

/// <summary>Specifies what a kernel computes.</summary>
public enum KernelKind
{
    /// <summary>A linear layer with its epilogue.</summary>
    Linear,

    /// <summary>The arg-max of logits.</summary>
    ArgMax,

    /// <summary>A norm.</summary>
    Norm,

    /// <summary>The look-up of token embeddings.</summary>
    Embed,

    /// <summary>The sum of states and learned positions.</summary>
    AddPositions,

    /// <summary>A copy of patches or frames to rows, or of rows to other rows.</summary>
    Gather,

    /// <summary>The pooling of the states of a sequence.</summary>
    Pool,

    /// <summary>The division of rows by their lengths.</summary>
    Normalize,

    /// <summary>The preparation of queries, keys and values, with the append to the cache.</summary>
    Append,

    /// <summary>The preparation of queries that attend to another sequence.</summary>
    PrepareQueries,

    /// <summary>Attention.</summary>
    Attend,

    /// <summary>The rounding of rows to integers.</summary>
    Quantize,

    /// <summary>The product of states and a learned vector, added to other states.</summary>
    Scale,
}
