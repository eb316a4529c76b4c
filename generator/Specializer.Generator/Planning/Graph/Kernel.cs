using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A computation of one shape, emitted once per instruction set; steps of equal shape share an equal kernel.</summary>
internal abstract record Kernel
{
    /// <summary>The signatures of its methods, in the order in which they are declared.</summary>
    public abstract EquatableArray<KernelSignature> Signatures { get; }

    /// <summary>
    /// Returns the kernel without the properties on which its code does not depend. Kernels that are equal in this form have the
    /// same methods, in all models.
    /// </summary>
    public virtual Kernel ForCode() => this;

    /// <summary>Returns the signature of one of its methods.</summary>
    /// <param name="part">The method.</param>
    public KernelSignature Signature(KernelPart part = KernelPart.Compute) => Signatures.Single(signature => signature.Part == part);

    /// <summary>The signatures of a kernel with one method.</summary>
    protected static EquatableArray<KernelSignature> One(KernelSignature signature) => new([signature]);
}
