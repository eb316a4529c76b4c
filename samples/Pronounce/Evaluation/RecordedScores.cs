using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace Pronounce.Evaluation;

/// <summary>The error rates that the trainer measured, greedily, on all held-out words.</summary>
/// <param name="Words">The number of held-out words.</param>
/// <param name="WordPercent">Word error rate without stress, percent.</param>
/// <param name="PhonemePercent">Phoneme error rate without stress, percent.</param>
/// <param name="WordWithStressPercent">Word error rate with stress, percent.</param>
internal sealed record RecordedScores(int Words, double WordPercent, double PhonemePercent, double WordWithStressPercent)
{
    /// <summary>Reads scores.json.</summary>
    /// <exception cref="PronounceException">The file does not have the trainer's format.</exception>
    public static RecordedScores Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement scores = document.RootElement;
            return new RecordedScores(
                scores.GetProperty("words").GetInt32(),
                scores.GetProperty("wer_percent").GetDouble(),
                scores.GetProperty("per_percent").GetDouble(),
                scores.GetProperty("wer_with_stress_percent").GetDouble()
            );
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PronounceException(
                $"{path} does not contain the trainer's scores ({exception.Message}); restore the file that came with the sample."
            );
        }
    }
}
