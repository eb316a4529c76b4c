using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>x86 AVX2 with FMA: 16 registers of 8 floats.</summary>
internal sealed class Avx2 : InstructionSetDescription
{
    public override string Name => "Avx2";

    public override string Summary => "AVX2 with FMA: 256-bit vectors, 16 registers, fused multiply-add";

    public override int Lanes => 8;

    public override string VectorClass => "Vector256";

    // 10 sums, 2 weights, 1 broadcast value, of the 14 that may be live; 12 sums need 15 of 16.
    public override int TileRows => 5;

    // A depth is 10 multiply-adds, which take 5 cycles, 7 loads and the 3 instructions of a loop: too many for a core that two threads share.
    public override int DepthsPerTurn => 4;

    public override IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics", "System.Runtime.Intrinsics.X86"];

    public override string MultiplyAdd(string sum, string a, string b) => $"Fma.MultiplyAdd({a}, {b}, {sum})";

    public override bool Interleaves => true;

    public override string Interleave(string a, string b, bool upper) => $"Sse.Unpack{(upper ? "High" : "Low")}({a}, {b})";

    public override bool Prefetches => true;

    // Measured on Zen 3: asking takes them from 52 to 34 GB/s in the third level, from 20 to 19 in memory.
    public override bool StreamAsksForNarrowWeights => false;

    // Measured on Zen 3: asking takes a tile from 91 to 84 % of the peak where values are near, and gains nothing where they are far.
    public override bool ValuesAskAhead => false;

    public override string Prefetch(string address, bool toFirstLevel) => $"Sse.Prefetch{(toFirstLevel ? 0 : 1)}({address});";

    public override string Spelling(IntrinsicOp op) =>
        op switch
        {
            IntrinsicOp.MultiplyAdd => "Fma.MultiplyAdd({1}, {2}, {0})",
            IntrinsicOp.InterleaveLower => "Sse.UnpackLow({0}, {1})",
            IntrinsicOp.InterleaveUpper => "Sse.UnpackHigh({0}, {1})",
            _ => base.Spelling(op),
        };
}
