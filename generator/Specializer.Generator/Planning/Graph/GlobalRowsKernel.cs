using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Copies the rows of global tokens to the first rows of a buffer, or back.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="Stride">The number of floats from one row to the next, of both buffers.</param>
/// <param name="Back">Whether they are copied back.</param>
internal sealed record GlobalRowsKernel(int Width, int Stride, bool Back) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OverRows(KernelPart.Compute, Input, Output, GlobalsBefore));
}
