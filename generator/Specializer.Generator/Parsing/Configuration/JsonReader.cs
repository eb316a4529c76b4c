using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>
/// Reads JSON (RFC 8259) and keeps the position of every value, so that errors in a config.json are reported at their lines. A
/// generator cannot rely on libraries, because those of the compiler's host vary.
/// </summary>
internal sealed class JsonReader
{
    private const int DeepestNesting = 64;

    private readonly string _text;
    private int _at;
    private int _depth;

    private JsonReader(string text) => _text = text;

    /// <exception cref="ConfigurationException">The text is not JSON.</exception>
    public static JsonValue Read(string text)
    {
        var reader = new JsonReader(text);
        JsonValue value = reader.Value();
        reader.Space();
        if (reader._at < text.Length)
        {
            throw reader.Error("nothing after the first value");
        }

        return value;
    }

    private JsonValue Value()
    {
        Space();
        if (_depth > DeepestNesting)
        {
            throw Error("no deeper nesting than 64");
        }

        int start = _at;
        switch (_at < _text.Length ? _text[_at] : '\0')
        {
            case '{':
                Dictionary<string, JsonValue> members = Object();
                return new JsonValue(JsonKind.Object, start, _at - start) { Members = members };
            case '[':
                List<JsonValue> items = Array();
                return new JsonValue(JsonKind.Array, start, _at - start) { Items = items };
            case '"':
                string text = Text();
                return new JsonValue(JsonKind.Text, start, _at - start) { Text = text };
            case 't' when Word("true"):
                return new JsonValue(JsonKind.Boolean, start, 4) { Boolean = true };
            case 'f' when Word("false"):
                return new JsonValue(JsonKind.Boolean, start, 5);
            case 'n' when Word("null"):
                return new JsonValue(JsonKind.Null, start, 4);
            default:
                return Number();
        }
    }

    private Dictionary<string, JsonValue> Object()
    {
        var members = new Dictionary<string, JsonValue>();
        _depth++;
        _at++;
        Space();
        while (!Skip('}'))
        {
            if (members.Count > 0)
            {
                Expect(',');
            }

            Space();
            int start = _at;
            if (_at >= _text.Length || _text[_at] != '"')
            {
                throw Error("a name in quotation marks");
            }

            string name = Text();
            Expect(':');
            if (members.ContainsKey(name))
            {
                throw new ConfigurationException($"the name \"{name}\" occurs twice", start, _at - start);
            }

            members.Add(name, Value());
            Space();
        }

        _depth--;
        return members;
    }

    private List<JsonValue> Array()
    {
        var items = new List<JsonValue>();
        _depth++;
        _at++;
        Space();
        while (!Skip(']'))
        {
            if (items.Count > 0)
            {
                Expect(',');
            }

            items.Add(Value());
            Space();
        }

        _depth--;
        return items;
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] != '"'; _at++)
        {
            char character = _text[_at];
            if (character < ' ')
            {
                throw Error("the end of the text in quotation marks");
            }

            text.Append(character == '\\' ? Escape() : character);
        }

        Expect('"');
        return text.ToString();
    }

    private char Escape()
    {
        _at++;
        switch (_at < _text.Length ? _text[_at] : '\0')
        {
            case '"':
                return '"';
            case '\\':
                return '\\';
            case '/':
                return '/';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u'
                when _at + 4 < _text.Length
                    && ushort.TryParse(
                        _text.Substring(_at + 1, 4),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out ushort code
                    ):
                _at += 4;
                return (char)code;
            default:
                throw Error("an escape sequence of JSON");
        }
    }

    private JsonValue Number()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '-' or '+' or '.'))
        {
            _at++;
        }

        string text = _text.Substring(start, _at - start);
        switch (text)
        {
            // Python's json module writes these. A field that is read reports that it requires a finite number.
            case "NaN":
                return new JsonValue(JsonKind.Number, start, _at - start) { Number = double.NaN };
            case "Infinity":
                return new JsonValue(JsonKind.Number, start, _at - start) { Number = double.PositiveInfinity };
            case "-Infinity":
                return new JsonValue(JsonKind.Number, start, _at - start) { Number = double.NegativeInfinity };
        }

        if (
            text.Length == 0
            || !(text[0] == '-' || char.IsDigit(text[0]))
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        )
        {
            _at = start;
            throw Error("a value");
        }

        return new JsonValue(JsonKind.Number, start, _at - start) { Number = number };
    }

    private bool Word(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private void Space()
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\t' or '\n' or '\r'))
        {
            _at++;
        }
    }

    private bool Skip(char character)
    {
        if (_at < _text.Length && _text[_at] == character)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(char character)
    {
        Space();
        if (!Skip(character))
        {
            throw Error("'" + character + "'");
        }
    }

    private ConfigurationException Error(string expected) =>
        new(
            $"the file is not JSON: expected {expected}, found {(_at < _text.Length ? "'" + _text[_at] + "'" : "the end of the file")}",
            System.Math.Min(_at, System.Math.Max(0, _text.Length - 1)),
            _text.Length > 0 ? 1 : 0
        );
}
