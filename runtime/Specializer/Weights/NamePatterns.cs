using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>The names of ignored tensors, in the syntax of <see cref="TensorNaming.Ignored"/>.</summary>
internal sealed class NamePatterns
{
    private const char Any = '*';
    private const string AnyParts = "*.";

    private readonly HashSet<string> _names = [];
    private readonly List<(string Before, string After)> _numbered = [];
    private readonly List<string> _beginnings = [];
    private readonly List<string> _ends = [];

    public NamePatterns(IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            int mark = pattern.IndexOf(TensorRequirement.LayerMark, StringComparison.Ordinal);
            if (pattern.StartsWith(AnyParts, StringComparison.Ordinal))
            {
                _ends.Add(pattern[1..]);
            }
            else if (mark >= 0)
            {
                _numbered.Add((pattern[..mark], pattern[(mark + TensorRequirement.LayerMark.Length)..]));
            }
            else if (pattern.EndsWith(Any))
            {
                _beginnings.Add(pattern[..^1]);
            }
            else
            {
                _names.Add(pattern);
            }
        }
    }

    public bool Matches(string name)
    {
        if (_names.Contains(name))
        {
            return true;
        }

        foreach (string beginning in _beginnings)
        {
            if (name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        foreach (string end in _ends)
        {
            if (name.EndsWith(end, StringComparison.Ordinal) || name.AsSpan().SequenceEqual(end.AsSpan(1)))
            {
                return true;
            }
        }

        foreach ((string before, string after) in _numbered)
        {
            if (name.StartsWith(before, StringComparison.Ordinal) && IsNumberAnd(name.AsSpan(before.Length), after))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Returns whether a text consists of at least one digit followed by <paramref name="after"/>, which may end in
    /// <see cref="Any"/>.
    /// </summary>
    private static bool IsNumberAnd(ReadOnlySpan<char> text, string after)
    {
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        ReadOnlySpan<char> rest = text[digits..];
        return digits > 0
            && (
                after.EndsWith(Any)
                    ? rest.StartsWith(after.AsSpan(0, after.Length - 1), StringComparison.Ordinal)
                    : rest.SequenceEqual(after)
            );
    }
}
