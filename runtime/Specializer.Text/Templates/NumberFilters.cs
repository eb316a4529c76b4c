using System;
using System.Buffers;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Filters that return or process numbers.</summary>
internal static class NumberFilters
{
    private static readonly SearchValues<char> s_floatCharacters = SearchValues.Create("0123456789.e+-");

    public static Value Absolute(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("abs", 0);
        return value switch
        {
            FloatValue number => new FloatValue(Math.Abs(number.Value)),
            _ when Numbers.Integer(value) is BigInteger integer => new IntValue(BigInteger.Abs(integer)),
            _ => throw TemplateFault.Runtime($"bad operand type for abs(): '{value.TypeName}'"),
        };
    }

    public static Value Int(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("int", 0, "default", "base");
        Value otherwise = bound[0] ?? new IntValue(0);
        BigInteger radix = bound[1] is null
            ? 10
            : Numbers.Integer(bound[1]!) ?? throw TemplateFault.Runtime("int takes an integer as base");
        switch (value)
        {
            case UndefinedValue undefined:
                throw undefined.Fault();
            case TextValue text:
                string characters = TrimmedNumber(context, text);
                return ParseInteger(characters, radix) is BigInteger parsed ? IntValue.Of(parsed)
                    : ParseFloat(characters) is double real && double.IsFinite(real) ? IntValue.Of(new BigInteger(real))
                    : otherwise;
            case FloatValue { Value: var number }:
                return double.IsInfinity(number) ? throw TemplateFault.Runtime("cannot convert float infinity to integer")
                    : double.IsNaN(number) ? otherwise
                    : IntValue.Of(new BigInteger(number));
            default:
                return Numbers.Integer(value) is BigInteger integer ? new IntValue(integer) : otherwise;
        }
    }

    public static Value Float(RenderContext context, Value value, Arguments arguments)
    {
        Value otherwise = arguments.Bind("float", 0, "default")[0] ?? new FloatValue(0);
        return value switch
        {
            UndefinedValue undefined => throw undefined.Fault(),
            TextValue text => ParseFloat(TrimmedNumber(context, text)) is double parsed ? new FloatValue(parsed) : otherwise,
            _ when Numbers.IsNumber(value) => new FloatValue(Numbers.Float(value)),
            _ => otherwise,
        };
    }

    public static Value Round(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("round", 0, "precision", "method");
        string method =
            bound[1] is null ? "common"
            : bound[1] is TextValue text ? context.Characters(text)
            : "";
        BigInteger digits = bound[0] is null
            ? 0
            : Numbers.Integer(bound[0]!) ?? throw TemplateFault.Runtime("round takes an integer as precision");
        int precision = (int)BigInteger.Max(-1000, BigInteger.Min(1000, digits));
        if (value is UndefinedValue undefined)
        {
            throw undefined.Fault();
        }

        if (method is not ("common" or "ceil" or "floor") || !Numbers.IsNumber(value))
        {
            throw TemplateFault.Runtime($"round takes a number and 'common', 'ceil' or 'floor', not '{value.TypeName}' and '{method}'");
        }

        if (method == "common")
        {
            return Numbers.Integer(value) is not BigInteger integer ? new FloatValue(Decimals.Round(((FloatValue)value).Value, precision))
                : precision >= 0 ? new IntValue(integer)
                : new IntValue(Decimals.Round(integer, -precision));
        }

        Value scale = Numbers.Operate(BinaryOperator.Power, new IntValue(10), new IntValue(precision));
        Value scaled = Numbers.Operate(BinaryOperator.Multiply, value, scale);
        if (scaled is FloatValue { Value: var real })
        {
            scaled = double.IsFinite(real)
                ? IntValue.Of(new BigInteger(method == "ceil" ? Math.Ceiling(real) : Math.Floor(real)))
                : throw TemplateFault.Runtime("cannot convert float infinity or NaN to integer");
        }

        return Numbers.Operate(BinaryOperator.Divide, scaled, scale);
    }

    public static Value Sum(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("sum", 0, "attribute", "start");
        Value sum = bound[1] ?? new IntValue(0);
        if (sum is TextValue)
        {
            throw TemplateFault.Runtime("sum() can't sum strings; use the filter 'join'");
        }

        Func<Value, Value> getter = Filters.Getter(context, bound[0]);
        return Sequences
            .Iterate(context, value)
            .Aggregate(sum, (all, item) => Arithmetic.Operate(context, BinaryOperator.Add, all, getter(item)));
    }

    private static string TrimmedNumber(RenderContext context, TextValue text)
    {
        string characters = context.Characters(TextSearch.Strip(context, text, null, start: true, end: true));
        return characters.Length <= 4400 ? characters : throw TemplateFault.Limit("A number has more than 4,300 digits.");
    }

    private static BigInteger? ParseInteger(string text, BigInteger radix)
    {
        bool isNegative = text.StartsWith('-');
        string digits = isNegative || text.StartsWith('+') ? text[1..] : text;
        if (!digits.All(char.IsAscii))
        {
            throw TemplateFault.Unsupported("Numbers in other digits than 0 to 9 are not read.");
        }

        int prefix =
            digits.Length > 1 && digits[0] == '0'
                ? char.ToLowerInvariant(digits[1]) switch
                {
                    'x' => 16,
                    'o' => 8,
                    'b' => 2,
                    _ => 0,
                }
                : 0;
        if (prefix > 0 && (radix == prefix || radix.IsZero))
        {
            (digits, radix) = (digits.Length > 2 && digits[2] == '_' ? digits[3..] : digits[2..], prefix);
        }
        else if (radix.IsZero)
        {
            radix = digits.StartsWith('0') && digits.Trim('0', '_').Length > 0 ? 1 : 10;
        }

        BigInteger value = 0;
        bool wasDigit = false;
        foreach (char character in digits)
        {
            int digit =
                character == '_' && wasDigit ? -1
                : char.IsAsciiDigit(character) ? character - '0'
                : char.IsAsciiLetter(character) ? char.ToLowerInvariant(character) - 'a' + 10
                : int.MaxValue;
            if (digit >= radix)
            {
                return null;
            }

            value = digit < 0 ? value : (value * radix) + digit;
            wasDigit = digit >= 0;
        }

        return wasDigit ? (isNegative ? -value : value) : null;
    }

    private static double? ParseFloat(string text)
    {
        string number = text;
        for (int i = 0; (i = number.IndexOf('_', i)) >= 0; )
        {
            if (i == 0 || i + 1 >= number.Length || !char.IsAsciiDigit(number[i - 1]) || !char.IsAsciiDigit(number[i + 1]))
            {
                return null;
            }

            number = number.Remove(i, 1);
        }

        string magnitude = number.TrimStart('+', '-').ToLowerInvariant();
        if (number.Length - magnitude.Length > 1)
        {
            return null;
        }

        double sign = number.StartsWith('-') ? -1 : 1;
        return magnitude switch
        {
            "inf" or "infinity" => sign * double.PositiveInfinity,
            "nan" => double.NaN,
            _ when magnitude.Length == 0 || magnitude.AsSpan().IndexOfAnyExcept(s_floatCharacters) >= 0 => null,
            _ => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
        };
    }
}
