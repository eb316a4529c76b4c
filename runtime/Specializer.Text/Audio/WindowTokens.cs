using System;
using System.Collections.Generic;

namespace Specializer.Text.Audio;

/// <summary>A part of the tokens of a window.</summary>
/// <param name="Start">The start, in steps of two frames from that of the window.</param>
/// <param name="End">The end.</param>
/// <param name="Tokens">The text's tokens.</param>
internal sealed record WindowSegment(int Start, int End, int[] Tokens);

/// <summary>Divides the tokens of a window by its timestamps.</summary>
/// <remarks>Source: openai/whisper, whisper/transcribe.py.</remarks>
internal static class WindowTokens
{
    /// <summary>Divides tokens into segments.</summary>
    /// <param name="tokens">The tokens of the window, without the control tokens before them and the end token.</param>
    /// <param name="settings">The control tokens.</param>
    /// <param name="length">The frames of the window that contain sound.</param>
    /// <param name="segments">Receives the segments.</param>
    /// <returns>The frames by which the next window is later.</returns>
    public static int Divide(ReadOnlySpan<int> tokens, TranscriptionSettings settings, int length, List<WindowSegment> segments)
    {
        int first = settings.NoTimestampsToken + 1;
        int start = 0;
        for (int i = 1; i < tokens.Length; i++)
        {
            if (tokens[i - 1] >= first && tokens[i] >= first)
            {
                segments.Add(Segment(tokens[start..i], settings));
                start = i;
            }
        }

        // No speech follows a single timestamp at the end.
        bool endsWithSingle = tokens.Length >= 2 && tokens[^1] >= first && tokens[^2] < first;
        if (start == 0)
        {
            int latest = tokens.LastIndexOfAnyInRange(first, int.MaxValue);
            int end = latest >= 0 && tokens[latest] != first ? tokens[latest] - first : (length + 1) / 2;
            segments.Add(new WindowSegment(0, end, Text(tokens, settings)));
            return length;
        }

        if (endsWithSingle)
        {
            segments.Add(Segment(tokens[start..], settings));
            return length;
        }

        // The last segment is incomplete; the next window starts at the end of the one before.
        int advance = (tokens[start - 1] - first) * 2;
        return advance > 0 ? advance : length;
    }

    /// <summary>Returns the single segment of a window without timestamps.</summary>
    /// <param name="tokens">The tokens of the window.</param>
    /// <param name="settings">The control tokens.</param>
    /// <param name="length">The frames of the window that contain sound.</param>
    public static WindowSegment Whole(ReadOnlySpan<int> tokens, TranscriptionSettings settings, int length) =>
        new(0, (length + 1) / 2, Text(tokens, settings));

    private static WindowSegment Segment(ReadOnlySpan<int> tokens, TranscriptionSettings settings)
    {
        int first = settings.NoTimestampsToken + 1;
        return new WindowSegment(tokens[0] - first, tokens[^1] - first, Text(tokens, settings));
    }

    private static int[] Text(ReadOnlySpan<int> tokens, TranscriptionSettings settings)
    {
        var text = new List<int>(tokens.Length);
        foreach (int token in tokens)
        {
            if (token < settings.EndToken)
            {
                text.Add(token);
            }
        }

        return [.. text];
    }
}
