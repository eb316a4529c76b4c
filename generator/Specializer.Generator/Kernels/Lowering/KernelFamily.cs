namespace Specializer.Generator.Kernels.Lowering;

/// <summary>The families of methods; each has a file for each target.</summary>
internal enum KernelFamily
{
    /// <summary>Linear layers, and the search for the arg-max of logits.</summary>
    Linear,

    /// <summary>Attention, with the cache of keys and values.</summary>
    Attention,

    /// <summary>Operations on separate rows: embeddings, norms, pooling, patches, windows, copies.</summary>
    Rows,

    /// <summary>Register tiles, which linear layers and attention call.</summary>
    Tiles,

    /// <summary>Vector functions, which all others call.</summary>
    Functions,
}
