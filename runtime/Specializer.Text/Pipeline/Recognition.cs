using System;
using System.Collections.Generic;

namespace Specializer.Text.Pipeline;

/// <summary>The ranges of a text in which special tokens are recognized: everywhere, nowhere, or outside of content.</summary>
internal sealed class Recognition
{
    private readonly int[] _starts;
    private readonly int[] _ends;

    private Recognition(int[] starts, int[] ends) => (_starts, _ends) = (starts, ends);

    public static Recognition Everywhere { get; } = new([], []);

    public static Recognition Nowhere { get; } = new([0], [int.MaxValue]);

    /// <summary>Whether only parts of the text are content, which requires the origin of every byte.</summary>
    public bool IsByRange => this != Everywhere && this != Nowhere;

    /// <summary>Recognizes special tokens in the text of the template only.</summary>
    public static Recognition Outside(ReadOnlySpan<char> text, IReadOnlyList<ChatSegment> segments)
    {
        var starts = new List<int>();
        var ends = new List<int>();
        int place = 0,
            unit = 0;
        foreach (ChatSegment segment in segments)
        {
            int end = segment.Start + segment.Length;
            if (segment.Start != unit || segment.Length < 0 || end > text.Length)
            {
                throw new ArgumentException(
                    $"A segment from {segment.Start} with {segment.Length} characters follows one that ends at {unit}, in a text of {text.Length} characters; expected segments without gaps.",
                    nameof(segments)
                );
            }

            int start = place;
            for (; unit < end; unit++)
            {
                // The second half of a pair adds nothing: the first half counts all four bytes.
                place +=
                    text[unit] < 0x80 ? 1
                    : text[unit] < 0x800 ? 2
                    : char.IsHighSurrogate(text[unit]) ? 4
                    : char.IsLowSurrogate(text[unit]) ? 0
                    : 3;
            }

            if (segment.IsContent && start < place)
            {
                starts.Add(start);
                ends.Add(place);
            }
        }

        return unit == text.Length
            ? new Recognition([.. starts], [.. ends])
            : throw new ArgumentException(
                $"The segments end at {unit}, in a text of {text.Length} characters; expected them to cover it.",
                nameof(segments)
            );
    }

    /// <summary>Whether no byte of a range of the original text is content.</summary>
    public bool Allows(int start, int end)
    {
        // The first content that ends after the start.
        int index = Array.BinarySearch(_ends, start + 1);
        index = index < 0 ? ~index : index;
        return index == _ends.Length || _starts[index] >= end;
    }

    /// <summary>Returns whether a special token is recognized at a range of the current text.</summary>
    public bool Allows(TextBuffer text, int start, int end) =>
        _ends.Length == 0 || (IsByRange && Allows(text.OriginalStart(start), text.OriginalEnd(end - 1)));

    /// <summary>Returns the first index of content from a start on, or <paramref name="end"/>.</summary>
    public int FindContent(TextBuffer text, int start, int end)
    {
        while (start < end && Allows(text, start, start + 1))
        {
            start++;
        }

        return start;
    }
}
