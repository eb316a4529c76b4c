using System;
using System.Linq;
using Specializer.Generator.Kernels.Ir;
using Specializer.TestKit;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>Makes delegates of the expressions of kernels whose value is a vector; a lane is 32 bits, whatever they mean.</summary>
internal sealed partial class ExpressionCompiler(Slots slots, KernelMemory memory, KernelInterpreter program)
{
    /// <summary>The lanes of a vector, which the caller may not change.</summary>
    public Func<Frame, uint[]> Vector(Expr expression)
    {
        int lanes = expression.Type.Lanes;
        switch (expression)
        {
            case Variable variable:
                int slot = slots.Of(variable);
                return frame => frame.Vectors[slot]!;
            case Constant constant:
                uint[] same = Filled(
                    lanes,
                    constant.Type.Element == Element.Float ? Bits((float)Parsed(constant)) : (uint)(Whole(constant))
                );
                return _ => same;
            case ElementAt element:
                Func<Frame, long> address = Integer(element.Pointer.At(element.Index));
                return frame => memory.At(address(frame), element.Type.Words).ToArray();
            case Unary { Op: UnaryOp.Negate } unary:
                Func<Frame, uint[]> negated = Vector(unary.Operand);
                return frame => Array.ConvertAll(negated(frame), static lane => lane ^ 0x8000_0000);
            case Binary binary:
                return Binary(binary, lanes);
            case MethodCall call:
                Action<Frame, Frame> invoke = Call(call);
                return frame =>
                {
                    Frame result = new(1, null);
                    invoke(frame, result);
                    return result.Vectors[0]!;
                };
            case Intrinsic operation:
                return VectorOperation(operation, lanes);
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    /// <summary>A call that leaves its result in the first slot of a frame.</summary>
    public Action<Frame, Frame> Call(MethodCall call)
    {
        Action<Frame, Frame, int>[] arguments = [.. call.Arguments.Select(Argument)];
        Variable[] references = [.. call.Arguments.OfType<Reference>().Select(static reference => reference.Variable)];
        return (frame, result) =>
            program.Call(call.Method, call.Layer ?? frame.Layer, frame, arguments, result, [.. references.Select(slots.Of)]);
    }

    /// <summary>Stores an expression's value in a slot of a frame.</summary>
    public Action<Frame, Frame, int> Argument(Expr expression)
    {
        Expr value = expression is Reference reference ? reference.Variable : expression;
        if (value.Type.IsVector)
        {
            Func<Frame, uint[]> vector = Vector(value);
            return (from, to, slot) => to.Vectors[slot] = vector(from);
        }

        if (IsNumber(value.Type))
        {
            Func<Frame, double> number = Number(value);
            return (from, to, slot) => to.Numbers[slot] = number(from);
        }

        Func<Frame, long> integer = Integer(value);
        return (from, to, slot) =>
        {
            to.Integers[slot] = integer(from);
            // A parameter that is a float takes an integer, too.
            to.Numbers[slot] = to.Integers[slot];
        };
    }

    private static float Float(uint lane) => BitConverter.UInt32BitsToSingle(lane);

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    /// <summary>The lower two signed bytes of a word, as two integers of 16 bits.</summary>
    private static uint Widened(uint word) => (((uint)(sbyte)(word >> 8)) << 16) | ((uint)(sbyte)word & 0xFFFF);

    /// <summary>The sums of both halves of words, which wrap.</summary>
    private static uint AddShorts(uint a, uint b) => ((a + b) & 0xFFFF) | ((a & 0xFFFF_0000) + (b & 0xFFFF_0000));

    /// <summary>The products of unsigned and signed bytes, added in pairs and saturated to 16 bits.</summary>
    private static uint ByteProducts(uint a, uint b)
    {
        uint Pair(int shift)
        {
            int sum = ((byte)(a >> shift) * (sbyte)(b >> shift)) + ((byte)(a >> (shift + 8)) * (sbyte)(b >> (shift + 8)));
            return (uint)Math.Clamp(sum, short.MinValue, short.MaxValue) & 0xFFFF;
        }

        return Pair(0) | (Pair(16) << 16);
    }

    private static uint Mask(bool condition) => condition ? uint.MaxValue : 0;

    private Func<Frame, uint[]> Binary(Binary binary, int lanes)
    {
        Func<Frame, uint[]> left = Lanes(binary.Left, lanes);
        if (binary.Op is BinaryOp.ShiftLeft or BinaryOp.ShiftRight)
        {
            int bits = (int)((Constant)binary.Right).Integer!.Value;
            return binary.Op == BinaryOp.ShiftLeft ? Each(left, lane => lane << bits)
                : binary.Type.Element == Element.Int ? Each(left, lane => (uint)((int)lane >> bits))
                : Each(left, lane => lane >> bits);
        }

        Func<Frame, uint[]> right = Lanes(binary.Right, lanes);
        bool floats = binary.Type.Element == Element.Float;
        return binary.Op switch
        {
            BinaryOp.Add when binary.Type.Element == Element.Short => Each(left, right, AddShorts),
            BinaryOp.Add => floats
                ? Each(left, right, static (a, b) => Bits(Float(a) + Float(b)))
                : Each(left, right, static (a, b) => a + b),
            BinaryOp.Subtract => floats
                ? Each(left, right, static (a, b) => Bits(Float(a) - Float(b)))
                : Each(left, right, static (a, b) => a - b),
            BinaryOp.Multiply when floats => Each(left, right, static (a, b) => Bits(Float(a) * Float(b))),
            BinaryOp.Divide when floats => Each(left, right, static (a, b) => Bits(Float(a) / Float(b))),
            BinaryOp.And => Each(left, right, static (a, b) => a & b),
            BinaryOp.Or => Each(left, right, static (a, b) => a | b),
            _ => throw new NotSupportedException(binary.Op.ToString()),
        };
    }

    /// <summary>A vector, or a scalar in every lane, as the operators between a vector and a scalar take it.</summary>
    private Func<Frame, uint[]> Lanes(Expr expression, int lanes)
    {
        if (expression.Type.IsVector)
        {
            return Vector(expression);
        }

        Func<Frame, double> number = Number(expression);
        return frame => Filled(lanes, Bits((float)number(frame)));
    }

    private Func<Frame, uint[]> VectorOperation(Intrinsic operation, int lanes)
    {
        Func<Frame, uint[]> At(int operand) => Vector(operation.Operands[operand]);
        Func<Frame, uint[]> Of(Func<uint, uint, uint> combine) => Each(At(0), At(1), combine);
        bool integers = operation.Operands.Count > 0 && operation.Operands[0].Type.Element != Element.Float;
        switch (operation.Op)
        {
            case IntrinsicOp.Zero:
                uint[] zero = new uint[operation.Type.Words];
                return _ => zero;
            case IntrinsicOp.Indices:
                uint[] indices = [.. Enumerable.Range(0, lanes).Select(static lane => (uint)lane)];
                return _ => indices;
            case IntrinsicOp.Lanes:
                uint[] constant = [.. operation.Immediates.Select(static lane => (uint)lane)];
                return _ => constant;
            case IntrinsicOp.Create:
                Func<Frame, double>[] elements = [.. operation.Operands.Select(Number)];
                return frame => [.. elements.Select(element => Bits((float)element(frame)))];
            case IntrinsicOp.Load:
                Func<Frame, long> address = Integer(operation.Operands[0]);
                return frame => memory.At(address(frame), lanes).ToArray();
            case IntrinsicOp.Broadcast when operation.Type.Element == Element.Float:
                Func<Frame, double> number = Number(operation.Operands[0]);
                return frame => Filled(lanes, Bits((float)number(frame)));
            case IntrinsicOp.Broadcast:
                Func<Frame, long> integer = Integer(operation.Operands[0]);
                return frame => Filled(lanes, (uint)integer(frame));
            case IntrinsicOp.MultiplyAdd:
                return MultiplyAdd(At(0), At(1), At(2));
            case IntrinsicOp.MultiplyAddLane:
                Func<Frame, uint[]> factor = At(2);
                int lane = operation.Immediates[0];
                return MultiplyAdd(At(0), At(1), frame => Filled(lanes, factor(frame)[lane]));
            case IntrinsicOp.Minimum:
                return Of(static (a, b) => Bits(MathF.Min(Float(a), Float(b))));
            case IntrinsicOp.Maximum:
                return Of(static (a, b) => Bits(MathF.Max(Float(a), Float(b))));
            case IntrinsicOp.MinimumNative:
                return Of(static (a, b) => Float(a) < Float(b) ? a : b);
            case IntrinsicOp.MaximumNative:
                return Of(static (a, b) => Float(a) > Float(b) ? a : b);
            case IntrinsicOp.AndNot:
                return Of(static (a, b) => a & ~b);
            case IntrinsicOp.LessThan:
                return integers ? Of(static (a, b) => Mask((int)a < (int)b)) : Of(static (a, b) => Mask(Float(a) < Float(b)));
            case IntrinsicOp.GreaterThan:
                return integers ? Of(static (a, b) => Mask((int)a > (int)b)) : Of(static (a, b) => Mask(Float(a) > Float(b)));
            case IntrinsicOp.GreaterThanOrEqual:
                return integers ? Of(static (a, b) => Mask((int)a >= (int)b)) : Of(static (a, b) => Mask(Float(a) >= Float(b)));
            case IntrinsicOp.Choose:
                (Func<Frame, uint[]> mask, Func<Frame, uint[]> then, Func<Frame, uint[]> otherwise) = (At(0), At(1), At(2));
                return frame =>
                {
                    uint[] bits = mask(frame),
                        set = then(frame),
                        unset = otherwise(frame);
                    return [.. bits.Select((lane, i) => (lane & set[i]) | (~lane & unset[i]))];
                };
            case IntrinsicOp.ShiftLanesLeft:
                int shift = operation.Immediates[0];
                return Each(At(0), lane => lane << shift);
            case IntrinsicOp.AsFloat or IntrinsicOp.AsInt or IntrinsicOp.AsUInt or IntrinsicOp.AsShort:
                return At(0);
            case IntrinsicOp.ConvertToFloat:
                return Each(At(0), static lane => Bits((int)lane));
            case IntrinsicOp.WidenToShort:
                Func<Frame, uint[]> bytes = At(0);
                return frame => [.. bytes(frame).SelectMany(static word => new[] { Widened(word), Widened(word >> 16) })];
            case IntrinsicOp.MultiplyAddAdjacent:
                return Of(static (a, b) => (uint)(((short)a * (short)b) + ((short)(a >> 16) * (short)(b >> 16))));
            case IntrinsicOp.MultiplyAddBytes:
                return Of(ByteProducts);
            case IntrinsicOp.LowerHalf:
                Func<Frame, uint[]> lower = At(0);
                return frame => lower(frame)[..lanes];
            case IntrinsicOp.UpperHalf:
                Func<Frame, uint[]> upper = At(0);
                return frame => upper(frame)[lanes..];
            case IntrinsicOp.Shuffle:
                Func<Frame, uint[]> shuffled = At(0);
                return frame =>
                {
                    uint[] value = shuffled(frame);
                    return [.. operation.Immediates.Select(from => value[from])];
                };
            case IntrinsicOp.InterleaveLower or IntrinsicOp.InterleaveUpper:
                (Func<Frame, uint[]> even, Func<Frame, uint[]> odd) = (At(0), At(1));
                int half = operation.Op == IntrinsicOp.InterleaveLower ? 0 : lanes / 2;
                return frame =>
                {
                    uint[] a = even(frame),
                        b = odd(frame);
                    return [.. Enumerable.Range(0, lanes).Select(i => i % 2 == 0 ? a[half + (i / 2)] : b[half + (i / 2)])];
                };
            default:
                throw new NotSupportedException(operation.Op.ToString());
        }
    }

    private static Func<Frame, uint[]> MultiplyAdd(Func<Frame, uint[]> sum, Func<Frame, uint[]> a, Func<Frame, uint[]> b) =>
        frame =>
        {
            uint[] sums = sum(frame),
                left = a(frame),
                right = b(frame),
                result = new uint[sums.Length];
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = Bits(MathF.FusedMultiplyAdd(Float(left[i]), Float(right[i]), Float(sums[i])));
            }

            return result;
        };

    private static Func<Frame, uint[]> Each(Func<Frame, uint[]> value, Func<uint, uint> map) =>
        frame =>
        {
            uint[] lanes = value(frame),
                result = new uint[lanes.Length];
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = map(lanes[i]);
            }

            return result;
        };

    private static Func<Frame, uint[]> Each(Func<Frame, uint[]> left, Func<Frame, uint[]> right, Func<uint, uint, uint> combine) =>
        frame =>
        {
            uint[] a = left(frame),
                b = right(frame),
                result = new uint[a.Length];
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = combine(a[i], b[i]);
            }

            return result;
        };

    private static uint[] Filled(int lanes, uint value)
    {
        uint[] result = new uint[lanes];
        Array.Fill(result, value);
        return result;
    }
}
