namespace Specializer.Generator.Planning;

/// <summary>A reference to one method of a kernel.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Part">The method.</param>
internal sealed record KernelRef(Kernel Kernel, KernelPart Part = KernelPart.Compute)
{
    /// <summary>Its signature.</summary>
    public KernelSignature Signature => Kernel.Signature(Part);
}
