using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>
/// The capabilities of an instruction set and the spelling of its operations. Kernels are written once for all descriptions.
/// </summary>
internal abstract class InstructionSetDescription
{
    /// <summary>All of them, the widest first and last the one that runs everywhere.</summary>
    public static IReadOnlyList<InstructionSetDescription> All { get; } = [new Avx512(), new Avx2(), new Neon(), new Portable()];

    /// <summary>Those that a model is generated for: the ones with the given names and the portable one, or all if there are no names.</summary>
    public static IReadOnlyList<InstructionSetDescription> Chosen(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? All : [.. All.Where(isa => isa is Portable || names.Contains(isa.Name))];

    /// <summary>The names in a list with commas; empty for all. The build reports unknown names.</summary>
    public static IEnumerable<string> Names(string list)
    {
        string[] given = [.. list.Split(',').Select(static name => name.Trim())];
        string[] known = [.. All.Select(static isa => isa.Name).Where(name => given.Contains(name, StringComparer.OrdinalIgnoreCase))];
        return known.Length == All.Count ? [] : known;
    }

    /// <summary>Its name, a member of <c>Specializer.InstructionSet</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The description in the documentation of generated code.</summary>
    public abstract string Summary { get; }

    /// <summary>Floats in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Gets the numbers by which kernels are lowered to it.</summary>
    public abstract Tuning Tuning { get; }

    /// <summary>Gets the number of floats in a panel of packed weights.</summary>
    public int PanelWidth => Tuning.PanelWidth;

    /// <summary>Namespaces that the kernels use.</summary>
    public virtual IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics"];

    /// <summary>Whether a multiplication takes one lane of a vector as its factor, so that values need not be broadcast one by one.</summary>
    public virtual bool MultipliesByLane => false;

    /// <summary>
    /// Gets whether instructions multiply vectors of integers of 16 or 8 bits and add adjacent products. Other instruction sets
    /// multiply integer weights as floats, which is exact.
    /// </summary>
    public virtual bool MultipliesWords => false;

    /// <summary>Gets the operations on vectors as wide as the registers.</summary>
    public Vectors Vectors => new(this, Lanes);

    /// <summary>Gets whether an instruction takes one operand from memory.</summary>
    public virtual bool FoldsLoads => true;

    /// <summary>Gets whether the instruction set multiplies and adds in one operation with one rounding.</summary>
    public virtual bool Fuses => true;

    /// <summary>
    /// The spelling of an operation whose name differs between instruction sets. {0} to {2} are its operands; the numbers of the
    /// instruction follow.
    /// </summary>
    public virtual string Spelling(IntrinsicOp op) => throw new NotSupportedException($"{Name} has no {op}.");

    /// <summary>The spelling of an operation on vectors of 256 bits where the registers are longer.</summary>
    public virtual string NarrowSpelling(IntrinsicOp op) => Spelling(op);

    /// <summary>Whether it has an operation that takes elements in turn from two vectors of 128 bits.</summary>
    public virtual bool Interleaves => false;

    /// <summary>Gets whether the instruction set can prefetch.</summary>
    public virtual bool Prefetches => false;

    /// <summary>Returns the call that prefetches a cache line; {0} is an address in it.</summary>
    /// <param name="toFirstLevel">Whether the line is fetched into the first-level cache instead of the second.</param>
    public virtual string PrefetchSpelling(bool toFirstLevel) => throw new NotSupportedException(Name + " does not prefetch.");
}
