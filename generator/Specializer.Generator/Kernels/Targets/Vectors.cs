using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Targets;

/// <summary>Builds operations on vectors of floats, or on what has the same lanes, for a target.</summary>
/// <param name="target">The target.</param>
/// <param name="lanes">The floats in a vector: those of the target, or fewer.</param>
internal readonly struct Vectors(InstructionSetDescription target, int lanes)
{
    /// <summary>Gets the number of floats in a vector.</summary>
    public int Lanes => lanes;

    /// <summary>Gets the type of a vector.</summary>
    public DataType Type => new(Element.Float, lanes);

    /// <summary>Gets a vector of zeros.</summary>
    public Expr Zero => Operation(IntrinsicOp.Zero);

    /// <summary>Gets the vector of integers 0, 1, 2, ...</summary>
    public Expr Indices => new Intrinsic(Type.Of(Element.Int), IntrinsicOp.Indices, []);

    public Expr Load(Expr address) => new Intrinsic(new DataType(address.Type.Element, lanes), IntrinsicOp.Load, [address]);

    /// <summary>A vector with the same float in every lane.</summary>
    public Expr Broadcast(Expr value) => Operation(IntrinsicOp.Broadcast, value);

    /// <summary>A vector with the same float in every lane.</summary>
    /// <param name="number">The number as C# writes it, without the suffix of its type.</param>
    public Expr Broadcast(string number) => Broadcast(Constant.Float(number + "f"));

    /// <summary>A constant number in every lane.</summary>
    /// <param name="number">The number as C# writes it.</param>
    public Expr Number(string number) => new Constant(Type, number);

    /// <summary>A vector with the same integer in every lane, of the integer's own type.</summary>
    public Expr BroadcastInteger(Expr value) => new Intrinsic(Type.Of(value.Type.Element), IntrinsicOp.Broadcast, [value]);

    /// <summary>A vector with a float of its own in every lane.</summary>
    public Expr Create(params Expr[] values) => Operation(IntrinsicOp.Create, values);

    /// <summary>All bits set in the first lanes, none in the others.</summary>
    public Expr MaskOfFirst(int count) =>
        AsFloat(
            new Intrinsic(
                Type.Of(Element.Int),
                IntrinsicOp.Lanes,
                [],
                [.. Enumerable.Range(0, lanes).Select(lane => lane < count ? -1 : 0)]
            )
        );

    /// <summary>sum + a · b, fused where the target can.</summary>
    public Expr MultiplyAdd(Expr sum, Expr a, Expr b) => target.Fuses ? Operation(IntrinsicOp.MultiplyAdd, sum, a, b) : sum + (a * b);

    /// <summary>sum + a · (a lane of b), for a target that multiplies by lane.</summary>
    public Expr MultiplyAddLane(Expr sum, Expr a, Expr b, int lane) =>
        new Intrinsic(Type, IntrinsicOp.MultiplyAddLane, [sum, a, b], [lane]);

    public Expr Minimum(Expr a, Expr b) => Operation(IntrinsicOp.Minimum, a, b);

    public Expr Maximum(Expr a, Expr b) => Operation(IntrinsicOp.Maximum, a, b);

    /// <summary>The minimum of the instruction: if an operand is NaN, the second operand.</summary>
    public Expr MinimumNative(Expr a, Expr b) => Operation(IntrinsicOp.MinimumNative, a, b);

    /// <summary>The maximum of the instruction: if an operand is NaN, the second operand.</summary>
    public Expr MaximumNative(Expr a, Expr b) => Operation(IntrinsicOp.MaximumNative, a, b);

    /// <summary>The bits of a that are not set in b.</summary>
    public Expr AndNot(Expr a, Expr b) => Operation(IntrinsicOp.AndNot, a, b);

    public Expr LessThan(Expr a, Expr b) => new Intrinsic(a.Type, IntrinsicOp.LessThan, [a, b]);

    public Expr GreaterThan(Expr a, Expr b) => new Intrinsic(a.Type, IntrinsicOp.GreaterThan, [a, b]);

    public Expr GreaterThanOrEqual(Expr a, Expr b) => new Intrinsic(a.Type, IntrinsicOp.GreaterThanOrEqual, [a, b]);

    public Expr LessThanOrEqualAll(Expr a, Expr b) => new Intrinsic(DataType.Bool, IntrinsicOp.LessThanOrEqualAll, [a, b]);

    /// <summary>The lanes of one vector where all bits of a mask are set, and of another elsewhere.</summary>
    public Expr Choose(Expr mask, Expr then, Expr otherwise) => Operation(IntrinsicOp.Choose, mask, then, otherwise);

    public Expr ShiftLeft(Expr value, int bits) => new Intrinsic(value.Type, IntrinsicOp.ShiftLanesLeft, [value], [bits]);

    /// <summary>The bits of a vector as floats.</summary>
    public Expr AsFloat(Expr value) => Operation(IntrinsicOp.AsFloat, value);

    /// <summary>The bits of a vector as signed integers.</summary>
    public Expr AsInt(Expr value) => new Intrinsic(Type.Of(Element.Int), IntrinsicOp.AsInt, [value]);

    /// <summary>The bits of a vector as unsigned integers.</summary>
    public Expr AsUInt(Expr value) => new Intrinsic(Type.Of(Element.UInt), IntrinsicOp.AsUInt, [value]);

    /// <summary>The bits of a vector as twice as many integers of 16 bits.</summary>
    public Expr AsShort(Expr value) => new Intrinsic(new DataType(Element.Short, 2 * lanes), IntrinsicOp.AsShort, [value]);

    /// <summary>Twice as many signed bytes as the vector has lanes, each widened to 16 bits.</summary>
    public Expr WidenToShort(Expr bytes) => new Intrinsic(new DataType(Element.Short, 2 * lanes), IntrinsicOp.WidenToShort, [bytes]);

    /// <summary>a[2i] · b[2i] + a[2i + 1] · b[2i + 1] of 16-bit integers, exact in the 32-bit lane i.</summary>
    public Expr MultiplyAddAdjacent(Expr a, Expr b) => new Intrinsic(Type.Of(Element.Int), IntrinsicOp.MultiplyAddAdjacent, [a, b]);

    /// <summary>
    /// a[2i] · b[2i] + a[2i + 1] · b[2i + 1] of unsigned bytes a and signed bytes b, saturated to 16 bits in lane i. The operands are
    /// variables.
    /// </summary>
    public Expr MultiplyAddBytes(Variable a, Variable b) =>
        new Intrinsic(new DataType(Element.Short, 2 * lanes), IntrinsicOp.MultiplyAddBytes, [a, b]);

    /// <summary>Integers converted to floats.</summary>
    public Expr ConvertToFloat(Expr value) => Operation(IntrinsicOp.ConvertToFloat, value);

    /// <summary>The sum of all lanes.</summary>
    public Expr Sum(Expr value) => new Intrinsic(DataType.Float, IntrinsicOp.Sum, [value]);

    /// <summary>The lower half of a vector of twice the lanes.</summary>
    public Expr LowerHalf(Expr value) => Operation(IntrinsicOp.LowerHalf, value);

    /// <summary>The upper half of a vector of twice the lanes.</summary>
    public Expr UpperHalf(Expr value) => Operation(IntrinsicOp.UpperHalf, value);

    public Expr Shuffle(Expr value, params int[] from) => new Intrinsic(Type, IntrinsicOp.Shuffle, [value], from);

    public Expr FirstLane(Expr value) => new Intrinsic(DataType.Float, IntrinsicOp.FirstLane, [value]);

    /// <summary>Alternates elements of the lower halves of both vectors.</summary>
    public Expr InterleaveLower(Expr a, Expr b) => Operation(IntrinsicOp.InterleaveLower, a, b);

    /// <summary>Alternates elements of the upper halves of both vectors.</summary>
    public Expr InterleaveUpper(Expr a, Expr b) => Operation(IntrinsicOp.InterleaveUpper, a, b);

    private Expr Operation(IntrinsicOp op, params Expr[] operands) => new Intrinsic(Type, op, operands);
}
