using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Patterns;

/// <summary>
/// Reads a regular expression in Oniguruma's Ruby syntax. Features that cannot be matched exactly are rejected by name: back
/// references, atomic groups, lookbehind of more than one scalar, and case folding beyond ASCII.
/// </summary>
internal sealed class RegexParser
{
    private const int MaximumDepth = 50;
    private const int MaximumLength = 20_000;
    private readonly int[] _pattern;
    private int _position;
    private int _depth;
    private bool _ignoreCase;
    private bool _dotMatchesBreak;

    private RegexParser(string pattern)
    {
        var scalars = new List<int>(pattern.Length);
        foreach (Rune rune in pattern.EnumerateRunes())
        {
            scalars.Add(rune.Value);
        }

        _pattern = [.. scalars];
    }

    public static RegexNode Parse(string pattern)
    {
        if (pattern.Length > MaximumLength)
        {
            throw new RegexSyntaxException($"the pattern has {pattern.Length} characters; at most {MaximumLength} are supported", 0);
        }

        var parser = new RegexParser(pattern);
        RegexNode node = parser.ParseChoice();
        return parser.AtEnd ? node : throw parser.Error("a ')' without its '('");
    }

    private bool AtEnd => _position >= _pattern.Length;

    private RegexNode ParseChoice()
    {
        if (++_depth > MaximumDepth)
        {
            throw Error($"groups nested deeper than {MaximumDepth}");
        }

        bool ignoreCase = _ignoreCase,
            dotMatchesBreak = _dotMatchesBreak;
        var options = new List<RegexNode> { ParseSequence() };
        while (TryTake('|'))
        {
            options.Add(ParseSequence());
        }

        (_ignoreCase, _dotMatchesBreak) = (ignoreCase, dotMatchesBreak);
        _depth--;
        return options.Count == 1 ? options[0] : new RegexNode.Choice(options);
    }

    private RegexNode ParseSequence()
    {
        var parts = new List<RegexNode>();
        int folded = 0;
        while (!AtEnd && Peek() is not ('|' or ')'))
        {
            int start = _position;
            RegexNode? part = ParseAtom();
            folded = CheckFolding(start, folded);
            if (part is not null)
            {
                parts.Add(ParseQuantifiers(part));
            }
        }

        return parts.Count == 1 ? parts[0] : new RegexNode.Sequence(parts);
    }

    // If case is ignored, Oniguruma matches a sharp s with "ss", and ligatures with a few other pairs.
    private int CheckFolding(int start, int previous)
    {
        int scalar = _ignoreCase && _position == start + 1 ? _pattern[start] | 0x20 : 0;
        if ((previous, scalar) is ('s', 's') or ('s', 't') or ('f', 'f') or ('f', 'i') or ('f', 'l'))
        {
            throw Error($"'{(char)previous}{(char)scalar}' where case is ignored, which ligatures match as well");
        }

        return scalar;
    }

    private RegexNode ParseQuantifiers(RegexNode body)
    {
        while (!AtEnd)
        {
            int minimum,
                maximum;
            bool interval = false;
            switch (Peek())
            {
                case '*':
                    (minimum, maximum) = (0, -1);
                    break;
                case '+':
                    (minimum, maximum) = (1, -1);
                    break;
                case '?':
                    (minimum, maximum) = (0, 1);
                    break;
                case '{' when TryInterval(out minimum, out maximum):
                    interval = true;
                    break;
                default:
                    return body;
            }

            if (body is RegexNode.Assertion or RegexNode.Look)
            {
                throw Error("a quantifier after an assertion");
            }

            if (!interval)
            {
                _position++;
            }

            bool lazy = TryTake('?');
            if (lazy && interval && minimum == maximum)
            {
                throw Error("the quantifier {n}?");
            }

            bool possessive = !lazy && !interval && TryTake('+');
            if (possessive && body is not RegexNode.Set)
            {
                throw Error("a possessive quantifier after a group");
            }

            body = new RegexNode.Repeat(body, minimum, maximum, lazy, possessive);
        }

        return body;
    }

    private bool TryInterval(out int minimum, out int maximum)
    {
        int start = _position++;
        bool hasMinimum = TryNumber(out minimum);
        bool comma = TryTake(',');
        bool hasMaximum = TryNumber(out maximum);
        if (!comma)
        {
            maximum = minimum;
        }
        else if (!hasMaximum)
        {
            maximum = -1;
        }

        if ((!hasMinimum && !(comma && hasMaximum)) || (hasMaximum && !comma) || !TryTake('}'))
        {
            _position = start;
            return false;
        }

        if (minimum > 1000 || maximum > 1000)
        {
            throw Error("a repetition of more than 1000 times");
        }

        return maximum < 0 || minimum <= maximum ? true : throw Error($"the repetition {{{minimum},{maximum}}}");
    }

