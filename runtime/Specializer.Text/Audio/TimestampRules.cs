using System;

namespace Specializer.Text.Audio;

/// <summary>
/// Chooses the tokens of a window: the most probable one that the rules of Whisper allow. It is used by one caller at a time, and no token
/// allocates memory.
/// </summary>
/// <remarks>
/// Sources: Radford et al. 2022; openai/whisper, whisper/decoding.py; the class WhisperTimeStampLogitsProcessor of huggingface/transformers.
/// </remarks>
internal sealed class TimestampRules(TranscriptionSettings settings, int vocabularySize, bool hasTimestamps)
{
    // Arrays, because the enumerators of lists allocate memory.
    private readonly int[] _suppressed = [.. settings.SuppressedTokens];
    private readonly int[] _firstSuppressed = [.. settings.FirstSuppressedTokens];
    private readonly float[] _scores = new float[vocabularySize];

    /// <summary>The first timestamp.</summary>
    private int First => settings.NoTimestampsToken + 1;

    /// <summary>Returns the next token.</summary>
    /// <param name="logits">The logits, [vocabulary].</param>
    /// <param name="generated">The tokens of the window so far, without the control tokens before them.</param>
    public int Choose(ReadOnlySpan<float> logits, ReadOnlySpan<int> generated)
    {
        Span<float> scores = _scores;
        logits.CopyTo(scores);
        foreach (int token in _suppressed)
        {
            scores[token] = float.NegativeInfinity;
        }

        if (generated.IsEmpty)
        {
            foreach (int token in _firstSuppressed)
            {
                scores[token] = float.NegativeInfinity;
            }
        }

        if (hasTimestamps)
        {
            ApplyTimestamps(scores, generated);
        }

        int best = settings.EndToken;
        for (int token = 0; token < scores.Length; token++)
        {
            if (float.IsNaN(scores[token]))
            {
                throw new InvalidOperationException($"The logit of token {token} is NaN. Check the weights file of the model for NaN.");
            }

            best =
                scores[token] > scores[best] || (scores[token] == scores[best] && token < best && !float.IsInfinity(scores[token]))
                    ? token
                    : best;
        }

        return best;
    }

    private void ApplyTimestamps(Span<float> scores, ReadOnlySpan<int> generated)
    {
        scores[settings.NoTimestampsToken] = float.NegativeInfinity;
        bool last = generated.Length >= 1 && generated[^1] >= First,
            beforeLast = generated.Length < 2 || generated[^2] >= First;
        if (last)
        {
            // Timestamps are in pairs, the end of a segment and the start of the next; only the end of the text follows a single one.
            Exclude(beforeLast ? scores[First..] : scores[..settings.EndToken]);
        }

        int latest = generated.LastIndexOfAnyInRange(First, int.MaxValue);
        if (latest >= 0)
        {
            // Timestamps do not decrease, and a segment is not empty.
            int lowest = generated[latest] + (last && !beforeLast ? 0 : 1);
            Exclude(scores[First..Math.Min(lowest, scores.Length)]);
        }

        if (generated.IsEmpty)
        {
            Exclude(scores[..First]);
            if (settings.MaximumInitialTimestamp is { } maximum && maximum < scores.Length - First)
            {
                Exclude(scores[(First + maximum + 1)..]);
            }
        }

        // If the timestamps together are more probable than any other token, the token is a timestamp.
        float highest = Highest(scores[..First]);
        if (LogSum(scores[First..]) > highest)
        {
            Exclude(scores[..First]);
        }
    }

    private static void Exclude(Span<float> scores) => scores.Fill(float.NegativeInfinity);

    private static float Highest(ReadOnlySpan<float> scores)
    {
        float highest = float.NegativeInfinity;
        foreach (float score in scores)
        {
            highest = Math.Max(highest, score);
        }

        return highest;
    }

    private static double LogSum(ReadOnlySpan<float> scores)
    {
        double highest = Highest(scores),
            sum = 0;
        if (double.IsNegativeInfinity(highest))
        {
            return highest;
        }

        foreach (float score in scores)
        {
            sum += Math.Exp(score - highest);
        }

        return highest + Math.Log(sum);
    }
}
