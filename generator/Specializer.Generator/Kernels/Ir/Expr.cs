using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>An expression of a kernel. Immutable; sums and products of integer constants are folded where they are built.</summary>
/// <param name="type">The type of its value.</param>
internal abstract class Expr(DataType type)
{
    public DataType Type { get; } = type;

    /// <summary>Gets an element of the memory that this pointer addresses.</summary>
    public Expr this[Expr index] => new ElementAt(this, index);

    public static implicit operator Expr(int value) => Constant.Of(value);

    public static implicit operator Expr(float value) => Constant.Of(value);

    public static Expr operator +(Expr left, Expr right) => Binary.Of(BinaryOp.Add, left, right);

    public static Expr operator -(Expr left, Expr right) => Binary.Of(BinaryOp.Subtract, left, right);

    public static Expr operator *(Expr left, Expr right) => Binary.Of(BinaryOp.Multiply, left, right);

    public static Expr operator /(Expr left, Expr right) => Binary.Of(BinaryOp.Divide, left, right);

    public static Expr operator %(Expr left, Expr right) => Binary.Of(BinaryOp.Remainder, left, right);

    public static Expr operator &(Expr left, Expr right) => Binary.Of(BinaryOp.And, left, right);

    public static Expr operator |(Expr left, Expr right) => Binary.Of(BinaryOp.Or, left, right);

    public static Expr operator <<(Expr left, int right) => Binary.Of(BinaryOp.ShiftLeft, left, right);

    public static Expr operator >>(Expr left, int right) => Binary.Of(BinaryOp.ShiftRight, left, right);

    public static Expr operator <(Expr left, Expr right) => Binary.Of(BinaryOp.Less, left, right);

    public static Expr operator >(Expr left, Expr right) => Binary.Of(BinaryOp.Greater, left, right);

    public static Expr operator <=(Expr left, Expr right) => Binary.Of(BinaryOp.LessOrEqual, left, right);

    public static Expr operator >=(Expr left, Expr right) => Binary.Of(BinaryOp.GreaterOrEqual, left, right);

    public static Expr operator -(Expr value) => new Unary(UnaryOp.Negate, value);

    public static Expr operator !(Expr value) => new Unary(UnaryOp.Not, value);

    public static Expr operator ~(Expr value) => new Unary(UnaryOp.Complement, value);

    /// <summary>this == other.</summary>
    public Expr Is(Expr other) => Binary.Of(BinaryOp.Equal, this, other);

    /// <summary>this != other.</summary>
    public Expr IsNot(Expr other) => Binary.Of(BinaryOp.NotEqual, this, other);

    /// <summary>this &amp;&amp; other.</summary>
    public Expr AndAlso(Expr other) => Binary.Of(BinaryOp.AndAlso, this, other);

    /// <summary>this || other.</summary>
    public Expr OrElse(Expr other) => Binary.Of(BinaryOp.OrElse, this, other);

    /// <summary>this ? then : otherwise.</summary>
    public Expr Select(Expr then, Expr otherwise) => new Conditional(this, then, otherwise);

    /// <summary>The address of an element of the memory that this pointer addresses.</summary>
    /// <remarks>
    /// The sum of a pointer and a number is avoided. The C# compiler tries every operator for it, which took a third of a model's
    /// compile time.
    /// </remarks>
    public Expr At(Expr index) => index is Constant { Integer: 0 } ? this : new AddressOf(this, index);

    /// <summary>The value converted to another type.</summary>
    public Expr As(DataType type) => type == Type ? this : new Cast(type, this);

    /// <summary>Gets the element that this pointer addresses.</summary>
    public Expr Value => new Dereference(this);

    /// <summary>this is null.</summary>
    public Expr IsNull() => new NullCheck(this);

    /// <summary>The value as a native integer, so that products with it do not overflow.</summary>
    public Expr AsNInt => As(DataType.NInt);
}

