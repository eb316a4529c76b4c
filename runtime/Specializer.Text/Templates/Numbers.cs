using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's arithmetic of booleans, integers of any size and floats.</summary>
internal static class Numbers
{
    // Beyond this value, the quotient of two doubles is not the double nearest to the exact quotient.
    private static readonly BigInteger s_exact = BigInteger.One << 53;

    public static bool IsNumber(Value value) => value is IntValue or BoolValue or FloatValue;

    /// <summary>Returns the value of a boolean or integer; null for other values.</summary>
    public static BigInteger? Integer(Value value) =>
        value switch
        {
            IntValue integer => integer.Value,
            BoolValue boolean => boolean.Value ? BigInteger.One : BigInteger.Zero,
            _ => null,
        };

    /// <summary>Returns the value of a number as a float.</summary>
    public static double Float(Value number)
    {
        if (number is FloatValue value)
        {
            return value.Value;
        }

        double converted = (double)Integer(number)!.Value;
        return double.IsInfinity(converted) ? throw TemplateFault.Runtime("int too large to convert to float") : converted;
    }

    /// <summary>Compares two numbers, exactly even between integers and floats; null if one is not a number.</summary>
    public static int? Compare(Value left, Value right)
    {
        switch (Integer(left), Integer(right))
        {
            case (BigInteger a, BigInteger b):
                return a.CompareTo(b);
            case (BigInteger a, null):
                return -CompareFloat(((FloatValue)right).Value, a);
            case (null, BigInteger b):
                return CompareFloat(((FloatValue)left).Value, b);
            default:
                (double x, double y) = (((FloatValue)left).Value, ((FloatValue)right).Value);
                return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
        }
    }

    /// <summary>Performs an arithmetic operation on two numbers.</summary>
    public static Value Operate(BinaryOperator operation, Value left, Value right) =>
        (Integer(left), Integer(right)) switch
        {
            (BigInteger a, BigInteger b) => OperateIntegers(operation, a, b),
            _ => new FloatValue(OperateFloats(operation, Float(left), Float(right))),
        };

    /// <summary>Returns Python's <c>repr</c> of a float: the shortest digits that round-trip.</summary>
    public static string Print(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        // d.dddE+ddd with as many digits as needed.
        string scientific = value.ToString("R", CultureInfo.InvariantCulture);
        (string digits, int exponent, bool negative) = Decompose(scientific);
        string text;
        if (exponent is < -4 or >= 16)
        {
            string sign = exponent < 0 ? "-" : "+";
            string power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            text = digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + sign + power;
        }
        else if (exponent < 0)
        {
            text = "0." + new string('0', -exponent - 1) + digits;
        }
        else if (digits.Length <= exponent + 1)
        {
            text = digits + new string('0', exponent + 1 - digits.Length) + ".0";
        }
        else
        {
            text = digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
        }

        return negative ? "-" + text : text;
    }

    /// <summary>Returns the significant digits of a printed float, its decimal exponent and its sign.</summary>
    private static (string Digits, int Exponent, bool Negative) Decompose(string printed)
    {
        bool negative = printed[0] == '-';
        string magnitude = negative ? printed[1..] : printed;
        int exponent = 0;
        int e = magnitude.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            exponent = int.Parse(magnitude.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            magnitude = magnitude[..e];
        }

        int point = magnitude.IndexOf('.', StringComparison.Ordinal);
        string digits = magnitude.Replace(".", "", StringComparison.Ordinal);
        exponent += (point < 0 ? magnitude.Length : point) - 1;
        string significant = digits.TrimStart('0');
        if (significant.Length == 0)
        {
            return ("0", 0, negative);
        }

        exponent -= digits.Length - significant.Length;
        return (significant.TrimEnd('0'), exponent, negative);
    }

