using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

internal enum TokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Number,
    Operator,
    End,
}

/// <summary>A token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Position">Its index in the source.</param>
/// <param name="Text">The data, the name, the operator, or the string without escapes.</param>
/// <param name="Number">The number, where it is one.</param>
internal readonly record struct Token(TokenKind Kind, int Position, string Text, Value? Number = null);

/// <summary>
/// Splits a template into tokens with Jinja's options <c>trim_blocks</c> and <c>lstrip_blocks</c>. A line end after a tag is
/// removed, as are blanks between the start of a line and a tag.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] s_operators =
    [
        "//",
        "**",
        "==",
        "!=",
        ">=",
        "<=",
        "+",
        "-",
        "/",
        "*",
        "%",
        "~",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ">",
        "<",
        "=",
        ".",
        ":",
        "|",
        ",",
        ";",
    ];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _open = new();
    private int _position;
    private bool _lineStarting = true;

    private Lexer(string source) => _source = source;

    /// <summary>Converts line ends to line feeds and removes one at the end of the template.</summary>
    public static string Normalize(string template)
    {
        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>Returns the tokens of a normalized template.</summary>
    /// <exception cref="ParseFault">A tag or string has no end, or a character belongs to no token.</exception>
    public static List<Token> Tokenize(string source)
    {
        Lexer lexer = new(source);
        while (lexer._position < source.Length)
        {
            lexer.ReadTextAndTag();
        }

        lexer.Add(TokenKind.End, source.Length, "");
        return lexer._tokens;
    }

    private void ReadTextAndTag()
    {
        int tag = FindTag(_position);
        if (tag < 0)
        {
            Add(TokenKind.Data, _position, _source[_position..]);
            _position = _source.Length;
            return;
        }

        char kind = _source[tag + 1];
        int inside = tag + 2;
        char control = Sign(inside);
        inside += control == ' ' ? 0 : 1;
        AddText(_source[_position..tag], _position, control, isVariable: kind == '{');
        _position = inside;
        if (kind == '#')
        {
            SkipComment(tag);
        }
        else if (kind == '%' && RawBegin(inside) is int raw)
        {
            _position = raw;
            ReadRaw(tag);
        }
        else
        {
            Add(kind == '%' ? TokenKind.BlockBegin : TokenKind.VariableBegin, tag, "");
            while (!ReadEnd(kind))
            {
                ReadToken(tag, kind);
            }
        }

        _lineStarting = _source[_position - 1] == '\n';
    }

    private int FindTag(int from)
    {
        for (int at = from; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
        {
            if (_source[at + 1] is '%' or '{' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private void AddText(string text, int position, char control, bool isVariable)
    {
        if (control == '-')
        {
            int end = text.Length;
            while (end > 0 && CodePoints.IsSpace(text[end - 1]))
            {
                end--;
            }

            text = text[..end];
        }
        else if (control != '+' && !isVariable)
        {
            int line = text.LastIndexOf('\n') + 1;
            if ((line > 0 || _lineStarting) && SkipSpace(text, line) == text.Length)
            {
                text = text[..line];
            }
        }

        if (text.Length > 0)
        {
            Add(TokenKind.Data, position, text);
        }
    }

    private void SkipComment(int tag)
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new ParseFault(tag, "The comment has no end '#}'.");
        }

        AfterEnd(end > _position ? _source[end - 1] : ' ', end + 2);
    }

    private int? RawBegin(int inside)
    {
        int at = SkipSpace(_source, inside);
        if (!_source.AsSpan(at).StartsWith("raw"))
        {
            return null;
        }

        at = SkipSpace(_source, at + 3);
        ReadOnlySpan<char> rest = _source.AsSpan(at);
        return rest.StartsWith("-%}") ? SkipSpace(_source, at + 3)
            : rest.StartsWith("%}") ? at + 2
            : null;
    }

    private void ReadRaw(int tag)
    {
        for (int at = _position; (at = _source.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at++)
        {
            int name = at + 2;
            char control = Sign(name);
            name = SkipSpace(_source, control == ' ' ? name : name + 1);
            if (!_source.AsSpan(name).StartsWith("endraw"))
            {
                continue;
            }

            int end = SkipSpace(_source, name + 6);
            char sign = Sign(end);
            end += sign == ' ' ? 0 : 1;
            if (_source.AsSpan(end).StartsWith("%}"))
            {
                _lineStarting = _source[_position - 1] == '\n';
                AddText(_source[_position..at], _position, control, isVariable: false);
                AfterEnd(sign, end + 2);
                return;
            }
        }

        throw new ParseFault(tag, "The raw block has no end '{% endraw %}'.");
    }

    /// <summary>Returns whether the current position is the end of a tag: '%}', '-%}' or '+%}', '}}' or '-}}'.</summary>
    private bool AtEnd(char kind)
    {
        int start = Sign(_position) == ' ' ? _position : _position + 1;
        return start + 1 < _source.Length
            && _source[start] == (kind == '%' ? '%' : '}')
            && _source[start + 1] == '}'
            && (kind == '%' || Sign(_position) != '+');
    }

    /// <summary>Reads the end of a tag if it is at the current position and no bracket is open.</summary>
    private bool ReadEnd(char kind)
    {
        if (_open.Count > 0 || !AtEnd(kind))
        {
            return false;
        }

        char sign = Sign(_position);
        Add(kind == '%' ? TokenKind.BlockEnd : TokenKind.VariableEnd, _position, "");
        AfterEnd(kind == '%' || sign == '-' ? sign : '+', _position + (sign == ' ' ? 2 : 3));
        return true;
    }

    private char Sign(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : ' ';

    private void AfterEnd(char sign, int position) =>
        _position = sign switch
        {
            '-' => SkipSpace(_source, position),
            '+' => position,
            _ => position < _source.Length && _source[position] == '\n' ? position + 1 : position,
        };

    private void ReadToken(int tag, char kind)
    {
        _position = SkipSpace(_source, _position);
        if (_position >= _source.Length)
        {
            throw new ParseFault(tag, "The tag has no end.");
        }

        char first = _source[_position];
        if (char.IsAsciiDigit(first))
        {
            ReadNumber();
        }
        else if (char.IsLetter(first) || first == '_')
        {
            int start = _position;
            while (_position < _source.Length && (char.IsLetterOrDigit(_source[_position]) || _source[_position] == '_'))
            {
                _position++;
            }

            Add(TokenKind.Name, start, _source[start.._position]);
        }
        else if (first is '"' or '\'')
        {
            int start = _position;
            _position = StringLiteral.FindEnd(_source, start);
            Add(TokenKind.String, start, StringLiteral.Unescape(_source, start + 1, _position - 1));
        }
        else if (_open.Count > 0 || !AtEnd(kind))
        {
            ReadOperator();
        }
    }

    private void ReadNumber()
    {
        int start = _position;
        int digits = SkipDigits(start);
        int end = digits;
        if (end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
        {
            end = SkipDigits(end + 1);
        }

        if (end < _source.Length && _source[end] is 'e' or 'E')
        {
            int power = Sign(end + 1) == ' ' ? end + 1 : end + 2;
            end = power < _source.Length && char.IsAsciiDigit(_source[power]) ? SkipDigits(power) : end;
        }

        // After a dot a number is an index: 'x.0.1'.
        bool afterDot = start > 0 && _source[start - 1] == '.';
        if (end > digits && !afterDot)
        {
            string text = _source[start..end].Replace("_", "", StringComparison.Ordinal);
            _position = end;
            Add(TokenKind.Number, start, text, new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));
            return;
        }

        BigInteger value = ReadInteger(start, digits);
        Add(TokenKind.Number, start, _source[start.._position], IntValue.Of(value));
    }

    private BigInteger ReadInteger(int start, int digits)
    {
        if (_source[start] == '0' && start + 1 < _source.Length)
        {
            int radix = char.ToLowerInvariant(_source[start + 1]) switch
            {
                'b' => 2,
                'o' => 8,
                'x' => 16,
                _ => 0,
            };
            int at = start + 2;
            BigInteger value = 0;
            while (radix > 0)
            {
                int digit = at < _source.Length && _source[at] == '_' && at + 1 < _source.Length ? at + 1 : at;
                int number =
                    digit < _source.Length && char.IsAsciiHexDigit(_source[digit]) ? Convert.ToInt32(_source[digit].ToString(), 16) : -1;
                if (number < 0 || number >= radix)
                {
                    break;
                }

                value = IntValue.Of((value * radix) + number).Value;
                at = digit + 1;
            }

            if (at > start + 2)
            {
                _position = at;
                return value;
            }

            // A number that starts with a zero consists of zeros only; further digits are a separate token.
            while (digits > start + 1 && _source.AsSpan(start, digits - start).IndexOfAnyExcept('0', '_') >= 0)
            {
                digits--;
            }

            while (_source[digits - 1] == '_')
            {
                digits--;
            }
        }

        _position = digits;
        return digits - start > 4300
            ? throw new ParseFault(start, "The number has more than 4,300 digits.")
            : BigInteger.Parse(_source[start..digits].Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private int SkipDigits(int at)
    {
        while (
            at < _source.Length
            && (char.IsAsciiDigit(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && char.IsAsciiDigit(_source[at + 1])))
        )
        {
            at++;
        }

        return at;
    }

    private void ReadOperator()
    {
        string? found = Array.Find(s_operators, text => _source.AsSpan(_position).StartsWith(text));
        if (found is null)
        {
            throw new ParseFault(_position, $"The character '{_source[_position]}' is not part of an expression.");
        }

        if (found is "(" or "[" or "{")
        {
            _open.Push(
                found switch
                {
                    "(" => ')',
                    "[" => ']',
                    _ => '}',
                }
            );
        }
        else if (found is ")" or "]" or "}" && (!_open.TryPop(out char expected) || expected != found[0]))
        {
            throw new ParseFault(_position, $"The bracket '{found}' closes none that is open.");
        }

        Add(TokenKind.Operator, _position, found);
        _position += found.Length;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && CodePoints.IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private void Add(TokenKind kind, int position, string text, Value? number = null) =>
        _tokens.Add(new Token(kind, position, text, number));
}
