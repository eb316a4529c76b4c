using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>The keys that a query may attend to.</summary>
internal sealed class Visibility
{
    private readonly AttentionMask _mask;

    private Visibility(AttentionMask mask, Locality? locality)
    {
        _mask = mask;
        Locality = locality;
    }

    /// <summary>Gets whether queries attend to the whole sequence, as far as its locality does not limit them.</summary>
    public bool IsFull => _mask == AttentionMask.Full;

    /// <summary>Gets how far from its own position a query attends; null for any distance.</summary>
    public Locality? Locality { get; }

    public static Visibility Of(AttentionKernel kernel) => new(kernel.Attention.Mask, Locality.For(kernel));

    /// <summary>The position after the last one that a query attends to.</summary>
    /// <param name="code">The method.</param>
    /// <param name="position">The query's position.</param>
    public Expr End(QueriesCode code, Expr position) =>
        _mask switch
        {
            AttentionMask.Full => code[KernelParameters.Length],
            AttentionMask.Prefix => Scalars.Max(position + 1, code[KernelParameters.Prefix]),
            _ => position + 1,
        };

    /// <summary>The number of keys of the block that a query attends to, counted from its first.</summary>
    /// <param name="code">The method.</param>
    /// <param name="position">The query's position.</param>
    public Expr InBlock(QueriesCode code, Expr position) =>
        IsFull ? code.Count : Scalars.Clamp(End(code, position) - code.Block, 0, code.Count);
}
