using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Normalizes consecutive parts of rows in place, each by itself; every element has a weight, and there is no bias.</summary>
/// <param name="Kind">The formula.</param>
/// <param name="Parts">The number of parts.</param>
/// <param name="Width">The width of a part.</param>
/// <param name="Offset">The number of floats before the first part of a row.</param>
/// <param name="Stride">The number of floats from one row to the next.</param>
/// <param name="Epsilon">The ε of the formula.</param>
internal sealed record PartNormKernel(NormKind Kind, int Parts, int Width, int Offset, int Stride, float Epsilon) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures => One(KernelSignature.OverRows(KernelPart.Compute, NormWeight, Output));
}
