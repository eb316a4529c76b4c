using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>x86 AVX-512: 32 registers of 16 floats.</summary>
internal sealed class Avx512 : InstructionSetDescription
{
    public override string Name => "Avx512";

    public override string Summary => "AVX-512: 512-bit vectors, 32 registers, fused multiply-add";

    public override int Lanes => 16;

    public override Tuning Tuning => Tuning.Avx512;

    public override IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics", "System.Runtime.Intrinsics.X86"];

    public override bool MultipliesWords => true;

    public override bool Interleaves => true;

    public override bool Prefetches => true;

    public override string PrefetchSpelling(bool toFirstLevel) => toFirstLevel ? "Sse.Prefetch0({0})" : "Sse.Prefetch1({0})";

    public override string NarrowSpelling(IntrinsicOp op) =>
        op == IntrinsicOp.MultiplyAdd ? "Fma.MultiplyAdd({1}, {2}, {0})" : base.NarrowSpelling(op);

    public override string Spelling(IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.MultiplyAdd => "Avx512F.FusedMultiplyAdd({1}, {2}, {0})",
            IntrinsicOp.WidenToShort => "Avx512BW.ConvertToVector512Int16({0})",
            IntrinsicOp.MultiplyAddAdjacent => "Avx512BW.MultiplyAddAdjacent({0}, {1})",
            IntrinsicOp.MultiplyAddBytes => "Avx512BW.MultiplyAddAdjacent({0}.AsByte(), {1}.AsSByte())",
            IntrinsicOp.InterleaveLower => "Sse.UnpackLow({0}, {1})",
            IntrinsicOp.InterleaveUpper => "Sse.UnpackHigh({0}, {1})",
            _ => base.Spelling(op),
        };
}
