using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer.Text.Templates;

/// <summary>
/// Writes JSON like Python's <c>json.dumps</c>, which transformers uses instead of Jinja's own filter. The text has one origin:
/// content if any string in it is content.
/// </summary>
internal sealed class Json
{
    private readonly RenderContext _context;
    private readonly TextBuilder _builder;
    private readonly bool _ascii;
    private readonly string? _indent;
    private readonly string _comma;
    private readonly string _colon;
    private readonly bool _sorted;
    private Origin _origin;

    private Json(RenderContext context, bool ascii, string? indent, string comma, string colon, bool sorted)
    {
        (_context, _builder) = (context, context.Builder());
        (_ascii, _indent, _comma, _colon, _sorted) = (ascii, indent, comma, colon, sorted);
    }

    /// <summary>Implements the filter <c>tojson</c>.</summary>
    public static Value Filter(RenderContext context, Value value, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = bound[1] switch
        {
            null or NoneValue => null,
            TextValue text => context.Characters(text),
            Value width when Numbers.Integer(width) is System.Numerics.BigInteger count => count > 1000
                ? throw TemplateFault.Limit("The indentation of tojson is above 1,000.")
                : new string(' ', Math.Max(0, (int)count)),
            Value other => throw TemplateFault.Runtime($"tojson cannot indent by '{other.TypeName}'"),
        };
        (string comma, string colon) = (indent is null ? ", " : ",", ": ");
        if (bound[2] is not (null or NoneValue))
        {
            IReadOnlyList<Value> separators = Sequences.Collect(context, bound[2]!);
            (comma, colon) = separators is [TextValue first, TextValue second]
                ? (context.Characters(first), context.Characters(second))
                : throw TemplateFault.Runtime("tojson takes two texts as separators");
        }

        bool ascii = bound[0] is Value flag && Sequences.IsTrue(context, flag);
        bool sorted = bound[3] is Value sort && Sequences.IsTrue(context, sort);
        Json json = new(context, ascii, indent, comma, colon, sorted);
        json.Write(value, 0);
        TextValue written = json._builder.ToText();
        return new TextValue(context.Characters(written), json._origin);
    }

    private void Write(Value value, int level)
    {
        _context.Budget.Step();
        switch (value)
        {
            case TextValue text:
                _origin |= text.WholeOrigin(_context.Budget);
                WriteText(_context.Characters(text));
                break;
            case NoneValue or BoolValue or IntValue or FloatValue:
                _builder.Append(Scalar(value));
                break;
            case ItemsValue items:
                WriteAll(items.Items, level, "[", "]", item => Write(item, level + 1));
                break;
            case DictValue dictionary:
                WriteAll(
                    Entries(dictionary),
                    level,
                    "{",
                    "}",
                    entry =>
                    {
                        WriteKey(entry.Key);
                        _builder.Append(_colon);
                        Write(entry.Value, level + 1);
                    }
                );
                break;
            default:
                throw TemplateFault.Runtime($"Object of type {value.TypeName} is not JSON serializable");
        }
    }

    private IReadOnlyList<KeyValuePair<Value, Value>> Entries(DictValue dictionary)
    {
        if (!_sorted)
        {
            return dictionary.Entries;
        }

        _context.Budget.Elements(8L * dictionary.Entries.Count);
        return
        [
            .. dictionary.Entries.Order(
                Comparer<KeyValuePair<Value, Value>>.Create((left, right) => _context.Comparer.Order(left.Key, right.Key, "<") ?? 0)
            ),
        ];
    }

    private void WriteAll<T>(IReadOnlyList<T> elements, int level, string open, string close, Action<T> write)
    {
        _builder.Append(open);
        _context.Budget.Descend();
        for (int i = 0; i < elements.Count; i++)
        {
            _builder.Append(i == 0 ? "" : _comma);
            NewLine(level + 1);
            write(elements[i]);
        }

        _context.Budget.Ascend();
        if (elements.Count > 0)
        {
            NewLine(level);
        }

        _builder.Append(close);
    }

    private void NewLine(int level)
    {
        if (_indent is null)
        {
            return;
        }

        _builder.Append("\n");
        for (int i = 0; i < level; i++)
        {
            _builder.Append(_indent);
        }
    }

    private void WriteKey(Value key)
    {
        switch (key)
        {
            case TextValue text:
                _origin |= text.WholeOrigin(_context.Budget);
                WriteText(_context.Characters(text));
                break;
            case NoneValue or BoolValue or IntValue or FloatValue:
                WriteText(Scalar(key));
                break;
            default:
                throw TemplateFault.Runtime($"keys must be str, int, float, bool or None, not {key.TypeName}");
        }
    }

    private static string Scalar(Value value) =>
        value switch
        {
            NoneValue => "null",
            BoolValue boolean => boolean.Value ? "true" : "false",
            IntValue integer => integer.Value.ToString(CultureInfo.InvariantCulture),
            FloatValue { Value: double.NaN } => "NaN",
            FloatValue { Value: double.PositiveInfinity } => "Infinity",
            FloatValue { Value: double.NegativeInfinity } => "-Infinity",
            FloatValue number => Numbers.Print(number.Value),
            _ => "",
        };

    private void WriteText(string text)
    {
        _builder.Append("\"");
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            string? escaped = text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\f' => "\\f",
                '\b' => "\\b",
                < ' ' => Escape(text[i]),
                > '~' when _ascii => Escape(text[i]),
                _ => null,
            };
            if (escaped is not null)
            {
                _builder.Append(text.AsSpan(start, i - start), Origin.Template).Append(escaped);
                start = i + 1;
            }
        }

        _builder.Append(text.AsSpan(start), Origin.Template).Append("\"");
    }

    private static string Escape(char character) => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture);
}
