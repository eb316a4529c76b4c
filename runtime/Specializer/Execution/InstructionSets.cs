using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Specializer;

/// <summary>Which of the generated kernels this process can run.</summary>
public static class InstructionSets
{
    /// <summary>The widest instruction set of this process; what a model uses unless <see cref="ModelOptions.InstructionSet"/> says otherwise.</summary>
    public static InstructionSet Best { get; } =
        IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
        : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
        : IsSupported(InstructionSet.Neon) ? InstructionSet.Neon
        : InstructionSet.Portable;

    /// <summary>Whether this process can run kernels of the given instruction set.</summary>
    /// <remarks>
    /// AVX-512 asks <see cref="Vector512.IsHardwareAccelerated"/> too: it is false on the early processors that lower
    /// their clock for 512-bit code, where AVX2 is the better choice.
    /// </remarks>
    public static bool IsSupported(InstructionSet instructionSet) =>
        instructionSet switch
        {
            InstructionSet.Portable => true,
            InstructionSet.Neon => AdvSimd.Arm64.IsSupported,
            InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
            InstructionSet.Avx512 => Vector512.IsHardwareAccelerated
                && Avx512F.IsSupported
                && Avx512DQ.IsSupported
                && Avx2.IsSupported
                && Fma.IsSupported,
            _ => false,
        };
}
