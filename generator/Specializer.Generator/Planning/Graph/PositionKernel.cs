using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Adds a learned position to each row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">Floats from one row to the next, of the table too.</param>
/// <param name="FirstState">Whether the first row is a learned state of its own.</param>
internal sealed record PositionKernel(int Width, int Stride, bool FirstState) : Kernel
{
    public override string Name => "AddPositions" + Text(Width);

    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, [Output, Positions, .. FirstState ? new[] { First } : [], Position]));
}
