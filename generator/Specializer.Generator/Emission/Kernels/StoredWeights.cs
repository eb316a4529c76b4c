using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// How weights that are held in 16 bits become floats. Two lie in each word of a panel: one of its first vector in the lower
/// half, one of its second in the upper. So one load gives two vectors, and no element changes its lane.
/// </summary>
internal static class StoredWeights
{
    // 2^112, the distance of the exponent biases of float (127) and half (15). To multiply by it makes subnormal halves come out right.
    private const string HalfScale = "5.192296858534828e33f";

    // A half whose bits were shifted to a float's exponent and mantissa: sign, five bits of exponent, ten of mantissa.
    private const string HalfBits = "0x8FFFE000";

    /// <summary>The first vector of a panel's words.</summary>
    public static string Lower(InstructionSetDescription isa, WeightStorage storage, string words) =>
        storage switch
        {
            WeightStorage.BFloat16 => $"({words} << 16).AsSingle()",
            WeightStorage.Float16 => Half(isa, $"({words} << 16)"),
            _ => throw new NotSupportedException(storage.ToString()),
        };

    /// <summary>The second vector of a panel's words.</summary>
    public static string Upper(InstructionSetDescription isa, WeightStorage storage, string words) =>
        storage switch
        {
            WeightStorage.BFloat16 => $"({words} & {isa.VectorClass}.Create(0xFFFF0000)).AsSingle()",
            WeightStorage.Float16 => Half(isa, words),
            _ => throw new NotSupportedException(storage.ToString()),
        };

    /// <summary>The 16 bits of one weight as a float.</summary>
    public static string Widen(WeightStorage storage, string bits) =>
        storage switch
        {
            WeightStorage.BFloat16 => $"global::System.BitConverter.UInt32BitsToSingle({bits} << 16)",
            WeightStorage.Float16 => $"(float)global::System.BitConverter.UInt16BitsToHalf((ushort){bits})",
            _ => throw new NotSupportedException(storage.ToString()),
        };

    /// <summary>A half in the upper bits of each word; shifted as a signed number, so that the sign stays where it is.</summary>
    /// <remarks>In brackets: were a value multiplied before the scale, the product would be subnormal and lose bits.</remarks>
    private static string Half(InstructionSetDescription isa, string words) =>
        $"((({words}.AsInt32() >> 3).AsUInt32() & {isa.VectorClass}.Create({HalfBits})).AsSingle() * {isa.VectorClass}.Create({HalfScale}))";
}
