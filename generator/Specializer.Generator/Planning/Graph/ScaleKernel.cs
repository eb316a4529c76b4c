using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Adds rows, multiplied by a vector, to the output.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, of the input and of the output.</param>
internal sealed record ScaleKernel(int Width, int Stride) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Input, NormWeight, Output));
}
