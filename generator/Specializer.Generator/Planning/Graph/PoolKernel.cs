using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Reduces all rows of a sequence to one.</summary>
/// <param name="Pooling">The pooling.</param>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next.</param>
/// <param name="Normalize">Whether the row is divided by its Euclidean length.</param>
internal sealed record PoolKernel(PoolingKind Pooling, int Width, int Stride, bool Normalize) : Kernel
{
    /// <summary>
    /// The token whose first occurrence has the state, or <see cref="HeadArchitecture.LargestToken"/>; null for the last token.
    /// </summary>
    public int? EndToken { get; init; }

    /// <summary>The number of first rows that are omitted.</summary>
    public int Skipped { get; init; }

    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OnWorkers(KernelPart.Compute, [Input, Output, Length, .. EndToken is null ? [] : new[] { Tokens }]));
}
