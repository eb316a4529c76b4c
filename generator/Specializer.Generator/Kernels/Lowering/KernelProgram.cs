using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers kernels for a target, family by family, with the tiles and functions that they share.</summary>
internal static class KernelProgram
{
    /// <summary>Gets the families in the order of their files.</summary>
    public static IReadOnlyList<KernelFamily> Families { get; } = (KernelFamily[])Enum.GetValues(typeof(KernelFamily));

    /// <summary>Returns all methods of kernels, those that a session calls before those that they call.</summary>
    public static IEnumerable<KernelMethod> Lower(IReadOnlyCollection<Kernel> kernels, InstructionSetDescription target) =>
        Families.SelectMany(family => Lower(family, kernels, target));

    /// <summary>Returns the methods of one family, each once: kernels that differ in one of their methods may share another.</summary>
    /// <param name="family">The family.</param>
    /// <param name="kernels">All kernels; the family takes those that concern it.</param>
    /// <param name="target">The target.</param>
    public static IEnumerable<KernelMethod> Lower(
        KernelFamily family,
        IReadOnlyCollection<Kernel> kernels,
        InstructionSetDescription target
    )
    {
        var functions = new RequiredFunctions();
        IEnumerable<KernelMethod> methods = family switch
        {
            KernelFamily.Tiles => Tiles(kernels, target),
            KernelFamily.Functions => RequiredFunctions.Of(kernels).Lower(target),
            KernelFamily.Attention => Of(family, kernels, target, functions)
                .Concat(AttentionMethods.Shared([.. kernels.OfType<AttentionKernel>()], target, functions)),
            _ => Of(family, kernels, target, functions),
        };
        var names = new HashSet<string>();
        return methods.Where(method => names.Add(method.Name));
    }

    /// <summary>Returns whether the methods of a family depend on a kernel.</summary>
    public static bool Concerns(Kernel kernel, KernelFamily family) =>
        family switch
        {
            KernelFamily.Tiles => kernel is LinearKernel or AttentionKernel { Attention.IsLinear: false },
            KernelFamily.Functions => kernel is LinearKernel or AttentionKernel or ProbeKernel,
            _ => FamilyOf(kernel) == family,
        };

    /// <summary>Returns the family of a kernel.</summary>
    public static KernelFamily FamilyOf(Kernel kernel) =>
        kernel switch
        {
            LinearKernel or ArgMaxKernel => KernelFamily.Linear,
            AttentionKernel => KernelFamily.Attention,
            _ => KernelFamily.Rows,
        };

    private static IEnumerable<KernelMethod> Of(
        KernelFamily family,
        IEnumerable<Kernel> kernels,
        InstructionSetDescription target,
        RequiredFunctions functions
    ) => kernels.Where(kernel => FamilyOf(kernel) == family).SelectMany(kernel => Of(kernel, target, functions));

    private static IEnumerable<KernelMethod> Of(Kernel kernel, InstructionSetDescription target, RequiredFunctions functions) =>
        kernel switch
        {
            EmbedKernel embed => [EmbedLowering.Lower(embed, target)],
            NormKernel norm => [NormLowering.Lower(norm, target)],
            ScaleKernel scale => [ScaleLowering.Lower(scale, target)],
            PatchKernel patch => [PatchLowering.Lower(patch)],
            WindowKernel window => [WindowLowering.Lower(window)],
            PositionKernel position => [PatchLowering.Lower(position, target)],
            PoolKernel pool => [PoolLowering.Lower(pool, target)],
            QuantizeKernel quantize => [QuantizeLowering.Lower(quantize, target)],
            PartNormKernel parts => [PartNormLowering.Lower(parts, target)],
            ProbeKernel probe => [ProbeLowering.Lower(probe, target, functions)],
            NormalizeKernel normalize => [NormalizeLowering.Lower(normalize, target)],
            LinearKernel linear => LinearLowering.Lower(linear, target, functions),
            ArgMaxKernel highest => [ArgMaxLowering.Lower(highest, target)],
            GlobalRowsKernel rows => [GlobalRowsLowering.Lower(rows)],
            AttentionKernel { Attention.IsLinear: true } attention => LinearAttentionLowering.Lower(attention),
            AttentionKernel attention => AttentionMethods.Of(attention, target, functions),
            _ => throw new NotSupportedException(kernel.GetType().Name),
        };

    /// <summary>Returns the families of tiles. Kernels that share one get the union of its tiles and of the uses of their sums.</summary>
    public static IEnumerable<TileShape> TileFamilies(IEnumerable<Kernel> kernels, InstructionSetDescription target) =>
        kernels
            .SelectMany(kernel => TilesOf(kernel, target))
            .GroupBy(static tile => tile with { LeastRows = 1, Addition = default })
            .Select(static family => TileShape.Shared([.. family]));

    private static IEnumerable<KernelMethod> Tiles(IReadOnlyCollection<Kernel> kernels, InstructionSetDescription target)
    {
        foreach (KernelMethod method in TileFamilies(kernels, target).SelectMany(tile => TilesOf(tile, target)))
        {
            yield return method;
        }

        if (kernels.Any(static kernel => kernel is LinearKernel or AttentionKernel { Attention.IsLinear: false }))
        {
            yield return TileHeights.Lower(target.Tuning);
        }

        if (kernels.OfType<LinearKernel>().Any(kernel => new LinearTiles(kernel, target).Panels > 1))
        {
            yield return RowSharing.Lower(target.Tuning);
        }
    }

    private static IEnumerable<KernelMethod> TilesOf(TileShape shape, InstructionSetDescription target) =>
        IntegerLayout.IsInteger(shape.Storage) ? IntegerTileLowering.Lower(shape, target) : TileLowering.Lower(shape, target);

    private static IEnumerable<TileShape> TilesOf(Kernel kernel, InstructionSetDescription target) =>
        kernel switch
        {
            LinearKernel linear => new LinearTiles(linear, target).All,
            AttentionKernel { Attention.IsLinear: false } attention => new AttentionTiles(attention, target).All,
            _ => [],
        };
}
