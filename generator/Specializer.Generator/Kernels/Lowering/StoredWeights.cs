using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>
/// Converts weights that are held in 16 bits to floats. Two share each word of a panel: one of its first vector the lower half, one
/// of its second the upper half. One load gives two vectors, and no element changes its lane.
/// </summary>
internal static class StoredWeights
{
    // 2^112, the distance of the exponent biases of float (127) and half (15). The product makes subnormal halves come out right.
    private const string HalfScale = "5.192296858534828e33f";

    // The bits of a half, shifted to a float's exponent and mantissa: sign, five bits of exponent, ten of mantissa.
    private const string HalfBits = "0x8FFFE000";

    private const string UpperBits = "0xFFFF0000";

    /// <summary>Returns one of the vectors of a panel's words.</summary>
    /// <param name="vectors">Vectors as wide as the words.</param>
    /// <param name="storage">The type of the weights.</param>
    /// <param name="words">The words.</param>
    /// <param name="vector">0 for the lower halves, 1 for the upper ones.</param>
    public static Expr Floats(Vectors vectors, WeightStorage storage, Expr words, int vector) =>
        (storage, vector) switch
        {
            (WeightStorage.BFloat16, 0) => vectors.AsFloat(words << 16),
            (WeightStorage.BFloat16, _) => vectors.AsFloat(words & vectors.BroadcastInteger(Constant.UInt(UpperBits))),
            (WeightStorage.Float16, 0) => Half(vectors, words << 16),
            (WeightStorage.Float16, _) => Half(vectors, words),
            _ => throw new NotSupportedException(storage.ToString()),
        };

    /// <summary>A half in the upper bits of each word, shifted as a signed number, so that its sign stays in place.</summary>
    private static Expr Half(Vectors vectors, Expr words) =>
        vectors.AsFloat(vectors.AsUInt(vectors.AsInt(words) >> 3) & vectors.BroadcastInteger(Constant.UInt(HalfBits)))
        * vectors.Number(HalfScale);
}
