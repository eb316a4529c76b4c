using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's operator <c>%</c> for texts, which is also the filter <c>format</c>.</summary>
internal static class PercentFormat
{
    public static TextValue Format(RenderContext context, TextValue format, Value argument)
    {
        string text = context.Characters(format);
        TextBuilder builder = context.Builder();
        DictValue? named = argument as DictValue;
        Value[] values = argument is TupleValue tuple ? [.. tuple.Items] : [argument];
        int used = 0;
        int start = 0;
        for (int at; (at = text.IndexOf('%', start)) >= 0; )
        {
            builder.Append(format, start, at - start);
            int i = at + 1;
            Value? value = null;
            if (i < text.Length && text[i] == '(')
            {
                int close = text.IndexOf(')', i);
                TextValue key = new(close < 0 ? "" : text[(i + 1)..close]);
                value =
                    named is null ? throw TemplateFault.Runtime("The format requires a mapping.")
                    : named.TryGet(key, out Value found) ? found
                    : throw TemplateFault.Runtime($"The format's key '{text[(i + 1)..Math.Max(i + 1, close)]}' is absent.");
                i = close + 1;
            }

            FormatSpecification specification = Parse(text, ref i);
            start = i + 1;
            if (i >= text.Length)
            {
                throw TemplateFault.Runtime("The format is incomplete.");
            }

            if (text[i] == '%')
            {
                builder.Append("%");
                continue;
            }

            value ??= used < values.Length ? values[used++] : throw TemplateFault.Runtime("There are not enough arguments for the format.");
            builder.Append(Convert(context, text[i], specification, value));
        }

        bool isMapping = argument is DictValue or ListValue or RangeValue or UndefinedValue;
        return used < values.Length && !isMapping
            ? throw TemplateFault.Runtime("Not all arguments are used by the format.")
            : builder.Append(format, start, text.Length - start).ToText(format.IsSafe);
    }

    private static FormatSpecification Parse(string text, ref int i)
    {
        int flags = i;
        while (i < text.Length && "-+ 0#".Contains(text[i], StringComparison.Ordinal))
        {
            i++;
        }

        string given = text[flags..i];
        int width = Digits(text, ref i);
        int? precision = null;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            precision = Digits(text, ref i);
        }

        if (i < text.Length && text[i] == '*')
        {
            throw TemplateFault.Unsupported("Widths given as arguments ('*') are not supported.");
        }

        bool isLeft = given.Contains('-', StringComparison.Ordinal);
        bool zeros = given.Contains('0', StringComparison.Ordinal) && !isLeft;
        return new FormatSpecification
        {
            Align =
                isLeft ? '<'
                : zeros ? '='
                : '>',
            Fill = zeros ? "0" : " ",
            Sign =
                given.Contains('+', StringComparison.Ordinal) ? '+'
                : given.Contains(' ', StringComparison.Ordinal) ? ' '
                : '-',
            IsAlternate = given.Contains('#', StringComparison.Ordinal),
            Width = width,
            Precision = precision,
        };
    }

    /// <summary>Reads the number at the current position, or 0.</summary>
    public static int Digits(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i == start ? 0
            : i - start < 6 && int.Parse(text.AsSpan(start, i - start), CultureInfo.InvariantCulture) <= FormatSpecification.MaximalWidth
                ? int.Parse(text.AsSpan(start, i - start), CultureInfo.InvariantCulture)
            : throw TemplateFault.Limit($"A format's width or precision is above {FormatSpecification.MaximalWidth}.");
    }

    private static TextValue Convert(RenderContext context, char type, FormatSpecification specification, Value value)
    {
        FormatSpecification forText = specification.Align == '=' ? specification with { Align = '>', Fill = " " } : specification;
        switch (type)
        {
            case 's':
                return forText.Apply(context, Printer.Text(context, value));
            case 'r':
                return forText.Apply(context, Printer.Representation(context, value));
            case 'c' when value is TextValue character && Sequences.Length(context, character) == 1:
                return forText.Apply(context, character);
            case 'd' or 'i' or 'u' when value is FloatValue number:
                return double.IsFinite(number.Value)
                    ? (specification with { Type = 'd' }).Apply(context, new IntValue(new BigInteger(number.Value)))
                    : throw TemplateFault.Runtime("cannot convert float infinity or NaN to integer");
            case 'd' or 'i' or 'u' when Numbers.IsNumber(value):
                return (specification with { Type = 'd' }).Apply(context, value);
            case 'o' or 'x' or 'X' when Numbers.Integer(value) is not null:
                return (specification with { Type = type }).Apply(context, value);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G' when Numbers.IsNumber(value):
                return (specification with { Type = type }).Apply(context, new FloatValue(Numbers.Float(value)));
            case 'c' or 'a':
                throw TemplateFault.Unsupported($"The format '%{type}' of '{value.TypeName}' is not supported.");
            default:
                throw TemplateFault.Runtime($"The format '%{type}' does not take a value of type '{value.TypeName}'.");
        }
    }
}
