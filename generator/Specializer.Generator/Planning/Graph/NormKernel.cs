using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Normalizes rows.</summary>
/// <param name="Kind">The formula.</param>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, of the input and of the output.</param>
/// <param name="Epsilon">The ε of the formula.</param>
/// <param name="Bias">Whether a bias, which follows the weight, is added.</param>
/// <param name="AddToOutput">Whether the result is added to the output (the residual stream) instead of replacing it.</param>
internal sealed record NormKernel(NormKind Kind, int Width, int Stride, float Epsilon, bool Bias, bool AddToOutput) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Input, NormWeight, Output));
}
