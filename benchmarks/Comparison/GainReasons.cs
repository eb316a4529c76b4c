using System;
using System.Collections.Generic;
using System.Runtime.Intrinsics;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>
/// Measures the cost of disabling each optimization of generated code. Optimizations that the generic engine has, too (fusion,
/// layout) are disabled there. For constant shapes, the generic engine's kernel of the same shape is used.
/// </summary>
internal static class GainReasons
{
    /// <summary>A measurement with one optimization disabled.</summary>
    /// <param name="Reason">"fusion", "layout", "constants" or "tails".</param>
    /// <param name="What">The disabled optimization.</param>
    /// <param name="Rows">The number of rows.</param>
    /// <param name="Operations">The floating-point operations of one call.</param>
    /// <param name="With">Runs with the optimization.</param>
    /// <param name="Without">Runs without the optimization.</param>
    internal sealed record Pair(
        string Reason,
        string What,
        int Rows,
        double Operations,
        Action<int, int, int> With,
        Action<int, int, int> Without
    );

    public static IEnumerable<Pair> All(KernelMemory memory) =>
        InstructionSets.Best switch
        {
            InstructionSet.Avx512 => Pairs<Avx512Instructions, Vector512<float>>(InstructionSet.Avx512, memory),
            InstructionSet.Avx2 => Pairs<Avx2Instructions, Vector256<float>>(InstructionSet.Avx2, memory),
            InstructionSet.Neon => Pairs<NeonInstructions, Vector128<float>>(InstructionSet.Neon, memory),
            _ => Pairs<PortableInstructions, Vector128<float>>(InstructionSet.Portable, memory),
        };

    private static IEnumerable<Pair> Pairs<TInstructions, TVector>(InstructionSet set, KernelMemory memory)
        where TInstructions : struct, IVectorInstructions<TVector>
        where TVector : struct
    {
        var apart = new GenericPasses<TInstructions, TVector>(memory);
        foreach ((int width, int inner) in new[] { (288, 768), (768, 2048) })
        {
            foreach (int rows in new[] { 1, 8, 128 })
            {
                double square = 2.0 * width * width * rows,
                    wide = 2.0 * width * inner * rows;
                yield return new Pair(
                    "fusion",
                    $"the sum with the residual stream, {width}x{width}",
                    rows,
                    square,
                    GenericKernels.Linear(set, memory, width, width, gated: false, adds: true),
                    apart.LinearAndSumApart(width, width)
                );
                yield return new Pair(
                    "fusion",
                    $"gate, up and SiLU in one product, {width}x{inner}",
                    rows,
                    2 * wide,
                    GenericKernels.Linear(set, memory, width, inner, gated: true, adds: false),
                    apart.GateAndUpApart(width, inner)
                );
                yield return new Pair(
                    "fusion",
                    $"queries, keys and values in one product, {width}x{3 * width}",
                    rows,
                    3 * square,
                    GenericKernels.Linear(set, memory, width, 3 * width, gated: false, adds: false),
                    apart.Apart(3, width, width)
                );
                yield return new Pair(
                    "layout",
                    $"rows an odd number of cache lines apart, {inner}x{width}",
                    rows,
                    wide,
                    apart.Linear(inner, width, OwnProduct.Stride(inner), OwnProduct.Stride(width)),
                    apart.Linear(inner, width, inner, width)
                );
            }
        }

        foreach (MeasuredModel model in MeasuredModel.Generics)
        {
            foreach (MeasuredKernel kernel in model.Kernels(set, memory))
            {
                if (kernel.RunGeneric is not { } generic)
                {
                    continue;
                }

                // No tile of either engine divides 13 rows.
                foreach (int rows in new[] { 1, 12, 13 })
                {
                    if (rows <= kernel.MostRows)
                    {
                        yield return new Pair(
                            rows == 13 ? "constants, tails" : "constants",
                            $"{kernel.Name} {kernel.Shape}, {model.Name}",
                            rows,
                            kernel.Operations(rows),
                            kernel.Run,
                            generic
                        );
                    }
                }
            }
        }
    }
}
