using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>
/// Finds the arg-max of one row. Each worker searches the logits that it has computed itself, so that no barrier is required.
/// </summary>
/// <param name="Logits">The kernel that computes the logits.</param>
internal sealed record ArgMaxKernel(LinearKernel Logits) : Kernel
{
    /// <summary>The number of logits decides which of them a worker has computed.</summary>
    public override Kernel ForCode() => new ArgMaxKernel(new LinearKernel(1, Logits.Outputs, 0, 0, new(false, null, false, false)));

    public override EquatableArray<KernelSignature> Signatures =>
        One(KernelSignature.OnWorkers(KernelPart.Compute, KernelParameters.Logits) with { Result = ParameterType.Integer });
}
