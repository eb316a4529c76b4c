using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>The filter <c>urlencode</c>.</summary>
internal static class UrlFilter
{
    public static Value Encode(RenderContext context, Value value, Arguments arguments)
    {
        arguments.Bind("urlencode", 0);
        if (value is TextValue || !Sequences.IsIterable(value))
        {
            return Quote(context, value, isQuery: false);
        }

        Value pairs = value is DictValue dictionary ? new DictViewValue(dictionary, DictViewKind.Items) : value;
        List<TextValue> parts = [];
        foreach (Value pair in Sequences.Iterate(context, pairs))
        {
            IReadOnlyList<Value> items = Sequences.Collect(context, pair);
            if (items.Count != 2)
            {
                throw TemplateFault.Runtime("urlencode takes pairs of a key and a value");
            }

            context.Budget.Elements(3);
            parts.Add(
                context
                    .Builder()
                    .Append(Quote(context, items[0], isQuery: true))
                    .Append("=")
                    .Append(Quote(context, items[1], isQuery: true))
                    .ToText()
            );
        }

        return TextSearch.Join(context, new TextValue("&"), parts);
    }

    private static TextValue Quote(RenderContext context, Value value, bool isQuery)
    {
        TextValue text = Printer.Text(context, value);
        string characters = context.Characters(text);
        TextBuilder builder = context.Builder();
        int length;
        for (int i = 0; i < characters.Length; i += length)
        {
            length = CodePoints.LengthAt(characters, i);
            char first = characters[i];
            if (char.IsAsciiLetterOrDigit(first) || first is '_' or '.' or '-' or '~' || (first == '/' && !isQuery))
            {
                builder.Append(text, i, 1);
                continue;
            }

            if (first == ' ' && isQuery)
            {
                builder.Append("+", text.OriginAt(i));
                continue;
            }

            if (length == 1 && char.IsSurrogate(first))
            {
                throw TemplateFault.Runtime("A lone surrogate has no UTF-8.");
            }

            foreach (byte unit in Encoding.UTF8.GetBytes(characters.Substring(i, length)))
            {
                builder.Append("%" + unit.ToString("X2", CultureInfo.InvariantCulture), text.OriginAt(i));
            }
        }

        return builder.ToText();
    }
}
