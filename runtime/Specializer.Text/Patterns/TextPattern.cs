using System;

namespace Specializer.Text.Patterns;

/// <summary>
/// A pattern that is searched in text: a literal, a known split pattern with its own scanner, or a regular expression.
/// </summary>
internal abstract class TextPattern
{
    /// <summary>Finds the leftmost match at or after an index.</summary>
    public abstract bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end);
}

/// <summary>
/// Enumerates all matches in a text like the library's binding of Oniguruma: an empty match directly after another is skipped.
/// </summary>
internal ref struct MatchIterator(TextPattern pattern, ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next;
    private int _lastEnd = -1;

    public int Start { get; private set; }

    public int End { get; private set; }

    public bool MoveNext()
    {
        while (_next <= _text.Length && pattern.Find(_text, _next, out int start, out int end))
        {
            if (start == end && _lastEnd == end)
            {
                _next += _next < _text.Length ? Unicode.Scalars.LengthOf(_text[_next]) : 1;
                continue;
            }

            (Start, End, _next, _lastEnd) = (start, end, end, end);
            return true;
        }

        return false;
    }
}