/// <summary>A number, or the name of one.</summary>
/// <param name="type">Its type; of a vector for a number in every lane.</param>
/// <param name="text">The literal as C# writes it.</param>
/// <param name="integer">Its value if it is an integer that may be folded.</param>
internal sealed class Constant(DataType type, string text, long? integer = null) : Expr(type)
{
    // Indices of weights and rows, of which a tile has hundreds.
    private static readonly Constant[] s_small = [.. Enumerable.Range(0, 256).Select(static value => New(value))];

    public string Text { get; } = text;

    public long? Integer { get; } = integer;

    /// <summary>Returns an integer.</summary>
    public static Constant Of(long value) => value >= 0 && value < s_small.Length ? s_small[value] : New(value);

    public static Constant Of(float value) => new(DataType.Float, value.ToString("R", CultureInfo.InvariantCulture) + "f");

    public static Constant Float(string text) => new(DataType.Float, text);

    /// <summary>Gets the least float, the score of a key that is not visible.</summary>
    public static Constant MinFloat => Float("float.MinValue");

    private static Constant New(long value) => new(DataType.Int, value.ToString(CultureInfo.InvariantCulture), value);

    public static Constant UInt(string text) => new(DataType.UInt, text);
}

/// <summary>A parameter or a local variable.</summary>
internal sealed class Variable(DataType type, string name) : Expr(type)
{
    public string Name { get; } = name;
}

/// <summary>A parameter that is passed on by reference.</summary>
internal sealed class Reference(Variable variable) : Expr(variable.Type)
{
    public Variable Variable { get; } = variable;
}

/// <summary>A constant of the layer that a shared register tile is compiled for; it is constant for the JIT compiler.</summary>
internal sealed class LayerConstant(DataType type, string name) : Expr(type)
{
    public string Name { get; } = name;
}

internal enum UnaryOp
{
    Negate,
    Not,
    Complement,
}

internal sealed class Unary(UnaryOp op, Expr operand) : Expr(operand.Type)
{
    public UnaryOp Op { get; } = op;

    public Expr Operand { get; } = operand;
}

internal sealed class Cast(DataType type, Expr operand) : Expr(type)
{
    public Expr Operand { get; } = operand;
}

internal sealed class Conditional(Expr condition, Expr then, Expr otherwise) : Expr(then.Type)
{
    public Expr Condition { get; } = condition;

    public Expr Then { get; } = then;

    public Expr Otherwise { get; } = otherwise;
}

/// <summary>pointer[index].</summary>
internal sealed class ElementAt(Expr pointer, Expr index) : Expr(pointer.Type.Target)
{
    public Expr Pointer { get; } = pointer;

    public Expr Index { get; } = index;
}

/// <summary>*pointer.</summary>
internal sealed class Dereference(Expr pointer) : Expr(pointer.Type.Target)
{
    public Expr Pointer { get; } = pointer;
}

/// <summary>pointer is null.</summary>
internal sealed class NullCheck(Expr pointer) : Expr(DataType.Bool)
{
    public Expr Pointer { get; } = pointer;
}

/// <summary>&amp;pointer[index].</summary>
internal sealed class AddressOf(Expr pointer, Expr index) : Expr(pointer.Type)
{
    public Expr Pointer { get; } = pointer;

    public Expr Index { get; } = index;
}

/// <summary>Memory on the stack for so many elements.</summary>
internal sealed class StackMemory(DataType element, int count) : Expr(element.Pointer)
{
    public int Count { get; } = count;
}

/// <summary>A call of another method of the kernels.</summary>
/// <param name="returns">The type of its result.</param>
/// <param name="method">The method's name.</param>
/// <param name="layer">The type with the constants of the layer that a shared method is compiled for, if it is shared.</param>
/// <param name="arguments">The arguments.</param>
internal sealed class MethodCall(DataType returns, string method, string? layer, IReadOnlyList<Expr> arguments) : Expr(returns)
{
    public string Method { get; } = method;

    public string? Layer { get; } = layer;

    public IReadOnlyList<Expr> Arguments { get; } = arguments;
}
