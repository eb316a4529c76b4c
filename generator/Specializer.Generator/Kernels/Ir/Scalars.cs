namespace Specializer.Generator.Kernels.Ir;

/// <summary>Builds operations on single numbers.</summary>
internal static class Scalars
{
    public static Expr Min(Expr a, Expr b) => new Intrinsic(a.Type, IntrinsicOp.Min, [a, b]);

    public static Expr Max(Expr a, Expr b) => new Intrinsic(a.Type, IntrinsicOp.Max, [a, b]);

    public static Expr Clamp(Expr value, Expr least, Expr most) => new Intrinsic(value.Type, IntrinsicOp.Clamp, [value, least, most]);

    public static Expr MaxFloat(Expr a, Expr b) => new Intrinsic(DataType.Float, IntrinsicOp.MaxFloat, [a, b]);

    public static Expr SquareRoot(Expr value) => new Intrinsic(DataType.Float, IntrinsicOp.SquareRoot, [value]);

    public static Expr IsNaN(Expr value) => new Intrinsic(DataType.Bool, IntrinsicOp.IsNaN, [value]);

    /// <summary>The float with the given bits.</summary>
    public static Expr BitsToFloat(Expr bits) => new Intrinsic(DataType.Float, IntrinsicOp.BitsToFloat, [bits]);

    /// <summary>The float with the value of the half-precision number with the given bits.</summary>
    public static Expr HalfBitsToFloat(Expr bits) => new Intrinsic(DataType.Float, IntrinsicOp.HalfBitsToFloat, [bits]);

    /// <summary>How many of some integers equal one.</summary>
    public static Expr CountEqual(Expr first, Expr count, Expr value) =>
        new Intrinsic(DataType.Int, IntrinsicOp.CountEqual, [first, count, value]);
}
