using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>Makes delegates of the expressions of kernels whose value is a single number, an address or a truth value.</summary>
internal sealed partial class ExpressionCompiler
{
    /// <summary>An integer, an address or a truth value (0 or 1).</summary>
    public Func<Frame, long> Integer(Expr expression)
    {
        switch (expression)
        {
            case Constant constant:
                long value = Whole(constant);
                return _ => value;
            case Variable variable:
                int slot = slots.Of(variable);
                return frame => frame.Integers[slot];
            case LayerConstant constant:
                return frame => program.LayerConstant(frame.Layer!, constant.Name);
            case ElementAt element:
                Func<Frame, long> address = Integer(element.Pointer.At(element.Index));
                return Narrowed(element.Type, frame => memory.At(address(frame), 1)[0]);
            case Dereference element:
                Func<Frame, long> pointer = Integer(element.Pointer);
                return Narrowed(element.Type, frame => memory.At(pointer(frame), 1)[0]);
            case AddressOf at:
                Func<Frame, long> origin = Integer(at.Pointer),
                    index = Integer(at.Index);
                int step = at.Type.Words;
                return frame => origin(frame) + (index(frame) * step);
            case NullCheck check:
                Func<Frame, long> checkedPointer = Integer(check.Pointer);
                return frame => checkedPointer(frame) == 0 ? 1 : 0;
            case StackMemory stack:
                return frame =>
                {
                    frame.StackBlocks++;
                    return memory.Allocate(stack.Count);
                };
            case Unary unary:
                Func<Frame, long> operand = Integer(unary.Operand);
                return unary.Op switch
                {
                    UnaryOp.Negate => frame => -operand(frame),
                    UnaryOp.Not => frame => 1 - operand(frame),
                    _ => frame => ~operand(frame),
                };
            case Cast cast:
                return CastToInteger(cast);
            case Conditional choice:
                Func<Frame, long> condition = Integer(choice.Condition),
                    then = Integer(choice.Then),
                    otherwise = Integer(choice.Otherwise);
                return frame => condition(frame) != 0 ? then(frame) : otherwise(frame);
            case Binary binary:
                return Binary(binary);
            case MethodCall call:
                Action<Frame, Frame> invoke = Call(call);
                return frame =>
                {
                    Frame result = new(1, null);
                    invoke(frame, result);
                    return result.Integers[0];
                };
            case Intrinsic operation:
                return IntegerOperation(operation);
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    /// <summary>A float or double, rounded to the expression's own type.</summary>
    public Func<Frame, double> Number(Expr expression)
    {
        switch (expression)
        {
            case Constant constant:
                double value = Parsed(constant);
                return _ => value;
            case Variable variable when IsNumber(variable.Type):
                int slot = slots.Of(variable);
                return frame => frame.Numbers[slot];
            case ElementAt element when IsNumber(element.Type):
                Func<Frame, long> address = Integer(element.Pointer.At(element.Index));
                return frame => BitConverter.UInt32BitsToSingle(memory.At(address(frame), 1)[0]);
            case Dereference element when IsNumber(element.Type):
                Func<Frame, long> pointer = Integer(element.Pointer);
                return frame => BitConverter.UInt32BitsToSingle(memory.At(pointer(frame), 1)[0]);
            case Unary { Op: UnaryOp.Negate } unary when IsNumber(unary.Type):
                Func<Frame, double> operand = Number(unary.Operand);
                return frame => -operand(frame);
            case Cast cast when IsNumber(cast.Type):
                return Rounded(cast.Type, Number(cast.Operand));
            case Conditional choice when IsNumber(choice.Type) || IsNumber(choice.Otherwise.Type):
                Func<Frame, long> condition = Integer(choice.Condition);
                Func<Frame, double> then = Number(choice.Then),
                    otherwise = Number(choice.Otherwise);
                return frame => condition(frame) != 0 ? then(frame) : otherwise(frame);
            case Binary binary when IsNumber(binary.Type):
                Func<Frame, double> left = Number(binary.Left),
                    right = Number(binary.Right);
                return Rounded(
                    binary.Type,
                    binary.Op switch
                    {
                        BinaryOp.Add => frame => left(frame) + right(frame),
                        BinaryOp.Subtract => frame => left(frame) - right(frame),
                        BinaryOp.Multiply => frame => left(frame) * right(frame),
                        BinaryOp.Divide => frame => left(frame) / right(frame),
                        _ => throw new NotSupportedException(binary.Op.ToString()),
                    }
                );
            case MethodCall call when IsNumber(call.Type):
                Action<Frame, Frame> invoke = Call(call);
                return frame =>
                {
                    Frame result = new(1, null);
                    invoke(frame, result);
                    return result.Numbers[0];
                };
            case Intrinsic operation when IsNumber(operation.Type):
                return NumberOperation(operation);
            default:
                // An integer that is converted.
                Func<Frame, long> integer = Integer(expression);
                return frame => integer(frame);
        }
    }

    private static bool IsNumber(DataType type) => type is { Element: Element.Float or Element.Double, Lanes: 1, IsPointer: false };

    private static double Parsed(Constant constant) =>
        constant.Integer
        ?? constant.Text switch
        {
            "float.MinValue" => float.MinValue,
            "float.NegativeInfinity" => double.NegativeInfinity,
            _ => constant.Type.Element == Element.Double
                ? double.Parse(constant.Text.TrimEnd('d'), CultureInfo.InvariantCulture)
                : float.Parse(constant.Text.TrimEnd('f'), CultureInfo.InvariantCulture),
        };

    private static long Whole(Constant constant) =>
        constant.Integer
        ?? (
            constant.Text.StartsWith("0x", StringComparison.Ordinal)
                ? Convert.ToInt64(constant.Text[2..], 16)
                : long.Parse(constant.Text, CultureInfo.InvariantCulture)
        );

    private static Func<Frame, double> Rounded(DataType type, Func<Frame, double> value) =>
        type.Element == Element.Double ? value : frame => (float)value(frame);

    private static Func<Frame, long> Narrowed(DataType type, Func<Frame, long> value) =>
        type.IsPointer
            ? value
            : type.Element switch
            {
                Element.Int => frame => (int)value(frame),
                Element.UInt => frame => (uint)value(frame),
                _ => value,
            };

    private Func<Frame, long> CastToInteger(Cast cast)
    {
        if (IsNumber(cast.Operand.Type))
        {
            Func<Frame, double> number = Number(cast.Operand);
            return Narrowed(cast.Type, frame => (long)number(frame));
        }

        return Narrowed(cast.Type, Integer(cast.Operand));
    }

    private Func<Frame, long> Binary(Binary binary)
    {
        if (binary.Type == DataType.Bool && (IsNumber(binary.Left.Type) || IsNumber(binary.Right.Type)))
        {
            return Comparison(binary.Op, Number(binary.Left), Number(binary.Right));
        }

        Func<Frame, long> left = Integer(binary.Left),
            right = Integer(binary.Right);
        int step = binary.Type.IsPointer ? binary.Type.Words : 1;
        Func<Frame, long> value = binary.Op switch
        {
            BinaryOp.Add => frame => left(frame) + (right(frame) * step),
            BinaryOp.Subtract => frame => left(frame) - (right(frame) * step),
            BinaryOp.Multiply => frame => left(frame) * right(frame),
            BinaryOp.Divide => frame => left(frame) / right(frame),
            BinaryOp.Remainder => frame => left(frame) % right(frame),
            BinaryOp.ShiftLeft => frame => left(frame) << (int)right(frame),
            BinaryOp.ShiftRight => frame => left(frame) >> (int)right(frame),
            BinaryOp.And => frame => left(frame) & right(frame),
            BinaryOp.Or => frame => left(frame) | right(frame),
            BinaryOp.AndAlso => frame => left(frame) != 0 && right(frame) != 0 ? 1 : 0,
            BinaryOp.OrElse => frame => left(frame) != 0 || right(frame) != 0 ? 1 : 0,
            BinaryOp.Less => frame => left(frame) < right(frame) ? 1 : 0,
            BinaryOp.Greater => frame => left(frame) > right(frame) ? 1 : 0,
            BinaryOp.LessOrEqual => frame => left(frame) <= right(frame) ? 1 : 0,
            BinaryOp.GreaterOrEqual => frame => left(frame) >= right(frame) ? 1 : 0,
            BinaryOp.Equal => frame => left(frame) == right(frame) ? 1 : 0,
            _ => frame => left(frame) != right(frame) ? 1 : 0,
        };
        return Narrowed(binary.Type, value);
    }

    private static Func<Frame, long> Comparison(BinaryOp op, Func<Frame, double> left, Func<Frame, double> right) =>
        op switch
        {
            BinaryOp.Less => frame => left(frame) < right(frame) ? 1 : 0,
            BinaryOp.Greater => frame => left(frame) > right(frame) ? 1 : 0,
            BinaryOp.LessOrEqual => frame => left(frame) <= right(frame) ? 1 : 0,
            BinaryOp.GreaterOrEqual => frame => left(frame) >= right(frame) ? 1 : 0,
            BinaryOp.Equal => frame => left(frame) == right(frame) ? 1 : 0,
            _ => frame => left(frame) != right(frame) ? 1 : 0,
        };

    private Func<Frame, long> IntegerOperation(Intrinsic operation)
    {
        if (operation.Op == IntrinsicOp.LessThanOrEqualAll)
        {
            Func<Frame, uint[]> first = Vector(operation.Operands[0]),
                second = Vector(operation.Operands[1]);
            return frame =>
                first(frame)
                    .Zip(second(frame))
                    .All(static pair => BitConverter.UInt32BitsToSingle(pair.First) <= BitConverter.UInt32BitsToSingle(pair.Second))
                    ? 1
                    : 0;
        }

        if (operation.Op == IntrinsicOp.IsNaN)
        {
            Func<Frame, double> number = Number(operation.Operands[0]);
            return frame => double.IsNaN(number(frame)) ? 1 : 0;
        }

        Func<Frame, long>[] operands = [.. operation.Operands.Select(Integer)];
        return operation.Op switch
        {
            IntrinsicOp.Min => frame => Math.Min(operands[0](frame), operands[1](frame)),
            IntrinsicOp.Max => frame => Math.Max(operands[0](frame), operands[1](frame)),
            IntrinsicOp.Clamp => frame => Math.Clamp(operands[0](frame), operands[1](frame), operands[2](frame)),
            IntrinsicOp.CountEqual => frame =>
            {
                long count = 0;
                foreach (uint element in memory.At(operands[0](frame), operands[1](frame)))
                {
                    count += (int)element == operands[2](frame) ? 1 : 0;
                }

                return count;
            },
            _ => throw new NotSupportedException(operation.Op.ToString()),
        };
    }

    private Func<Frame, double> NumberOperation(Intrinsic operation)
    {
        Func<Frame, double> First() => Number(operation.Operands[0]);
        Func<Frame, double> Second() => Number(operation.Operands[1]);
        switch (operation.Op)
        {
            case IntrinsicOp.Sum:
                Func<Frame, uint[]> vector = Vector(operation.Operands[0]);
                return frame => vector(frame).Aggregate(0f, static (sum, lane) => sum + BitConverter.UInt32BitsToSingle(lane));
            case IntrinsicOp.FirstLane:
                Func<Frame, uint[]> lanes = Vector(operation.Operands[0]);
                return frame => BitConverter.UInt32BitsToSingle(lanes(frame)[0]);
            case IntrinsicOp.MaxFloat:
                (Func<Frame, double> a, Func<Frame, double> b) = (First(), Second());
                return frame => Math.Max(a(frame), b(frame));
            case IntrinsicOp.MinFloat:
                (Func<Frame, double> x, Func<Frame, double> y) = (First(), Second());
                return frame => Math.Min(x(frame), y(frame));
            case IntrinsicOp.SquareRoot:
                Func<Frame, double> squared = First();
                return frame => MathF.Sqrt((float)squared(frame));
            case IntrinsicOp.BitsToFloat:
                Func<Frame, long> bits = Integer(operation.Operands[0]);
                return frame => BitConverter.UInt32BitsToSingle((uint)bits(frame));
            case IntrinsicOp.HalfBitsToFloat:
                Func<Frame, long> half = Integer(operation.Operands[0]);
                return frame => (float)BitConverter.UInt16BitsToHalf((ushort)half(frame));
            default:
                throw new NotSupportedException(operation.Op.ToString());
        }
    }
}
