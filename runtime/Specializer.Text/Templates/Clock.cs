using System;
using System.Globalization;

namespace Specializer.Text.Templates;

/// <summary>The function <c>strftime_now</c>: the local time as Python's <c>strftime</c> prints it in the C locale.</summary>
internal static class Clock
{
    public static Value Format(RenderContext context, Value format)
    {
        TextValue text = format as TextValue ?? throw TemplateFault.Runtime($"strftime_now takes a text, not '{format.TypeName}'");
        string characters = context.Characters(text);
        TextBuilder builder = context.Builder();
        int start = 0;
        for (int at; (at = characters.IndexOf('%', start)) >= 0; )
        {
            builder.Append(text, start, at - start);
            bool isBare = at + 1 < characters.Length && characters[at + 1] == '-';
            int code = isBare ? at + 2 : at + 1;
            if (code >= characters.Length)
            {
                throw TemplateFault.Unsupported("The format of strftime_now ends after '%'.");
            }

            context.Budget.Allocate(96);
            string part = Print(context.Now, characters[code]);
            builder.Append(
                isBare && part.Length > 1
                    ? part.TrimStart('0', ' ') is { Length: > 0 } bare
                        ? bare
                        : "0"
                    : part
            );
            start = code + 1;
        }

        return builder.Append(text, start, characters.Length - start).ToText();
    }

    private static string Print(DateTimeOffset now, char code) =>
        code switch
        {
            'a' => Invariant(now, "ddd"),
            'A' => Invariant(now, "dddd"),
            'b' or 'h' => Invariant(now, "MMM"),
            'B' => Invariant(now, "MMMM"),
            'c' => Invariant(now, "ddd MMM ") + Print(now, 'e') + Invariant(now, " HH:mm:ss yyyy"),
            'd' => Invariant(now, "dd"),
            'D' or 'x' => Invariant(now, "MM/dd/yy"),
            'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'f' => Invariant(now, "ffffff"),
            'F' => Invariant(now, "yyyy-MM-dd"),
            'H' => Invariant(now, "HH"),
            'I' => Invariant(now, "hh"),
            'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'm' => Invariant(now, "MM"),
            'M' => Invariant(now, "mm"),
            'n' => "\n",
            'p' => now.Hour < 12 ? "AM" : "PM",
            'R' => Invariant(now, "HH:mm"),
            'S' => Invariant(now, "ss"),
            't' => "\t",
            'T' or 'X' => Invariant(now, "HH:mm:ss"),
            'u' => (now.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'y' => Invariant(now, "yy"),
            'Y' => Invariant(now, "yyyy"),
            'z' or 'Z' => "",
            '%' => "%",
            _ => throw TemplateFault.Unsupported($"The code '%{code}' of strftime_now is not supported."),
        };

    private static string Invariant(DateTimeOffset now, string format) => now.ToString(format, CultureInfo.InvariantCulture);
}
