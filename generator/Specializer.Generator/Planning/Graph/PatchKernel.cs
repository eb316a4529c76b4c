using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Copies patches of an image to consecutive rows; the row before the first patch is zero.</summary>
/// <param name="Patches">The patches.</param>
/// <param name="Stride">The number of floats from one row to the next.</param>
internal sealed record PatchKernel(PatchArchitecture Patches, int Stride) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Pixels, Output, Position));
}
