using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Specializer;

/// <summary>Provides information about the instruction sets that this process supports.</summary>
public static class InstructionSets
{
    /// <summary>
    /// The widest instruction set of this process. Models use it unless <see cref="ModelOptions.InstructionSet"/> selects another
    /// one.
    /// </summary>
    public static InstructionSet Best { get; } =
        IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
        : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
        : IsSupported(InstructionSet.Neon) ? InstructionSet.Neon
        : InstructionSet.Portable;

    /// <summary>Returns whether this process can run kernels of the given instruction set.</summary>
    /// <remarks>
    /// AVX-512 also requires <see cref="Vector512.IsHardwareAccelerated"/>. It is false on early processors that lower their
    /// clock for 512-bit code, on which AVX2 is the better choice.
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
                && Avx512BW.IsSupported
                && Avx2.IsSupported
                && Fma.IsSupported,
            _ => false,
        };
}
