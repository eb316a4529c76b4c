using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>The methods of a model's attention kernels, and those that the kernels call.</summary>
internal static class AttentionMethods
{
    /// <summary>The methods of one kernel.</summary>
    public static IEnumerable<KernelMethod> Of(AttentionKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
    {
        if (kernel.IsCross)
        {
            yield return CrossAppendLowering.LowerQueries(kernel);
            yield return CrossAppendLowering.LowerKeysAndValues(kernel, target);
        }
        else
        {
            yield return AppendLowering.Lower(kernel, target);
        }

        yield return AttentionLowering.Lower(kernel, target);
        yield return QueriesLowering.Lower(kernel, target, functions);
    }

    /// <summary>The methods that kernels call, each once.</summary>
    public static IEnumerable<KernelMethod> Shared(
        IReadOnlyCollection<AttentionKernel> kernels,
        InstructionSetDescription target,
        RequiredFunctions functions
    )
    {
        foreach (
            AttentionKernel rotated in Distinct(kernels, static kernel => Rotary(kernel) is { } rotary ? RotateLowering.Name(rotary) : null)
        )
        {
            yield return RotateLowering.Lower(Rotary(rotated)!, rotated.Attention.HeadDimension, target);
        }

        foreach (AttentionKernel stored in Distinct(kernels, StoreKeysLowering.Name))
        {
            yield return StoreKeysLowering.Lower(stored, target);
        }

        foreach (AttentionKernel scaled in Distinct(kernels, static kernel => Rotary(kernel) is null ? ScaleLowering.Name(kernel) : null))
        {
            yield return ScaleLowering.Lower(scaled, target);
        }

        if (kernels.FirstOrDefault(static kernel => kernel.Attention.QueryKeyNorm) is { } normalized)
        {
            yield return HeadNormLowering.Lower(normalized, target);
        }

        yield return SoftmaxLowering.LowerHighest(target);
        yield return SoftmaxLowering.LowerWeigh(target, functions);
        foreach (
            ScoreModifier modifier in kernels
                .SelectMany(static kernel => ScoreModifier.Of(kernel))
                .Where(static modifier => modifier.MethodName is not null)
                .GroupBy(static modifier => modifier.MethodName)
                .Select(static same => same.First())
        )
        {
            yield return modifier.Method(target, functions)!;
        }
    }

    private static RotaryPositions? Rotary(AttentionKernel kernel) => kernel.Kind.Positions as RotaryPositions;

    /// <summary>The first kernel that needs each method, by the method's name; null for a kernel that needs none.</summary>
    private static IEnumerable<AttentionKernel> Distinct(
        IEnumerable<AttentionKernel> kernels,
        System.Func<AttentionKernel, string?> method
    ) => kernels.Where(kernel => method(kernel) is not null).GroupBy(method).Select(static same => same.First());
}
