using System;
using System.Collections.Generic;

namespace Specializer.Text.Generation;

/// <summary>
/// Finds stop strings in a text that arrives in parts. Text that may start a stop string is retained. The text ends where the stop string starts
/// that is complete first, for any division into parts.
/// </summary>
internal sealed class StopStringMatcher(IReadOnlyList<string> stops)
{
    private string _pending = "";

    /// <summary>Whether a stop string was found; nothing follows it.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Takes a part of the text.</summary>
    /// <returns>The text that is not part of a stop string.</returns>
    public string Append(ReadOnlySpan<char> part)
    {
        if (IsFound || part.IsEmpty)
        {
            return "";
        }

        if (stops.Count == 0)
        {
            return part.ToString();
        }

        string text = string.Concat(_pending, part);
        int start = 0,
            end = int.MaxValue,
            held = 0;
        foreach (string stop in stops)
        {
            int index = text.IndexOf(stop, StringComparison.Ordinal);
            if (index >= 0 && (index + stop.Length < end || (index + stop.Length == end && index < start)))
            {
                (start, end) = (index, index + stop.Length);
            }

            for (int length = Math.Min(stop.Length - 1, text.Length); length > held; length--)
            {
                held = text.EndsWith(stop[..length], StringComparison.Ordinal) ? length : held;
            }
        }

        IsFound = end != int.MaxValue;
        _pending = IsFound ? "" : text[^held..];
        return IsFound ? text[..start] : text[..^held];
    }

    /// <summary>Ends the text.</summary>
    /// <returns>The text that was retained.</returns>
    public string Complete()
    {
        string rest = _pending;
        _pending = "";
        return rest;
    }
}