    private bool TryNumber(out int value)
    {
        value = 0;
        int start = _position;
        while (!AtEnd && Peek() is >= '0' and <= '9')
        {
            value = Math.Min(100_000, value * 10 + Take() - '0');
        }

        return _position > start;
    }

    private RegexNode? ParseAtom()
    {
        int c = Take();
        switch (c)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new RegexNode.Set(Fold(ParseClass()));
            case '.':
                return new RegexNode.Set(_dotMatchesBreak ? ScalarSet.Empty.Negate() : ScalarSet.Dot);
            case '^':
                return new RegexNode.Assertion(RegexAssertion.LineStart);
            case '$':
                return new RegexNode.Assertion(RegexAssertion.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw Error("a quantifier without something to repeat");
            default:
                return new RegexNode.Set(Fold(ScalarSet.Of(c)));
        }
    }

    private RegexNode ParseEscape()
    {
        if (AtEnd)
        {
            throw Error("a '\\' at the end");
        }

        switch (Peek())
        {
            case 'A':
                _position++;
                return new RegexNode.Assertion(RegexAssertion.TextStart);
            case 'z':
                _position++;
                return new RegexNode.Assertion(RegexAssertion.TextEnd);
            case 'Z':
                _position++;
                return new RegexNode.Assertion(RegexAssertion.TextEndOrBreak);
            case 'b':
                _position++;
                return new RegexNode.Assertion(RegexAssertion.WordBoundary);
            case 'B':
                _position++;
                return new RegexNode.Assertion(RegexAssertion.NoWordBoundary);
            default:
                return new RegexNode.Set(Fold(RegexClasses.ParseEscape(_pattern, ref _position, inClass: false)));
        }
    }

    private RegexNode? ParseGroup()
    {
        if (!TryTake('?'))
        {
            return Close(ParseChoice());
        }

        int kind = AtEnd ? throw Error("a '(?' at the end") : Take();
        switch (kind)
        {
            case ':':
                return Close(ParseChoice());
            case '=':
                return Close(new RegexNode.Look(ParseChoice(), Behind: false, Negative: false));
            case '!':
                return Close(new RegexNode.Look(ParseChoice(), Behind: false, Negative: true));
            case '<' when TryTake('='):
                return Close(LookBehind(ParseChoice(), negative: false));
            case '<' when TryTake('!'):
                return Close(LookBehind(ParseChoice(), negative: true));
            case '>':
                throw Error("an atomic group");
            case '#':
                while (!AtEnd && Peek() != ')')
                {
                    _position++;
                }

                Close(new RegexNode.Sequence([]));
                return null;
            case 'i' or 'm' or '-':
                _position--;
                return ParseOptions();
            default:
                throw Error($"the group (?{new Rune(kind)}");
        }
    }

    private RegexNode? ParseOptions()
    {
        bool ignoreCase = _ignoreCase,
            dotMatchesBreak = _dotMatchesBreak,
            on = true;
        while (true)
        {
            int option = AtEnd ? 0 : Take();
            switch (option)
            {
                case 'i':
                    ignoreCase = on;
                    break;
                case 'm':
                    dotMatchesBreak = on;
                    break;
                case '-':
                    on = false;
                    break;
                case ':':
                    (bool Case, bool Dot) outer = (_ignoreCase, _dotMatchesBreak);
                    (_ignoreCase, _dotMatchesBreak) = (ignoreCase, dotMatchesBreak);
                    RegexNode body = ParseChoice();
                    (_ignoreCase, _dotMatchesBreak) = outer;
                    return Close(body);
                case ')' when _position == 4 && _depth == 1:
                    // (?i) at the start applies to the whole pattern.
                    (_ignoreCase, _dotMatchesBreak) = (ignoreCase, dotMatchesBreak);
                    return null;
                default:
                    throw Error("an option of a group other than i and m, or options within a pattern");
            }
        }
    }

    private RegexNode.Look LookBehind(RegexNode body, bool negative) =>
        body is RegexNode.Set
            ? new RegexNode.Look(body, Behind: true, negative)
            : throw Error("a lookbehind of anything except one character");

    private RegexNode Close(RegexNode body) => TryTake(')') ? body : throw Error("a '(' without its ')'");

    private ScalarSet ParseClass() => RegexClasses.ParseClass(_pattern, ref _position, 0);

    private ScalarSet Fold(ScalarSet set) =>
        !_ignoreCase ? set
        : set.HasNonAscii ? throw Error("characters beyond ASCII where case is ignored")
        : set.FoldAscii();

    private int Peek() => _pattern[_position];

    private int Take() => _pattern[_position++];

    private bool TryTake(int scalar)
    {
        if (AtEnd || Peek() != scalar)
        {
            return false;
        }

        _position++;
        return true;
    }

    private RegexSyntaxException Error(string what) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the pattern has {what} near character {_position}, which is malformed or not supported"
            ),
            _position
        );
}
