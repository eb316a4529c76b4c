using System.Collections.Generic;
using System.Text;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>
/// Reads regular expressions of ECMAScript (ECMA-262, flags u and s) as expressions. Parts without a finite automaton, and those
/// that depend on the text around a match, are refused by name.
/// </summary>
internal sealed class RegularExpression
{
    private const int MaximumLength = 20_000;
    private const int MaximumDepth = 50;

    /// <summary>The largest number of a quantifier.</summary>
    private const int MaximumRepetitions = 10_000;

    private readonly RegularClasses _classes;
    private readonly int[] _pattern;
    private readonly bool _isWholeText;
    private int _position;
    private int _depth;

    private RegularExpression(string pattern, bool isWholeText)
    {
        var scalars = new List<int>(pattern.Length);
        foreach (Rune rune in pattern.EnumerateRunes())
        {
            scalars.Add(rune.Value);
        }

        _pattern = [.. scalars];
        _isWholeText = isWholeText;
        _classes = new RegularClasses(_pattern);
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="isWholeText">Whether it matches the whole text; otherwise a match anywhere in the text is enough.</param>
    /// <exception cref="ConstraintException">The expression is malformed or has an unsupported part.</exception>
    public static Expression Parse(string pattern, bool isWholeText)
    {
        if (pattern.Length > MaximumLength)
        {
            throw new ConstraintException($"the expression has {pattern.Length} characters; at most {MaximumLength} are supported");
        }

        var parser = new RegularExpression(pattern, isWholeText);
        var options = new List<Expression>();
        do
        {
            options.Add(parser.ParseAnchored());
        } while (parser.TryTake('|'));
        return parser.AtEnd ? Expression.Any(options) : throw parser.Error("a ')' without its '('");
    }

    private bool AtEnd => _position >= _pattern.Length;

    // Anchors are allowed at the start and the end of the alternatives of the whole expression.
    private Expression.Sequence ParseAnchored()
    {
        bool start = TryTake('^');
        List<Expression> parts = ParseParts();
        bool end = TryTake('$');
        if (!AtEnd && Peek() is not ('|' or ')'))
        {
            throw Error("an anchor '$' before the end");
        }

        if (!_isWholeText)
        {
            Expression any = Expression.Many(Expression.Of(ScalarSet.Empty.Negate()));
            if (!start)
            {
                parts.Insert(0, any);
            }

            if (!end)
            {
                parts.Add(any);
            }
        }

        return new Expression.Sequence(parts);
    }

    private Expression ParseChoice()
    {
        if (++_depth > MaximumDepth)
        {
            throw Error($"groups nested deeper than {MaximumDepth}");
        }

        var options = new List<Expression> { new Expression.Sequence(ParseParts()) };
        while (TryTake('|'))
        {
            options.Add(new Expression.Sequence(ParseParts()));
        }

        _depth--;
        return Expression.Any(options);
    }

    private List<Expression> ParseParts()
    {
        var parts = new List<Expression>();
        while (!AtEnd && Peek() is not ('|' or ')' or '$'))
        {
            parts.Add(ParseQuantifier(ParseAtom()));
        }

        return parts;
    }

    private Expression ParseAtom()
    {
        int c = Take();
        return c switch
        {
            '(' => ParseGroup(),
            '[' => Expression.Of(_classes.ParseClass(ref _position)),
            '.' => Expression.Of(ScalarSet.Empty.Negate()),
            '\\' => Expression.Of(_classes.ParseEscape(ref _position, inClass: false)),
            '^' => throw Error("an anchor '^' after the start"),
            '*' or '+' or '?' or '{' => throw Error("a quantifier without something to repeat"),
            '}' or ']' => throw Error($"a '{(char)c}' without its start"),
            _ => Expression.Of(ScalarSet.Of(c)),
        };
    }

    private Expression ParseGroup()
    {
        if (TryTake('?') && !TryTake(':'))
        {
            if (!TryTake('<') || AtEnd || Peek() is '=' or '!')
            {
                throw Error("look-around or another special group");
            }

            // The name of a group has no effect.
            while (!AtEnd && Peek() != '>')
            {
                _position++;
            }

            if (!TryTake('>'))
            {
                throw Error("a group name without its '>'");
            }
        }

        Expression body = ParseChoice();
        return TryTake(')') ? body
            : !AtEnd && Peek() == '$' ? throw Error("an anchor '$' in a group")
            : throw Error("a '(' without its ')'");
    }

    private Expression ParseQuantifier(Expression body)
    {
        if (AtEnd)
        {
            return body;
        }

        (int Minimum, int Maximum)? range = Peek() switch
        {
            '*' => (0, -1),
            '+' => (1, -1),
            '?' => (0, 1),
            '{' => ParseInterval(),
            _ => null,
        };
        if (range is not { } counts)
        {
            return body;
        }

        _position++;

        // A lazy quantifier matches the same texts.
        TryTake('?');
        return new Expression.Repeat(body, counts.Minimum, counts.Maximum);
    }

    // Leaves the position at the '}'.
    private (int Minimum, int Maximum) ParseInterval()
    {
        _position++;
        int minimum = ParseNumber(),
            maximum = minimum;
        if (TryTake(','))
        {
            maximum = !AtEnd && Peek() == '}' ? -1 : ParseNumber();
        }

        if (AtEnd || Peek() != '}')
        {
            throw Error("an interval without its '}'");
        }

        return maximum < 0 || minimum <= maximum ? (minimum, maximum) : throw Error($"the interval {{{minimum},{maximum}}}");
    }

    private int ParseNumber()
    {
        int start = _position,
            value = 0;
        while (!AtEnd && Peek() is >= '0' and <= '9')
        {
            value = value * 10 + Take() - '0';
            if (value > MaximumRepetitions)
            {
                throw Error($"a repetition of more than {MaximumRepetitions} times");
            }
        }

        return _position > start ? value : throw Error("an interval without a number");
    }

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

    private ConstraintException Error(string what) => RegularClasses.Error(what, _position);
}
