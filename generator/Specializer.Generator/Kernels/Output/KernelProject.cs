using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;

namespace Specializer.Generator.Kernels.Output;

/// <summary>The properties of a project that change the code of kernels.</summary>
/// <param name="InstructionSets">The names of the instruction sets that it requests; empty for all.</param>
/// <param name="ChecksOverflow">Whether it checks arithmetic for overflow.</param>
internal sealed record KernelProject(EquatableArray<string> InstructionSets, bool ChecksOverflow)
{
    /// <summary>Gets the instruction sets for which kernels are printed.</summary>
    public IReadOnlyList<InstructionSetDescription> Targets => InstructionSetDescription.Chosen(InstructionSets);
}
