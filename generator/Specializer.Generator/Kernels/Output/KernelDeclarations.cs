using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Output;

/// <summary>
/// Prints the file with the interface through which sessions call kernels, the types that implement it, and the facts about kernels.
/// </summary>
internal static class KernelDeclarations
{
    public static SourceFile Print(IReadOnlyCollection<Kernel> kernels, KernelProject project) =>
        KernelFiles.File(
            "Kernels.g.cs",
            [],
            project,
            writer =>
            {
                KernelRef[] methods = [.. Methods(kernels)];
                PrintInterface(writer, methods);
                foreach (InstructionSetDescription target in project.Targets)
                {
                    writer.Separate();
                    writer.Line($"/// <summary>{target.Summary}.</summary>");
                    writer.Line(KernelFiles.Embedded);
                    writer.Line("[global::System.Runtime.CompilerServices.SkipLocalsInit]");
                    writer.Line($"internal readonly unsafe partial struct {target.Name}Kernels : IKernels;");
                }

                LayerConstantsPrinter.Print(writer, KernelFiles.Embedded, kernels.OfType<LinearKernel>());
                KernelTablePrinter.Print(writer, KernelFiles.Embedded, methods);
            }
        );

    private static void PrintInterface(SourceWriter writer, IEnumerable<KernelRef> methods)
    {
        writer.Line("/// <summary>The kernels of all models of this assembly, one for each distinct shape.</summary>");
        writer.Line(KernelFiles.Embedded);
        using (writer.Braces("internal unsafe interface IKernels"))
        {
            foreach (KernelRef method in methods)
            {
                KernelSignature signature = method.Kernel.Signature(method.Part);
                writer.Separate();
                writer.Line(
                    $"static abstract {SignatureText.Result(signature)} {KernelNames.Of(method)}({SignatureText.Parameters(signature)});"
                );
            }
        }
    }

    /// <summary>The methods of kernels, each once: kernels that differ in one of their methods may share another.</summary>
    private static IEnumerable<KernelRef> Methods(IEnumerable<Kernel> kernels)
    {
        var names = new HashSet<string>();
        return kernels
            .SelectMany(static kernel => kernel.Signatures.Select(signature => new KernelRef(kernel, signature.Part)))
            .Where(method => names.Add(KernelNames.Of(method)));
    }
}
