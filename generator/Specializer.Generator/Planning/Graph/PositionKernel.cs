using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Adds a learned position to each row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, also of the table.</param>
/// <param name="FirstState">Whether the first row is a learned class state.</param>
internal sealed record PositionKernel(int Width, int Stride, bool FirstState) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, [Output, Positions, .. FirstState ? new[] { First } : [], Position]));
}
