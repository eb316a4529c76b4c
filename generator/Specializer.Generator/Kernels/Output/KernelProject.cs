using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;

namespace Specializer.Generator.Kernels.Output;

/// <summary>The properties of a project that change the code of kernels.</summary>
/// <param name="InstructionSets">The names of the instruction sets that it requests; empty for all.</param>
/// <param name="ChecksOverflow">Whether it checks arithmetic for overflow.</param>
/// <param name="RuntimeAlias">The alias under which it references the runtime; empty for none.</param>
internal sealed record KernelProject(EquatableArray<string> InstructionSets, bool ChecksOverflow, string RuntimeAlias)
{
    private const string Runtime = "global::Specializer.";

    /// <summary>Gets the instruction sets for which kernels are printed.</summary>
    public IReadOnlyList<InstructionSetDescription> Targets => InstructionSetDescription.Chosen(InstructionSets);

    /// <summary>Returns a file of generated code as the project's settings require it.</summary>
    public string Adapt(string text) => Adapt(text, ChecksOverflow, RuntimeAlias);

    /// <summary>Returns a file of generated code as a project's settings require it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="checksOverflow">Whether the project checks arithmetic for overflow.</param>
    /// <param name="runtimeAlias">The alias under which it references the runtime; empty for none.</param>
    public static string Adapt(string text, bool checksOverflow, string runtimeAlias)
    {
        text = checksOverflow ? UncheckedCode.Of(text) : text;
        if (runtimeAlias.Length == 0)
        {
            return text;
        }

        // The kernels are in the project itself, in a namespace within that of the runtime.
        string alias = runtimeAlias + "::Specializer.",
            kernels = KernelFiles.Namespace + ".";
        return text.Replace(Runtime, alias).Replace(runtimeAlias + "::" + kernels, "global::" + kernels);
    }
}
