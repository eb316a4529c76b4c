using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Python's method <c>str.format</c>.</summary>
internal static class BraceFormat
{
    public static TextValue Format(RenderContext context, TextValue format, Arguments arguments)
    {
        string text = context.Characters(format);
        TextBuilder builder = context.Builder();
        int automatic = 0;
        for (int i = 0; i < text.Length; )
        {
            int at = text.AsSpan(i).IndexOfAny('{', '}');
            if (at < 0)
            {
                builder.Append(format, i, text.Length - i);
                break;
            }

            builder.Append(format, i, at);
            i += at;
            if (i + 1 < text.Length && text[i + 1] == text[i])
            {
                builder.Append(format, i, 1);
                i += 2;
                continue;
            }

            int close = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (close < 0)
            {
                throw TemplateFault.Runtime("The format contains a single brace.");
            }

            string field = text[(i + 1)..close];
            if (field.Contains('{', StringComparison.Ordinal))
            {
                throw TemplateFault.Unsupported("Fields in a format's specification are not supported.");
            }

            builder.Append(Field(context, field, arguments, ref automatic));
            i = close + 1;
        }

        return builder.ToText(format.IsSafe);
    }

    private static TextValue Field(RenderContext context, string field, Arguments arguments, ref int automatic)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string specification = colon < 0 ? "" : field[(colon + 1)..];
        string name = colon < 0 ? field : field[..colon];
        int bang = name.IndexOf('!', StringComparison.Ordinal);
        string conversion = bang < 0 ? "" : name[(bang + 1)..];
        Value value = Lookup(context, bang < 0 ? name : name[..bang], arguments, ref automatic);
        value = conversion switch
        {
            "" => value,
            "s" => Printer.Text(context, value),
            "r" => Printer.Representation(context, value),
            _ => throw TemplateFault.Unsupported($"The conversion '!{conversion}' is not supported."),
        };
        if (specification.Length == 0)
        {
            return Printer.Text(context, value);
        }

        FormatSpecification parsed = Parse(specification);
        return value switch
        {
            TextValue text when parsed is { Type: '\0' or 's', Align: not '=', Grouping: '\0', Sign: '-', IsAlternate: false } =>
                parsed.Apply(context, text),
            _ when Numbers.IsNumber(value) && parsed.Type is not ('s' or 'c') => parsed.Apply(context, value),
            _ => throw TemplateFault.Runtime($"The format '{specification}' does not support a value of type '{value.TypeName}'."),
        };
    }

    private static Value Lookup(RenderContext context, string name, Arguments arguments, ref int automatic)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? name : name[..end];
        bool isNumber = int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        if ((first.Length == 0 && automatic < 0) || (isNumber && automatic > 0))
        {
            throw TemplateFault.Runtime("The format mixes automatic and explicit numbers.");
        }

        automatic = isNumber ? -1 : automatic;
        index = first.Length == 0 ? automatic++ : index;
        Value value =
            first.Length > 0 && !isNumber
                ? arguments.Find(first) ?? throw TemplateFault.Runtime($"The argument '{first}' of the format is missing.")
            : index < arguments.Positional.Count ? arguments.Positional[index]
            : throw TemplateFault.Runtime($"The argument {index} of the format is missing.");
        while (end >= 0 && end < name.Length)
        {
            bool isAttribute = name[end] == '.';
            int stop = isAttribute ? name.AsSpan(end + 1).IndexOfAny('.', '[') : name.AsSpan(end + 1).IndexOf(']');
            stop = stop < 0 ? name.Length : end + 1 + stop;
            string key = name[(end + 1)..stop];
            if (key.Length == 0)
            {
                throw TemplateFault.Runtime("The format has an empty attribute.");
            }

            value =
                isAttribute ? Attributes.Get(context, value, key)
                : int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int item)
                    ? Attributes.Item(context, value, new IntValue(item))
                : Attributes.Item(context, value, new TextValue(key));
            end = isAttribute ? (stop == name.Length ? -1 : stop) : stop + 1;
            if (!isAttribute && end < name.Length && name[end] is not ('.' or '['))
            {
                throw TemplateFault.Runtime("Only '.' or '[' may follow ']' in a field of a format.");
            }
        }

        return value;
    }

    private static FormatSpecification Parse(string text)
    {
        const string Aligns = "<>^=";
        int i = 0;
        string fill = " ";
        char align = '\0';
        int first = text.Length > 0 ? CodePoints.LengthAt(text, 0) : 0;
        if (text.Length > first && Aligns.Contains(text[first], StringComparison.Ordinal))
        {
            (fill, align, i) = (text[..first], text[first], first + 1);
        }
        else if (text.Length > 0 && Aligns.Contains(text[0], StringComparison.Ordinal))
        {
            (align, i) = (text[0], 1);
        }

        char sign = i < text.Length && text[i] is '+' or '-' or ' ' ? text[i++] : '-';
        bool alternate = i < text.Length && text[i] == '#' && i++ >= 0;
        if (i < text.Length && text[i] == '0')
        {
            fill = align == '\0' ? "0" : fill;
            align = align == '\0' ? '=' : align;
            i++;
        }

        int width = PercentFormat.Digits(text, ref i);
        char grouping = i < text.Length && text[i] is ',' or '_' ? text[i++] : '\0';
        int? precision = null;
        if (i < text.Length && text[i] == '.')
        {
            int start = ++i;
            precision = PercentFormat.Digits(text, ref i);
            if (start == i)
            {
                throw TemplateFault.Runtime("The format lacks its precision.");
            }
        }

        char type = i < text.Length ? text[i++] : '\0';
        return i < text.Length || (type != '\0' && !"bcdeEfFgGnosxX%".Contains(type, StringComparison.Ordinal))
            ? throw TemplateFault.Runtime($"The format '{text}' is invalid.")
            : new FormatSpecification
            {
                Fill = fill,
                Align = align,
                Sign = sign,
                IsAlternate = alternate,
                Width = width,
                Grouping = grouping,
                Precision = precision,
                Type = type,
            };
    }
}
