namespace Specializer;

/// <summary>Specifies the instruction sets for which kernels are generated.</summary>
public enum InstructionSet
{
    /// <summary>128-bit vectors through <c>System.Runtime.Intrinsics.Vector128</c>; runs on every CPU.</summary>
    Portable,

    /// <summary>ARM64 Advanced SIMD (NEON), 128-bit vectors.</summary>
    Neon,

    /// <summary>x86 AVX2 with FMA, 256-bit vectors.</summary>
    Avx2,

    /// <summary>x86 AVX-512 (F, BW, CD, DQ, VL), 512-bit vectors.</summary>
    Avx512,
}
