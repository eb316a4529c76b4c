using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>The layout of a value in a field, for Python's <c>%</c> and <c>format</c>.</summary>
internal sealed record FormatSpecification
{
    /// <summary>The maximum width of a field and number of digits.</summary>
    public const int MaximalWidth = 10_000;

    public string Fill { get; init; } = " ";

    /// <summary>One of '&lt;', '&gt;', '^', '='; '\0' for the type's own.</summary>
    public char Align { get; init; }

    /// <summary>'+', ' ' or '-'.</summary>
    public char Sign { get; init; } = '-';

    /// <summary>Whether a prefix such as '0x' is written.</summary>
    public bool IsAlternate { get; init; }

    /// <summary>The separator of thousands, ',' or '_'; '\0' for none.</summary>
    public char Grouping { get; init; }

    public int Width { get; init; }

    public int? Precision { get; init; }

    /// <summary>The type's letter; '\0' for none.</summary>
    public char Type { get; init; }

    /// <summary>Formats a text.</summary>
    public TextValue Apply(RenderContext context, TextValue text)
    {
        int[]? offsets = CodePoints.Offsets(context.Characters(text), context.Budget);
        int count = offsets is null ? text.Length : offsets.Length - 1;
        if (Precision < count)
        {
            count = Precision.Value;
            text = text.Slice(0, offsets is null ? count : offsets[count], context.Budget);
        }

        return Pad(context, TextValue.Empty, text, count, Align == '\0' ? '<' : Align);
    }

    /// <summary>Formats a number.</summary>
    public TextValue Apply(RenderContext context, Value number)
    {
        BigInteger? integer = Numbers.Integer(number);
        (string sign, string digits) =
            integer is BigInteger whole && Type is '\0' or 'd' or 'n' or 'b' or 'o' or 'x' or 'X' ? Integer(whole)
            : integer is null && Type is 'd' or 'n' or 'b' or 'o' or 'x' or 'X' or 'c'
                ? throw TemplateFault.Runtime($"The format '{Type}' requires an integer.")
            : Float(Numbers.Float(number));
        if (Grouping != '\0')
        {
            digits = Group(digits);
        }

        return Pad(context, new TextValue(sign), new TextValue(digits), sign.Length + digits.Length, Align == '\0' ? '>' : Align);
    }

    private (string Sign, string Digits) Integer(BigInteger value)
    {
        if (Precision is not null)
        {
            throw TemplateFault.Unsupported("A precision of an integer is not supported.");
        }

        (int radix, string prefix) = Type switch
        {
            'b' => (2, "0b"),
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        BigInteger magnitude = BigInteger.Abs(value);
        string digits = magnitude.ToString(CultureInfo.InvariantCulture);
        if (radix != 10)
        {
            digits = magnitude.IsZero ? "0" : "";
            for (; !magnitude.IsZero; magnitude /= radix)
            {
                digits = "0123456789abcdef"[(int)(magnitude % radix)] + digits;
            }
        }

        digits = Type == 'X' ? digits.ToUpperInvariant() : digits;
        return (SignOf(value.Sign < 0) + (IsAlternate ? prefix : ""), digits);
    }

    private (string Sign, string Digits) Float(double value)
    {
        if (IsAlternate || (Type == '\0' && Precision is not null))
        {
            throw TemplateFault.Unsupported("This format of a float is not supported; use 'f', 'e' or 'g'.");
        }

        double magnitude = Math.Abs(value);
        int precision = Precision ?? 6;
        string digits = Type switch
        {
            _ when !double.IsFinite(value) => double.IsNaN(value) ? "nan" : "inf",
            'f' or 'F' => Decimals.Fixed(magnitude, precision),
            'e' or 'E' => Decimals.Exponential(magnitude, precision),
            'g' or 'G' => Decimals.General(magnitude, precision),
            '%' => Decimals.Fixed(magnitude * 100, precision),
            '\0' => Numbers.Print(magnitude),
            _ => throw TemplateFault.Runtime($"The format '{Type}' does not support floats."),
        };
        digits = char.IsAsciiLetterUpper(Type) ? digits.ToUpperInvariant() : digits;
        return (SignOf(double.IsNegative(value) && !double.IsNaN(value)), Type == '%' ? digits + "%" : digits);
    }

    private string SignOf(bool isNegative) =>
        isNegative ? "-"
        : Sign == '-' ? ""
        : Sign.ToString();

    private string Group(string digits)
    {
        if (Align == '=' && Fill == "0" && Width > digits.Length)
        {
            throw TemplateFault.Unsupported("Zero padding of grouped digits is not supported.");
        }

        int end = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? digits.Length : end;
        int size = Type is 'b' or 'o' or 'x' or 'X' ? 4 : 3;
        for (int at = end - size; at > 0; at -= size)
        {
            digits = digits.Insert(at, Grouping.ToString());
        }

        return digits;
    }

    private TextValue Pad(RenderContext context, TextValue sign, TextValue text, int length, char align)
    {
        int padding = Math.Max(0, Width - length);
        int left = align switch
        {
            '>' => padding,
            '^' => padding / 2,
            _ => 0,
        };
        int middle = align == '=' ? padding : 0;
        TextBuilder builder = context.Builder();
        Repeat(builder, left);
        builder.Append(sign);
        Repeat(builder, middle);
        builder.Append(text);
        Repeat(builder, padding - left - middle);
        return builder.ToText();
    }

    private void Repeat(TextBuilder builder, int count)
    {
        for (int i = 0; i < count; i++)
        {
            builder.Append(Fill);
        }
    }
}
