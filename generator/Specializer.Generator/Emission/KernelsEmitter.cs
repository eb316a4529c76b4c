using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
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
                        $"static abstract {SignatureText.Result(signature)} {SignatureText.Name(kernel, signature.Part)}({SignatureText.Parameters(signature)});"
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
        var functions = new RequiredFunctions();
        var printer = new MethodPrinter(writer, isa);
        writer.Line($"/// <summary>{isa.Summary}.</summary>");
        writer.Line("[global::System.Runtime.CompilerServices.SkipLocalsInit]");
        using (writer.Braces($"internal unsafe readonly struct {isa.Name}Kernels : IKernels"))
        {
            foreach (Kernel kernel in kernels)
            {
                switch (kernel)
                {
                    case EmbedKernel embed:
                        printer.Print(EmbedLowering.Lower(embed, isa));
                        break;
                    case NormKernel norm:
                        printer.Print(NormLowering.Lower(norm, isa));
                        break;
                    case PatchKernel patch:
                        printer.Print(PatchLowering.Lower(patch));
                        break;
                    case WindowKernel window:
                        printer.Print(WindowLowering.Lower(window));
                        break;
                    case PositionKernel position:
                        printer.Print(PatchLowering.Lower(position, isa));
                        break;
                    case PoolKernel pool:
                        printer.Print(PoolLowering.Lower(pool, isa));
                        break;
                    case NormalizeKernel normalize:
                        printer.Print(NormalizeLowering.Lower(normalize, isa));
                        break;
                    case LinearKernel linear:
                        printer.Print(LinearLowering.Lower(linear, isa, functions));
                        break;
                    case HighestKernel highest:
                        printer.Print(ArgMaxLowering.Lower(highest, isa));
                        break;
                    case GlobalRowsKernel rows:
                        printer.Print(GlobalRowsLowering.Lower(rows));
                        break;
                    case AttentionKernel { Attention.Linear: true } attention:
                        printer.Print(LinearAttentionLowering.Lower(attention));
                        break;
                    case AttentionKernel attention:
                        printer.Print(AttentionMethods.Of(attention, isa, functions));
                        break;
                }
            }

            AttentionKernel[] attentions = [.. kernels.OfType<AttentionKernel>().Where(static kernel => !kernel.Attention.Linear)];
            if (attentions.Length > 0)
            {
                printer.Print(AttentionMethods.Shared(attentions, isa, functions));
            }

            if (kernels.OfType<AttentionKernel>().FirstOrDefault(static kernel => kernel.Attention.Linear) is { } linearAttention)
            {
                printer.Print(LinearStateLowering.Lower(linearAttention, isa, functions));
            }

            // Kernels that share a family of tiles get the union of its tiles and of the uses of their sums.
            foreach (
                IGrouping<TileShape, TileShape> tiles in kernels
                    .SelectMany(kernel => Tiles(kernel, isa))
                    .GroupBy(static tile => tile with { LeastRows = 1, Addition = default })
            )
            {
                printer.Print(TileLowering.Lower(TileShape.Shared([.. tiles]), isa));
            }

            printer.Print(TileHeights.Lower(isa.Tuning));
            if (kernels.OfType<LinearKernel>().Any(kernel => new LinearTiles(kernel, isa).Panels > 1))
            {
                printer.Print(RowSharing.Lower(isa.Tuning));
            }

            printer.Print(functions.Lower(isa));
        }
    }

    private static IEnumerable<TileShape> Tiles(Kernel kernel, InstructionSetDescription isa) =>
        kernel switch
        {
            LinearKernel linear => new LinearTiles(linear, isa).All,
            AttentionKernel { Attention.Linear: false } attention => new AttentionTiles(attention, isa).All,
            _ => [],
        };
}
