using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Adds a learned position to each row, and writes learned states to the first rows.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, also of the table.</param>
/// <param name="FirstState">Whether the first row is a learned class state.</param>
internal sealed record PositionKernel(int Width, int Stride, bool FirstState) : Kernel
{
    /// <summary>Whether rows have positions.</summary>
    public bool HasTable { get; init; } = true;

    /// <summary>The number of learned states after the first one.</summary>
    public int LaterStates { get; init; }

    /// <summary>Whether the learned states after the first one have positions.</summary>
    public bool LaterHavePositions { get; init; }

    public override EquatableArray<KernelSignature> Signatures =>
        One(
            KernelSignature.OverRows(
                KernelPart.Compute,
                [
                    Output,
                    .. HasTable ? new[] { Positions } : [],
                    .. FirstState ? new[] { First } : [],
                    .. LaterStates > 0 ? new[] { Later } : [],
                    Position,
                ]
            )
        );
}