    private static int? CompareFloat(double left, BigInteger right)
    {
        if (double.IsNaN(left))
        {
            return null;
        }

        if (double.IsInfinity(left))
        {
            return left > 0 ? 1 : -1;
        }

        int order = new BigInteger(Math.Floor(left)).CompareTo(right);
        return order == 0 && !double.IsInteger(left) ? 1 : order;
    }

    private static Value OperateIntegers(BinaryOperator operation, BigInteger a, BigInteger b)
    {
        if (b.IsZero && operation is (BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Modulo))
        {
            throw TemplateFault.Runtime("division by zero");
        }

        switch (operation)
        {
            case BinaryOperator.Add:
                return IntValue.Of(a + b);
            case BinaryOperator.Subtract:
                return IntValue.Of(a - b);
            case BinaryOperator.Multiply:
                return IntValue.Of(a * b);
            case BinaryOperator.Divide:
                return BigInteger.Abs(a) <= s_exact && BigInteger.Abs(b) <= s_exact
                    ? new FloatValue((double)a / (double)b)
                    : throw TemplateFault.Unsupported("Integers beyond 2^53 are not divided with '/'.");
            case BinaryOperator.FloorDivide:
                return IntValue.Of(FloorDivide(a, b));
            case BinaryOperator.Modulo:
                return IntValue.Of(a - (FloorDivide(a, b) * b));
            default:
                return Power(a, b);
        }
    }

    private static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        BigInteger quotient = BigInteger.DivRem(a, b, out BigInteger rest);
        return !rest.IsZero && (rest.Sign < 0) != (b.Sign < 0) ? quotient - 1 : quotient;
    }

    private static Value Power(BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            return new FloatValue(OperateFloats(BinaryOperator.Power, (double)a, (double)b));
        }

        if (BigInteger.Abs(a) > BigInteger.One && b * (a.GetBitLength() - 1) > Budget.MaximalIntegerBits)
        {
            throw TemplateFault.Limit("An integer has more than 4,300 digits.");
        }

        return BigInteger.Abs(a) <= BigInteger.One
            ? new IntValue(
                b.IsZero ? 1
                : a.Sign < 0 && b.IsEven ? 1
                : a
            )
            : IntValue.Of(BigInteger.Pow(a, (int)b));
    }

    private static double OperateFloats(BinaryOperator operation, double a, double b)
    {
        if (b == 0 && operation is (BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Modulo))
        {
            throw TemplateFault.Runtime("float division by zero");
        }

        switch (operation)
        {
            case BinaryOperator.Add:
                return a + b;
            case BinaryOperator.Subtract:
                return a - b;
            case BinaryOperator.Multiply:
                return a * b;
            case BinaryOperator.Divide:
                return a / b;
            case BinaryOperator.FloorDivide:
            case BinaryOperator.Modulo:
                return FloorAndRest(a, b, operation == BinaryOperator.FloorDivide);
            default:
                double power = Math.Pow(a, b);
                return a == 0 && b < 0 ? throw TemplateFault.Runtime("0.0 cannot be raised to a negative power")
                    : a < 0 && double.IsFinite(b) && !double.IsInteger(b)
                        ? throw TemplateFault.Unsupported("A complex number is not supported.")
                    : double.IsInfinity(power) && double.IsFinite(a) && double.IsFinite(b) ? throw TemplateFault.Runtime("Result too large")
                    : power;
        }
    }

    // As in CPython's float_divmod, the remainder has the sign of the divisor, and the quotient is nearest to (a - remainder) /
    // b.
    private static double FloorAndRest(double a, double b, bool quotient)
    {
        double rest = a % b;
        double division = (a - rest) / b;
        if (rest != 0)
        {
            if ((b < 0) != (rest < 0))
            {
                rest += b;
                division -= 1;
            }
        }
        else
        {
            rest = Math.CopySign(0, b);
        }

        if (!quotient)
        {
            return rest;
        }

        if (division == 0)
        {
            return Math.CopySign(0, a / b);
        }

        double floor = Math.Floor(division);
        return division - floor > 0.5 ? floor + 1 : floor;
    }
}
