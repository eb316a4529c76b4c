using System.Collections.Generic;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>The operations of a kernel that are neither operators nor memory accesses by index.</summary>
internal enum IntrinsicOp
{
    // Vectors in general.
    Zero,
    Load,
    Broadcast,
    Create,
    Lanes,
    Indices,
    MultiplyAdd,
    MultiplyAddLane,
    Minimum,
    Maximum,
    MinimumNative,
    MaximumNative,
    AndNot,
    LessThan,
    LessThanOrEqualAll,
    GreaterThan,
    GreaterThanOrEqual,
    Choose,
    ShiftLanesLeft,
    AsFloat,
    AsInt,
    AsUInt,
    AsShort,
    ConvertToFloat,
    WidenToShort,
    MultiplyAddAdjacent,
    MultiplyAddBytes,
    Sum,
    LowerHalf,
    UpperHalf,
    Shuffle,
    FirstLane,
    InterleaveLower,
    InterleaveUpper,

    // Scalars.
    Min,
    Max,
    Clamp,
    MinFloat,
    MaxFloat,
    SquareRoot,
    IsNaN,
    BitsToFloat,
    HalfBitsToFloat,
    CountEqual,
}

/// <summary>An operation with its operands.</summary>
/// <param name="type">The type of its result.</param>
/// <param name="op">The operation.</param>
/// <param name="operands">The operands.</param>
/// <param name="immediates">Numbers that are part of the instruction: the lane of a multiplication, the lanes of a shuffle, those of a constant.</param>
internal sealed class Intrinsic(DataType type, IntrinsicOp op, IReadOnlyList<Expr> operands, IReadOnlyList<int>? immediates = null)
    : Expr(type)
{
    private static readonly int[] s_none = [];

    public IntrinsicOp Op { get; } = op;

    public IReadOnlyList<Expr> Operands { get; } = operands;

    public IReadOnlyList<int> Immediates { get; } = immediates ?? s_none;
}
