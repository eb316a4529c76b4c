using System.ComponentModel;

namespace Specializer.CompilerServices;

/// <summary>
/// Describes a generated kernel: its shape, and the work of one row. Generated code lists the kernels of each model; tests and
/// benchmarks read the lists instead of the names of methods.
/// </summary>
/// <param name="name">The name of the method, the same for every instruction set.</param>
/// <param name="kind">The computation of the kernel.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class KernelInfo(string name, KernelKind kind)
{
    /// <summary>Gets the name of the method, the same for every instruction set.</summary>
    public string Name { get; } = name;

    /// <summary>Gets what the kernel computes.</summary>
    public KernelKind Kind { get; } = kind;

    /// <summary>Gets the number of values in an input row.</summary>
    public int Inputs { get; init; }

    /// <summary>Gets the number of values in an output row.</summary>
    public int Outputs { get; init; }

    /// <summary>Gets the number of floats from one input row to the next.</summary>
    public int InputStride { get; init; }

    /// <summary>Gets the number of floats from one output row to the next.</summary>
    public int OutputStride { get; init; }

    /// <summary>Gets the type in which the weights are stored.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Gets the name of the activation's formula; null if there is none.</summary>
    public string? Activation { get; init; }

    /// <summary>Gets whether the activated value is multiplied by a second projection.</summary>
    public bool Gated { get; init; }

    /// <summary>Gets whether a bias is added.</summary>
    public bool Bias { get; init; }

    /// <summary>Gets whether the result is added to the output, the residual stream.</summary>
    public bool AddsToOutput { get; init; }

    /// <summary>Gets the number of query heads.</summary>
    public int Heads { get; init; }

    /// <summary>Gets the number of key/value heads.</summary>
    public int KeyValueHeads { get; init; }

    /// <summary>Gets the number of values in a head.</summary>
    public int HeadDim { get; init; }

    /// <summary>Gets the number of positions in the cache of keys and values.</summary>
    public int CacheLength { get; init; }

    /// <summary>Gets whether a query attends to positions after its own.</summary>
    public bool AttendsToAll { get; init; }

    /// <summary>Gets the multiply-adds of one row; of attention, those of one query and one key.</summary>
    public long MultiplyAdds { get; init; }

    /// <summary>Gets the bytes of weights that one pass over all rows reads; of attention, those of one key and its value.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Gets the bytes of activations that one row reads and writes.</summary>
    public long RowBytes { get; init; }
}
