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
        if (ShortAttentionLowering.For(kernel, target) is { } ofShort)
        {
            yield return ofShort.Lower();
        }
    }

    /// <summary>The methods that kernels call, each once.</summary>
    public static IEnumerable<KernelMethod> Shared(
        IReadOnlyCollection<AttentionKernel> kernels,
        InstructionSetDescription target,
        RequiredFunctions functions
    ) =>
        Distinct(kernels, static kernel => kernel.Attention.QueryKeyNorm ? HeadNormLowering.Name(kernel) : null)
            .Select(kernel => HeadNormLowering.Lower(kernel, target))
            .Concat(OfSoftmax([.. kernels.Where(static kernel => !kernel.Attention.IsLinear)], target, functions))
            .Concat(OfStates([.. kernels.Where(static kernel => kernel.Attention.IsLinear)], target, functions));

    private static IEnumerable<KernelMethod> OfSoftmax(
        IReadOnlyCollection<AttentionKernel> kernels,
        InstructionSetDescription target,
        RequiredFunctions functions
    )
    {
        if (kernels.Count == 0)
        {
            return [];
        }

        IEnumerable<KernelMethod> rotations = Distinct(
                kernels,
                static kernel => Rotary(kernel) is { } rotary ? RotateLowering.Name(rotary, kernel.Attention.HeadDim) : null
            )
            .Select(kernel => RotateLowering.Lower(Rotary(kernel)!, kernel.Attention.HeadDim, target));
        IEnumerable<KernelMethod> stores = Distinct(kernels, StoreKeysLowering.Name)
            .Select(kernel => StoreKeysLowering.Lower(kernel, target));
        IEnumerable<KernelMethod> scalings = Distinct(kernels, static kernel => Rotary(kernel) is null ? ScaleLowering.Name(kernel) : null)
            .Select(kernel => ScaleLowering.Lower(kernel, target));
        IEnumerable<KernelMethod> modifiers = kernels
            .SelectMany(static kernel => ScoreModifier.Of(kernel))
            .Where(static modifier => modifier.MethodName is not null)
            .GroupBy(static modifier => modifier.MethodName)
            .Select(same => same.First().Method(target, functions)!);
        return
        [
            .. rotations,
            .. stores,
            .. scalings,
            SoftmaxLowering.LowerHighest(target),
            SoftmaxLowering.LowerWeigh(target, functions),
            .. modifiers,
        ];
    }

    private static IEnumerable<KernelMethod> OfStates(
        IEnumerable<AttentionKernel> kernels,
        InstructionSetDescription target,
        RequiredFunctions functions
    ) =>
        kernels
            .SelectMany(kernel => LinearStateLowering.Lower(kernel, target, functions))
            .GroupBy(static method => method.Name)
            .Select(static same => same.First());

    private static RotaryPositions? Rotary(AttentionKernel kernel) => kernel.Attention.Positions as RotaryPositions;

    /// <summary>The first kernel that needs each method, by the method's name; null for a kernel that needs none.</summary>
    private static IEnumerable<AttentionKernel> Distinct(
        IEnumerable<AttentionKernel> kernels,
        System.Func<AttentionKernel, string?> method
    ) => kernels.Where(kernel => method(kernel) is not null).GroupBy(method).Select(static same => same.First());
}
