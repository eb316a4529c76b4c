using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>The softmax attention of one query per head to the keys and values of all positions.</summary>
/// <param name="Heads">The number of heads.</param>
/// <param name="HeadDim">The width of one head.</param>
/// <param name="Stride">The number of floats from one row of keys, followed by values, to the next.</param>
internal sealed record ProbeKernel(int Heads, int HeadDim, int Stride) : Kernel
{
    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OnWorkers(KernelPart.Compute, Queries, Keys, Output, Length));
}
