using System;
using System.Collections.Generic;
using System.Globalization;

namespace Specializer.Text.Templates;

/// <summary>Prints values like Python's <c>str</c> and <c>repr</c>.</summary>
internal static class Printer
{
    /// <summary>Python's <c>str</c>.</summary>
    public static TextValue Text(RenderContext context, Value value)
    {
        switch (value)
        {
            case TextValue text:
                return text.AsSafe(false, context.Budget);
            case UndefinedValue:
                return TextValue.Empty;
            default:
                TextBuilder builder = context.Builder();
                AppendRepresentation(context, builder, value);
                return builder.ToText();
        }
    }

    /// <summary>Returns a text itself, marked as safe or not; otherwise Python's <c>str</c>.</summary>
    public static TextValue SoftText(RenderContext context, Value value) => value as TextValue ?? Text(context, value);

    /// <summary>Python's <c>repr</c>.</summary>
    public static TextValue Representation(RenderContext context, Value value)
    {
        TextBuilder builder = context.Builder();
        AppendRepresentation(context, builder, value);
        return builder.ToText();
    }

    private static void AppendRepresentation(RenderContext context, TextBuilder builder, Value value)
    {
        context.Budget.Step();
        switch (value)
        {
            case TextValue text:
                AppendQuoted(context, builder, text);
                break;
            case NoneValue:
                builder.Append("None");
                break;
            case BoolValue boolean:
                builder.Append(boolean.Value ? "True" : "False");
                break;
            case IntValue integer:
                builder.Append(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                builder.Append(Numbers.Print(number.Value));
                break;
            case UndefinedValue:
                builder.Append("Undefined");
                break;
            case ListValue list:
                AppendItems(context, builder, "[", list.Items, "]");
                break;
            case TupleValue tuple:
                AppendItems(context, builder, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case DictValue dictionary:
                AppendEntries(context, builder, dictionary);
                break;
            case DictViewValue view:
                builder.Append(view.TypeName);
                AppendItems(context, builder, "([", Sequences.Collect(context, view), "])");
                break;
            case RangeValue range:
                builder.Append(
                    range.Increment.IsOne
                        ? string.Create(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop})")
                        : string.Create(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}, {range.Increment})")
                );
                break;
            case NamespaceValue space:
                builder.Append("<Namespace ");
                AppendEntries(context, builder, space.Attributes);
                builder.Append(">");
                break;
            case LoopValue loop:
                builder.Append(string.Create(CultureInfo.InvariantCulture, $"<LoopContext {loop.Index + 1}/{loop.Length}>"));
                break;
            case CallableValue { TypeName: "Macro" } macro:
                builder.Append(macro.Name.Length == 0 ? "<Macro anonymous>" : $"<Macro '{macro.Name}'>");
                break;
            default:
                builder.Append($"<{value.TypeName} object>");
                break;
        }
    }

    private static void AppendItems(RenderContext context, TextBuilder builder, string open, IReadOnlyList<Value> items, string close)
    {
        context.Budget.Descend();
        builder.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            builder.Append(i == 0 ? "" : ", ");
            AppendRepresentation(context, builder, items[i]);
        }

        builder.Append(close);
        context.Budget.Ascend();
    }

    private static void AppendEntries(RenderContext context, TextBuilder builder, DictValue dictionary)
    {
        context.Budget.Descend();
        builder.Append("{");
        bool first = true;
        foreach ((Value key, Value value) in dictionary.Entries)
        {
            builder.Append(first ? "" : ", ");
            AppendRepresentation(context, builder, key);
            builder.Append(": ");
            AppendRepresentation(context, builder, value);
            first = false;
        }

        builder.Append("}");
        context.Budget.Ascend();
    }

    /// <summary>
    /// Appends a quoted text: in single quotes, unless the text contains them and no double quotes; with escapes for control
    /// characters.
    /// </summary>
    private static void AppendQuoted(RenderContext context, TextBuilder builder, TextValue text)
    {
        string characters = context.Characters(text);
        string quote =
            characters.Contains('\'', StringComparison.Ordinal) && !characters.Contains('"', StringComparison.Ordinal) ? "\"" : "'";
        builder.Append(text.IsSafe ? "Markup(" + quote : quote);
        int start = 0;
        for (int i = 0; i < characters.Length; )
        {
            int codePoint = CodePoints.At(characters, i);
            int length = CodePoints.LengthAt(characters, i);
            string? escaped = codePoint switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\'' or '"' when codePoint == quote[0] => "\\" + quote,
                >= ' ' and < 0x7F => null,
                _ when CodePoints.IsPrintable(codePoint) => null,
                < 0x100 => "\\x" + codePoint.ToString("x2", CultureInfo.InvariantCulture),
                < 0x10000 => "\\u" + codePoint.ToString("x4", CultureInfo.InvariantCulture),
                _ => "\\U" + codePoint.ToString("x8", CultureInfo.InvariantCulture),
            };
            if (escaped is not null)
            {
                builder.Append(text, start, i - start).Append(escaped, text.OriginAt(i));
                start = i + length;
            }

            i += length;
        }

        builder.Append(text, start, characters.Length - start).Append(text.IsSafe ? quote + ")" : quote);
    }
}
