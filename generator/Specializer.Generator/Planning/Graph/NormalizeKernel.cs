using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Divides rows by their Euclidean lengths.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, of the input and of the output.</param>
internal sealed record NormalizeKernel(int Width, int Stride) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures => One(KernelSignature.OverRows(KernelPart.Compute, Input, Output));
}
