using System;

namespace Pronounce.Evaluation;

/// <summary>Counts what was pronounced wrongly, by the rules of the trainer's <c>score</c>.</summary>
/// <remarks>
/// A word counts as right if any of its listed pronunciations is met. The phoneme error rate is without stress: the edit
/// distance to the nearest listed pronunciation, the first of several, over that one's length.
/// </remarks>
internal sealed class ErrorRates
{
    private long _wrong;
    private long _wrongWithStress;
    private long _edits;
    private long _phonemes;

    /// <summary>The number of words counted.</summary>
    public long Words { get; private set; }

    /// <summary>Percent of the words that are wrong, stress aside.</summary>
    public double WordPercent => 100.0 * _wrong / Words;

    /// <summary>Edits per hundred listed phonemes, stress aside.</summary>
    public double PhonemePercent => 100.0 * _edits / _phonemes;

    /// <summary>Percent of the words that are wrong, where a wrong stress is an error too.</summary>
    public double WordWithStressPercent => 100.0 * _wrongWithStress / Words;

    /// <summary>Counts one word.</summary>
    /// <param name="said">What the model says.</param>
    /// <param name="pronunciations">The listed pronunciations, at least one.</param>
    public void Count(ReadOnlySpan<string> said, string[][] pronunciations)
    {
        string[] saidPlain = WithoutStress(said);
        bool right = false,
            rightWithStress = false;
        int nearest = int.MaxValue,
            length = 0;
        foreach (string[] listed in pronunciations)
        {
            rightWithStress |= said.SequenceEqual(listed);
            int distance = EditDistance.Between(saidPlain, WithoutStress(listed));
            right |= distance == 0;
            if (distance < nearest)
            {
                nearest = distance;
                length = listed.Length;
            }
        }

        Words++;
        _wrong += right ? 0 : 1;
        _wrongWithStress += rightWithStress ? 0 : 1;
        _edits += nearest;
        _phonemes += length;
    }

    /// <summary>Adds what another thread has counted.</summary>
    public void Add(ErrorRates other)
    {
        Words += other.Words;
        _wrong += other._wrong;
        _wrongWithStress += other._wrongWithStress;
        _edits += other._edits;
        _phonemes += other._phonemes;
    }

    private static string[] WithoutStress(ReadOnlySpan<string> phonemes)
    {
        string[] plain = new string[phonemes.Length];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = phonemes[i].TrimEnd('0', '1', '2');
        }

        return plain;
    }
}
