using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Emission.Kernels;
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
            IEnumerable<Kernel> wanted = step switch
            {
                EmbedStep embed => [embed.Kernel],
                NormStep norm => [norm.Kernel],
                LinearStep linear => [linear.Kernel],
                PoolStep pool => [pool.Kernel],
                PatchStep patch => [patch.Kernel],
                PositionStep position => [position.Kernel],
                AppendStep append => [append.Variant.Kernel],
                AttendStep attend => [attend.Variant.Kernel],
                AttentionStep attention => attention.Variants.Select(static variant => variant.Kernel),
                CrossAttentionStep cross => [cross.Kernel],
                CrossCacheStep cross => [cross.Kernel],
                _ => throw new System.NotSupportedException(step.GetType().Name),
            };
            kernels.AddRange(wanted.Where(kernel => !kernels.Contains(kernel)));
        }

        return kernels;
    }

    /// <summary>Writes the interface through which the session calls the kernels of whichever instruction set.</summary>
    public static void EmitInterface(SourceWriter writer, ExecutionPlan plan)
    {
        writer.Line("/// <summary>The kernels of this model, one for each distinct shape; every instruction set has its own.</summary>");
        using (writer.Braces("internal unsafe interface IKernels"))
        {
            foreach ((string name, string parameters) in Requested(plan).SelectMany(Signatures))
            {
                writer.Separate();
                writer.Line($"static abstract void {name}({parameters});");
            }
        }
    }

    /// <summary>Writes the kernels of one instruction set.</summary>
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, ExecutionPlan plan)
    {
        IReadOnlyList<Kernel> kernels = Requested(plan);
        var functions = new RequiredFunctions();
        writer.Line($"/// <summary>{isa.Summary}.</summary>");
        writer.Line("[global::System.Runtime.CompilerServices.SkipLocalsInit]");
        using (writer.Braces($"internal unsafe readonly struct {isa.Name}Kernels : IKernels"))
        {
            foreach (Kernel kernel in kernels)
            {
                switch (kernel)
                {
                    case EmbedKernel embed:
                        EmbedEmitter.Emit(writer, isa, embed);
                        break;
                    case NormKernel norm:
                        NormEmitter.Emit(writer, isa, norm);
                        break;
                    case PatchKernel patch:
                        PatchEmitter.Emit(writer, patch);
                        break;
                    case PositionKernel position:
                        PatchEmitter.Emit(writer, isa, position);
                        break;
                    case PoolKernel pool:
                        PoolEmitter.Emit(writer, isa, pool);
                        break;
                    case LinearKernel linear:
                        LinearEmitter.Emit(writer, isa, linear, functions);
                        break;
                    case AttentionKernel attention:
                        AppendEmitter.Emit(writer, isa, attention);
                        AttentionEmitter.Emit(writer, isa, attention);
                        break;
                }
            }

            AttentionKernel[] attentions = [.. kernels.OfType<AttentionKernel>()];
            AppendEmitter.EmitShared(writer, isa, attentions);
            ScoreEmitter.EmitShared(writer, isa, attentions, functions);
            foreach (TileShape tile in kernels.SelectMany(kernel => Tiles(kernel, isa)).Distinct())
            {
                TileEmitter.Emit(writer, isa, tile);
            }

            TileEmitter.EmitTileRows(writer, isa);
            FunctionEmitter.Emit(writer, isa, functions);
        }
    }

    private static IEnumerable<TileShape> Tiles(Kernel kernel, InstructionSetDescription isa) => kernel switch
    {
        LinearKernel linear => LinearEmitter.Tiles(linear, isa),
        AttentionKernel attention => AttentionEmitter.Tiles(attention, isa),
        _ => [],
    };

    private static IEnumerable<(string Name, string Parameters)> Signatures(Kernel kernel) => kernel switch
    {
        EmbedKernel embed => [(kernel.Name, EmbedEmitter.Parameters(embed))],
        NormKernel => [(kernel.Name, NormEmitter.Parameters)],
        PoolKernel => [(kernel.Name, PoolEmitter.Parameters)],
        PatchKernel => [(kernel.Name, PatchEmitter.PatchParameters)],
        PositionKernel => [(kernel.Name, PatchEmitter.PositionParameters)],
        LinearKernel linear => [(kernel.Name, LinearEmitter.Parameters(linear))],
        AttentionKernel { IsCross: true } cross =>
        [
            (cross.QueriesName, AppendEmitter.QueriesParameters),
            (cross.AppendName, AppendEmitter.SourceParameters),
            (cross.Name, AttentionEmitter.Parameters(cross)),
        ],
        AttentionKernel attention => [(attention.AppendName, AppendEmitter.Parameters(attention)), (kernel.Name, AttentionEmitter.Parameters(attention))],
        _ => [],
    };
}
