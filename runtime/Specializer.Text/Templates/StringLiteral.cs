using System;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>String literals, with Python's escapes.</summary>
internal static class StringLiteral
{
    /// <summary>Returns the index after the closing quote of the literal that starts at an index.</summary>
    public static int FindEnd(string source, int start)
    {
        for (int i = start + 1; i < source.Length; i++)
        {
            if (source[i] == source[start])
            {
                return i + 1;
            }

            i += source[i] == '\\' ? 1 : 0;
        }

        throw new ParseFault(start, "The string has no end.");
    }

    /// <summary>Returns the text between two indices with its escapes replaced.</summary>
    public static string Unescape(string source, int start, int end)
    {
        if (source.IndexOf('\\', start, end - start) < 0)
        {
            return source[start..end];
        }

        StringBuilder text = new();
        for (int i = start; i < end; i++)
        {
            if (source[i] != '\\')
            {
                text.Append(source[i]);
                continue;
            }

            char escape = source[++i];
            switch (escape)
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    text.Append(escape);
                    break;
                case 'x':
                    i += AppendHex(text, source, i, end, 2);
                    break;
                case 'u':
                    i += AppendHex(text, source, i, end, 4);
                    break;
                case 'U':
                    i += AppendHex(text, source, i, end, 8);
                    break;
                case 'N':
                    throw new ParseFault(i - 1, "Characters by name ('\\N{...}') are not supported.", ChatTemplateError.Unsupported);
                case >= '0' and <= '7':
                    int value = escape - '0';
                    for (int digit = 0; digit < 2 && i + 1 < end && source[i + 1] is >= '0' and <= '7'; digit++)
                    {
                        value = (value * 8) + (source[++i] - '0');
                    }

                    text.Append((char)value);
                    break;
                default:
                    int simple = "abfnrtv".IndexOf(escape, StringComparison.Ordinal);
                    text.Append(simple < 0 ? "\\" + escape : "\a\b\f\n\r\t\v"[simple].ToString());
                    break;
            }
        }

        return text.ToString();
    }

    private static int AppendHex(StringBuilder text, string source, int at, int end, int digits)
    {
        if (
            at + digits >= end
            || !uint.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            || value > 0x10FFFF
        )
        {
            throw new ParseFault(at - 1, $"The escape '\\{source[at]}' needs {digits} hexadecimal digits of a character.");
        }

        CodePoints.Append(text, (int)value);
        return digits;
    }
}
