using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers kernels for a target, with the tiles and functions that they share.</summary>
internal static class KernelProgram
{
    /// <summary>Returns the methods of kernels, those that a session calls before those that they call.</summary>
    public static IEnumerable<KernelMethod> Lower(IReadOnlyCollection<Kernel> kernels, InstructionSetDescription target)
    {
        var functions = new RequiredFunctions();
        foreach (KernelMethod method in kernels.SelectMany(kernel => Lower(kernel, target, functions)))
        {
            yield return method;
        }

        AttentionKernel[] attentions = [.. kernels.OfType<AttentionKernel>().Where(static kernel => !kernel.Attention.Linear)];
        if (attentions.Length > 0)
        {
            foreach (KernelMethod method in AttentionMethods.Shared(attentions, target, functions))
            {
                yield return method;
            }
        }

        if (kernels.OfType<AttentionKernel>().FirstOrDefault(static kernel => kernel.Attention.Linear) is { } linearAttention)
        {
            foreach (KernelMethod method in LinearStateLowering.Lower(linearAttention, target, functions))
            {
                yield return method;
            }
        }

        // Kernels that share a family of tiles get the union of its tiles and of the uses of their sums.
        TileShape[] tiles =
        [
            .. kernels
                .SelectMany(kernel => Tiles(kernel, target))
                .GroupBy(static tile => tile with { LeastRows = 1, Addition = default })
                .Select(static family => TileShape.Shared([.. family])),
        ];
        foreach (KernelMethod method in tiles.SelectMany(tile => TileLowering.Lower(tile, target)))
        {
            yield return method;
        }

        yield return TileHeights.Lower(target.Tuning);
        if (kernels.OfType<LinearKernel>().Any(kernel => new LinearTiles(kernel, target).Panels > 1))
        {
            yield return RowSharing.Lower(target.Tuning);
        }

        foreach (KernelMethod function in functions.Lower(target))
        {
            yield return function;
        }
    }

    private static IEnumerable<KernelMethod> Lower(Kernel kernel, InstructionSetDescription target, RequiredFunctions functions) =>
        kernel switch
        {
            EmbedKernel embed => [EmbedLowering.Lower(embed, target)],
            NormKernel norm => [NormLowering.Lower(norm, target)],
            PatchKernel patch => [PatchLowering.Lower(patch)],
            WindowKernel window => [WindowLowering.Lower(window)],
            PositionKernel position => [PatchLowering.Lower(position, target)],
            PoolKernel pool => [PoolLowering.Lower(pool, target)],
            NormalizeKernel normalize => [NormalizeLowering.Lower(normalize, target)],
            LinearKernel linear => LinearLowering.Lower(linear, target, functions),
            HighestKernel highest => [ArgMaxLowering.Lower(highest, target)],
            GlobalRowsKernel rows => [GlobalRowsLowering.Lower(rows)],
            AttentionKernel { Attention.Linear: true } attention => LinearAttentionLowering.Lower(attention),
            AttentionKernel attention => AttentionMethods.Of(attention, target, functions),
            _ => throw new NotSupportedException(kernel.GetType().Name),
        };

    private static IEnumerable<TileShape> Tiles(Kernel kernel, InstructionSetDescription target) =>
        kernel switch
        {
            LinearKernel linear => new LinearTiles(linear, target).All,
            AttentionKernel { Attention.Linear: false } attention => new AttentionTiles(attention, target).All,
            _ => [],
        };
}
