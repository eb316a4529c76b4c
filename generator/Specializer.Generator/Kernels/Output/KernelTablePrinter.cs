using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Output;

/// <summary>Prints the facts about kernels, which tests and benchmarks read instead of the names of methods.</summary>
internal static class KernelTablePrinter
{
    private const string TypeName = "KernelTable";

    /// <summary>The start of the names of lists. No kernel has a name with an underscore.</summary>
    private const string ListPrefix = "Of_";

    /// <summary>
    /// Returns the name of the list of a model's kernels. Different models have different lists: an underscore in the name of the
    /// class becomes "_u", and a point becomes "__".
    /// </summary>
    /// <param name="fullName">The name of the class with its namespace and the types that contain it, separated by points.</param>
    public static string ListOf(string fullName) => ListPrefix + fullName.Replace("_", "_u").Replace(".", "__");

    /// <summary>Prints the file with the list of a model's kernels.</summary>
    public static SourceFile Print(PlannedModel model)
    {
        string name = model.Class.FullName;
        var project = new KernelProject(model.InstructionSets, model.Class.ChecksOverflow, model.Class.RuntimeAlias);
        IEnumerable<string> methods = model
            .Plan.Kernels.SelectMany(static kernel => kernel.Signatures.Select(signature => KernelNames.Of(new(kernel, signature.Part))))
            .Distinct();
        SourceFile file = KernelFiles.File(
            "",
            [],
            project,
            writer =>
            {
                using (writer.Braces("partial class " + TypeName))
                {
                    writer.Line($"internal static global::Specializer.CompilerServices.KernelInfo[] {ListOf(name)} =>");
                    using (writer.Indented())
                    {
                        writer.Line("[");
                        using (writer.Indented())
                        {
                            foreach (string method in methods)
                            {
                                writer.Line(method + ",");
                            }
                        }

                        writer.Line("];");
                    }
                }
            }
        );
        return file with { HintName = name + ".Kernels.g.cs" };
    }

    /// <summary>Prints the facts about all kernels.</summary>
    public static void Print(SourceWriter writer, string attribute, IEnumerable<KernelRef> methods)
    {
        writer.Separate();
        writer.Line("/// <summary>The facts about the kernels.</summary>");
        writer.Line(attribute);
        using (writer.Braces("internal static partial class " + TypeName))
        {
            foreach (KernelRef method in methods)
            {
                writer.Separate();
                string facts = string.Join(", ", KernelFacts.Of(method).Select(static fact => $"{fact.Name} = {fact.Value}"));
                writer.Line($"internal static global::Specializer.CompilerServices.KernelInfo {KernelNames.Of(method)} =>");
                using (writer.Indented())
                {
                    writer.Line(
                        $"new(\"{KernelNames.Of(method)}\", global::Specializer.CompilerServices.KernelKind.{KernelFacts.KindOf(method)}) {{ {facts} }};"
                    );
                }
            }
        }
    }
}
