using System;

namespace Pronounce.Evaluation;

/// <summary>Counts errors by the rules of the trainer's <c>score</c>.</summary>
/// <remarks>
/// A word is correct if it matches any of its listed pronunciations. The phoneme error rate ignores stress. It is the edit
/// distance to the nearest listed pronunciation (the first, if several are equally near), divided by the length of that
/// pronunciation.
/// </remarks>
internal sealed class ErrorRates
{
    private long _wrong;
    private long _wrongWithStress;
    private long _edits;
    private long _phonemes;

    /// <summary>The number of words counted.</summary>
    public long Words { get; private set; }

    /// <summary>The percentage of wrong words, ignoring stress.</summary>
    public double WordPercent => 100.0 * _wrong / Words;

    /// <summary>The number of edits per hundred listed phonemes, ignoring stress.</summary>
    public double PhonemePercent => 100.0 * _edits / _phonemes;

    /// <summary>The percentage of wrong words if a wrong stress is an error, too.</summary>
    public double WordWithStressPercent => 100.0 * _wrongWithStress / Words;

    /// <summary>Counts one word.</summary>
    /// <param name="said">The pronunciation of the model.</param>
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

    /// <summary>Adds the counts of another thread.</summary>
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
