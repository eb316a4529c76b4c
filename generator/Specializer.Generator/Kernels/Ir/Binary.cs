namespace Specializer.Generator.Kernels.Ir;

/// <summary>The binary operators, in groups of equal precedence from the one that binds closest on.</summary>
internal enum BinaryOp
{
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
    AndAlso,
    OrElse,
}

/// <summary>An operator between two scalars, two vectors, a vector and a scalar, or a pointer and a number.</summary>
internal sealed class Binary : Expr
{
    private Binary(DataType type, BinaryOp op, Expr left, Expr right)
        : base(type)
    {
        Op = op;
        Left = left;
        Right = right;
    }

    public BinaryOp Op { get; }

    public Expr Left { get; }

    public Expr Right { get; }

    public static Expr Of(BinaryOp op, Expr left, Expr right) =>
        Folded(op, left, right) ?? new Binary(TypeOf(op, left, right), op, left, right);

    /// <summary>The result for two integers, or where one of them changes nothing or is a factor of zero.</summary>
    private static Expr? Folded(BinaryOp op, Expr left, Expr right)
    {
        if (left is not Constant && right is not Constant)
        {
            return null;
        }

        long? a = (left as Constant)?.Integer,
            b = (right as Constant)?.Integer;
        return (op, a, b) switch
        {
            (BinaryOp.Add, { } x, { } y) => Constant.Of(x + y),
            (BinaryOp.Subtract, { } x, { } y) => Constant.Of(x - y),
            (BinaryOp.Multiply, { } x, { } y) => Constant.Of(x * y),
            (BinaryOp.Add, 0, _) => IsInteger(right) ? right : null,
            (BinaryOp.Add or BinaryOp.Subtract, _, 0) => IsInteger(left) ? left : null,
            (BinaryOp.Multiply, 0, _) => IsInteger(right) ? left : null,
            (BinaryOp.Multiply, _, 0) => IsInteger(left) ? right : null,
            (BinaryOp.Multiply, 1, _) => IsInteger(right) ? right : null,
            _ => null,
        };
    }

    private static bool IsInteger(Expr value) => value.Type.Lanes == 1 && value.Type.Element is Element.Int or Element.NInt or Element.UInt;

    private static DataType TypeOf(BinaryOp op, Expr left, Expr right) =>
        op is >= BinaryOp.Less and <= BinaryOp.NotEqual or BinaryOp.AndAlso or BinaryOp.OrElse ? DataType.Bool
        : left.Type.IsPointer || left.Type.IsVector ? left.Type
        : right.Type.IsPointer || right.Type.IsVector ? right.Type
        : op is BinaryOp.ShiftLeft or BinaryOp.ShiftRight ? left.Type
        : left.Type.Element >= right.Type.Element ? left.Type
        : right.Type;
}
