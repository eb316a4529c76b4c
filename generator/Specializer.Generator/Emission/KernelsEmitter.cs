using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Lowering.Attention;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the kernels of a plan: what they are called (once), and how each instruction set computes them.</summary>
internal static class KernelsEmitter
{
    /// <summary>The kernels that a plan's steps ask for, each once, in the order of their first use.</summary>
    public static IReadOnlyList<Kernel> Requested(ExecutionPlan plan)
    {
        var kernels = new List<Kernel>();
        foreach (StepPlan step in plan.Steps)
        {
            kernels.AddRange(step.Kernels.Where(kernel => !kernels.Contains(kernel)));
        }

        return kernels;
    }

    /// <summary>Writes what all instruction sets have in common: the interface through which the session calls their kernels, and the constants of layers.</summary>
    public static void EmitShared(SourceWriter writer, ExecutionPlan plan)
    {
        IReadOnlyList<Kernel> kernels = Requested(plan);
        writer.Line("/// <summary>The kernels of this model, one for each distinct shape; every instruction set has its own.</summary>");
        using (writer.Braces("internal unsafe interface IKernels"))
        {
            foreach (Kernel kernel in kernels)
            {
                foreach (KernelSignature signature in kernel.Signatures)
                {
                    writer.Separate();
                    writer.Line(
                        $"static abstract {SignatureText.Result(signature)} {KernelNames.Of(new(kernel, signature.Part))}({SignatureText.Parameters(signature)});"
                    );
                }
            }
        }

        LayerConstantsPrinter.Print(writer, kernels.OfType<LinearKernel>());
    }

    /// <summary>Writes the kernels of one instruction set.</summary>
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, ExecutionPlan plan)
    {
        IReadOnlyList<Kernel> kernels = Requested(plan);
        var printer = new MethodPrinter(writer, isa);
        writer.Line($"/// <summary>{isa.Summary}.</summary>");
        writer.Line("[global::System.Runtime.CompilerServices.SkipLocalsInit]");
        using (writer.Braces($"internal unsafe readonly struct {isa.Name}Kernels : IKernels"))
        {
            printer.Print(KernelProgram.Lower(kernels, isa));
        }
    }
}
