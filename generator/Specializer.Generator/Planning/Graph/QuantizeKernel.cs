using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>
/// Rounds rows to integers of 8 bits with a scale per block of 32 values. The scale is max|x| / 127, and q = x / scale to nearest,
/// ties to even. The blocks of a linear layer's weights are the same.
/// </summary>
/// <param name="Width">The width of a row.</param>
/// <param name="InputStride">The number of floats from one row of the input to the next.</param>
/// <param name="OutputStride">The number of floats from one row of the output to the next.</param>
internal sealed record QuantizeKernel(int Width, int InputStride, int OutputStride) : Kernel
{
    /// <summary>The weights by which the rows are multiplied. Those of 4 bits also require the sums of blocks.</summary>
    public WeightStorage Weights { get; init; } = WeightStorage.Int8;

    public override EquatableArray<KernelSignature> Signatures => One(KernelSignature.OverRows(KernelPart.Compute, Input, Output));
}
