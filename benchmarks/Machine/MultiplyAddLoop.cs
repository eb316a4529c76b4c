using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Specializer.Benchmarks;

/// <summary>
/// Loops of multiply-adds without memory accesses. Twelve independent chains exceed the product of two units and their latency on
/// any core.
/// </summary>
internal static class MultiplyAddLoop
{
    private const int Chains = 12;

    // Every chain converges to b / (1 - a) = 1, so a long loop causes neither overflow nor subnormal numbers.
    private const float Factor = 0.75f;
    private const float Term = 0.25f;

    /// <summary>Returns the number of floating-point operations of one iteration; a multiply-add counts as two.</summary>
    public static int OperationsPerIteration(InstructionSet instructionSet) => 2 * Chains * Lanes(instructionSet);

    /// <summary>Runs the loop.</summary>
    /// <returns>A combination of all results, so that nothing is optimized away.</returns>
    public static float Run(InstructionSet instructionSet, int iterations) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => RunAvx512(iterations),
            InstructionSet.Avx2 => RunAvx2(iterations),
            InstructionSet.Neon => RunNeon(iterations),
            _ => RunPortable(iterations),
        };

    private static int Lanes(InstructionSet instructionSet) =>
        instructionSet switch
        {
            InstructionSet.Avx512 => Vector512<float>.Count,
            InstructionSet.Avx2 => Vector256<float>.Count,
            _ => Vector128<float>.Count,
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunAvx512(int iterations)
    {
        Vector512<float> a = Vector512.Create(Factor),
            b = Vector512.Create(Term);
        Vector512<float> c0 = b,
            c1 = b,
            c2 = b,
            c3 = b,
            c4 = b,
            c5 = b,
            c6 = b,
            c7 = b,
            c8 = b,
            c9 = b,
            c10 = b,
            c11 = b;
        for (int i = 0; i < iterations; i++)
        {
            c0 = Avx512F.FusedMultiplyAdd(c0, a, b);
            c1 = Avx512F.FusedMultiplyAdd(c1, a, b);
            c2 = Avx512F.FusedMultiplyAdd(c2, a, b);
            c3 = Avx512F.FusedMultiplyAdd(c3, a, b);
            c4 = Avx512F.FusedMultiplyAdd(c4, a, b);
            c5 = Avx512F.FusedMultiplyAdd(c5, a, b);
            c6 = Avx512F.FusedMultiplyAdd(c6, a, b);
            c7 = Avx512F.FusedMultiplyAdd(c7, a, b);
            c8 = Avx512F.FusedMultiplyAdd(c8, a, b);
            c9 = Avx512F.FusedMultiplyAdd(c9, a, b);
            c10 = Avx512F.FusedMultiplyAdd(c10, a, b);
            c11 = Avx512F.FusedMultiplyAdd(c11, a, b);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunAvx2(int iterations)
    {
        Vector256<float> a = Vector256.Create(Factor),
            b = Vector256.Create(Term);
        Vector256<float> c0 = b,
            c1 = b,
            c2 = b,
            c3 = b,
            c4 = b,
            c5 = b,
            c6 = b,
            c7 = b,
            c8 = b,
            c9 = b,
            c10 = b,
            c11 = b;
        for (int i = 0; i < iterations; i++)
        {
            c0 = Fma.MultiplyAdd(c0, a, b);
            c1 = Fma.MultiplyAdd(c1, a, b);
            c2 = Fma.MultiplyAdd(c2, a, b);
            c3 = Fma.MultiplyAdd(c3, a, b);
            c4 = Fma.MultiplyAdd(c4, a, b);
            c5 = Fma.MultiplyAdd(c5, a, b);
            c6 = Fma.MultiplyAdd(c6, a, b);
            c7 = Fma.MultiplyAdd(c7, a, b);
            c8 = Fma.MultiplyAdd(c8, a, b);
            c9 = Fma.MultiplyAdd(c9, a, b);
            c10 = Fma.MultiplyAdd(c10, a, b);
            c11 = Fma.MultiplyAdd(c11, a, b);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunNeon(int iterations)
    {
        Vector128<float> a = Vector128.Create(Factor),
            b = Vector128.Create(Term);
        Vector128<float> c0 = b,
            c1 = b,
            c2 = b,
            c3 = b,
            c4 = b,
            c5 = b,
            c6 = b,
            c7 = b,
            c8 = b,
            c9 = b,
            c10 = b,
            c11 = b;
        for (int i = 0; i < iterations; i++)
        {
            // The first argument is the addend, so the chain is a plain sum, which stops growing long before it could overflow.
            c0 = AdvSimd.FusedMultiplyAdd(c0, a, b);
            c1 = AdvSimd.FusedMultiplyAdd(c1, a, b);
            c2 = AdvSimd.FusedMultiplyAdd(c2, a, b);
            c3 = AdvSimd.FusedMultiplyAdd(c3, a, b);
            c4 = AdvSimd.FusedMultiplyAdd(c4, a, b);
            c5 = AdvSimd.FusedMultiplyAdd(c5, a, b);
            c6 = AdvSimd.FusedMultiplyAdd(c6, a, b);
            c7 = AdvSimd.FusedMultiplyAdd(c7, a, b);
            c8 = AdvSimd.FusedMultiplyAdd(c8, a, b);
            c9 = AdvSimd.FusedMultiplyAdd(c9, a, b);
            c10 = AdvSimd.FusedMultiplyAdd(c10, a, b);
            c11 = AdvSimd.FusedMultiplyAdd(c11, a, b);
        }

        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunPortable(int iterations)
    {
        Vector128<float> a = Vector128.Create(Factor),
            b = Vector128.Create(Term);
        Vector128<float> c0 = b,
            c1 = b,
            c2 = b,
            c3 = b,
            c4 = b,
            c5 = b,
            c6 = b,
            c7 = b,
            c8 = b,
            c9 = b,
            c10 = b,
            c11 = b;
        for (int i = 0; i < iterations; i++)
        {
            c0 = (c0 * a) + b;
            c1 = (c1 * a) + b;
            c2 = (c2 * a) + b;
            c3 = (c3 * a) + b;
            c4 = (c4 * a) + b;
            c5 = (c5 * a) + b;
            c6 = (c6 * a) + b;
            c7 = (c7 * a) + b;
            c8 = (c8 * a) + b;
            c9 = (c9 * a) + b;
            c10 = (c10 * a) + b;
            c11 = (c11 * a) + b;
        }

        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}
