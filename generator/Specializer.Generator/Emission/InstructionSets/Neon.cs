using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>ARM64 Advanced SIMD: 32 registers of 4 floats.</summary>
internal sealed class Neon : InstructionSetDescription
{
    public override string Name => "Neon";

    public override string Summary => "ARM64 Advanced SIMD: 128-bit vectors, 32 registers, fused multiply-add by lane";

    public override int Lanes => 4;

    public override Tuning Tuning => Tuning.Neon;

    public override IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics", "System.Runtime.Intrinsics.Arm"];

    public override bool MultipliesByLane => true;

    public override bool Interleaves => true;

    public override string Spelling(IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.MultiplyAdd => "AdvSimd.FusedMultiplyAdd({0}, {1}, {2})",
            IntrinsicOp.MultiplyAddLane => "AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar({0}, {1}, {2}, {3})",
            IntrinsicOp.InterleaveLower => "AdvSimd.Arm64.ZipLow({0}, {1})",
            IntrinsicOp.InterleaveUpper => "AdvSimd.Arm64.ZipHigh({0}, {1})",
            _ => base.Spelling(op),
        };

    public override bool FoldsLoads => false;
}
