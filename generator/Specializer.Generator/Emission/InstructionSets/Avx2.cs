using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>x86 AVX2 with FMA: 16 registers of 8 floats.</summary>
internal sealed class Avx2 : InstructionSetDescription
{
    public override string Name => "Avx2";

    public override string Summary => "AVX2 with FMA: 256-bit vectors, 16 registers, fused multiply-add";

    public override int Lanes => 8;

    public override Tuning Tuning => Tuning.Avx2;

    public override IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics", "System.Runtime.Intrinsics.X86"];

    public override bool MultipliesWords => true;

    public override bool Interleaves => true;

    public override bool Prefetches => true;

    public override string PrefetchSpelling(bool toFirstLevel) => toFirstLevel ? "Sse.Prefetch0({0})" : "Sse.Prefetch1({0})";

    public override string Spelling(IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.MultiplyAdd => "Fma.MultiplyAdd({1}, {2}, {0})",
            IntrinsicOp.WidenToShort => "Avx2.ConvertToVector256Int16({0})",
            IntrinsicOp.MultiplyAddAdjacent => "Avx2.MultiplyAddAdjacent({0}, {1})",
            IntrinsicOp.MultiplyAddBytes => "Avx2.MultiplyAddAdjacent({0}.AsByte(), {1}.AsSByte())",
            IntrinsicOp.InterleaveLower => "Sse.UnpackLow({0}, {1})",
            IntrinsicOp.InterleaveUpper => "Sse.UnpackHigh({0}, {1})",
            _ => base.Spelling(op),
        };
}
