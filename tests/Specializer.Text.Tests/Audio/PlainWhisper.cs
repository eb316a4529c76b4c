using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Tests.Audio;

/// <summary>
/// Whisper's rules as openai/whisper (decoding.py, transcribe.py) and transformers publish them, one after another on lists in double
/// precision.
/// </summary>
internal static class PlainWhisper
{
    public static int Choose(float[] logits, IReadOnlyList<int> generated, TranscriptionSettings settings, bool timestamps)
    {
        double[] scores = [.. logits.Select(value => (double)value)];
        int first = settings.NoTimestampsToken + 1;
        void Suppress(Func<int, bool> which)
        {
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = which(i) ? double.NegativeInfinity : scores[i];
            }
        }

        Suppress(token => settings.SuppressedTokens.Contains(token));
        if (generated.Count == 0)
        {
            Suppress(token => settings.FirstSuppressedTokens.Contains(token));
        }

        if (timestamps)
        {
            Suppress(token => token == settings.NoTimestampsToken);
            bool lastWasTimestamp = generated.Count >= 1 && generated[^1] >= first;
            bool penultimateWasTimestamp = generated.Count < 2 || generated[^2] >= first;
            if (lastWasTimestamp && penultimateWasTimestamp)
            {
                Suppress(token => token >= first);
            }
            else if (lastWasTimestamp)
            {
                Suppress(token => token < settings.EndToken);
            }

            int[] earlier = [.. generated.Where(token => token >= first)];
            if (earlier.Length > 0)
            {
                int lowest = lastWasTimestamp && !penultimateWasTimestamp ? earlier[^1] : earlier[^1] + 1;
                Suppress(token => token >= first && token < lowest);
            }

            if (generated.Count == 0)
            {
                Suppress(token => token < first);
                Suppress(token => token > first + (settings.MaximumInitialTimestamp ?? scores.Length));
            }

            double highest = scores.Max(),
                sum = scores.Sum(score => Math.Exp(score - highest));
            double[] probabilities = [.. scores.Select(score => Math.Exp(score - highest) / sum)];
            if (probabilities.Skip(first).Sum() > probabilities.Take(first).Max())
            {
                Suppress(token => token < first);
            }
        }

        double best = scores.Max();
        return double.IsNegativeInfinity(best) ? settings.EndToken : Array.IndexOf(scores, best);
    }

    /// <summary>The segments of a window, as start, end and tokens, and the frames to the next window.</summary>
    public static (List<(int Start, int End, int[] Text)> Segments, int Advance) Divide(
        IReadOnlyList<int> tokens,
        TranscriptionSettings settings,
        int length
    )
    {
        int first = settings.NoTimestampsToken + 1;
        int[] Text(IEnumerable<int> slice) => [.. slice.Where(token => token < settings.EndToken)];
        var result = new List<(int, int, int[])>();
        bool[] isTimestamp = [.. tokens.Select(token => token >= first)];
        bool singleEnding = isTimestamp.TakeLast(2).SequenceEqual([false, true]);
        List<int> slices = [.. Enumerable.Range(1, Math.Max(0, tokens.Count - 1)).Where(i => isTimestamp[i - 1] && isTimestamp[i])];
        if (slices.Count > 0)
        {
            if (singleEnding)
            {
                slices.Add(tokens.Count);
            }

            int last = 0;
            foreach (int slice in slices)
            {
                int[] part = [.. tokens.Skip(last).Take(slice - last)];
                result.Add((part[0] - first, part[^1] - first, Text(part)));
                last = slice;
            }

            // Only tokens that the rules do not allow have a first segment without length.
            int advance = 2 * (tokens[last - 1] - first);
            return (result, singleEnding || advance == 0 ? length : advance);
        }

        int[] timestamps = [.. tokens.Where(token => token >= first)];
        int end = timestamps.Length > 0 && timestamps[^1] != first ? timestamps[^1] - first : (length + 1) / 2;
        result.Add((0, end, Text(tokens)));
        return (result, length);
    }
}
