using System;
using System.Collections.Generic;
using System.IO;

namespace Pronounce.Evaluation;

/// <summary>A word that the model was not trained on, with the pronunciations in the dictionary.</summary>
/// <param name="Word">The word.</param>
/// <param name="Pronunciations">The listed pronunciations, each as an array of phonemes.</param>
internal sealed record HeldOutWord(string Word, string[][] Pronunciations)
{
    /// <summary>Reads lines with a word, a tab and its pronunciations, separated by <c>|</c>.</summary>
    /// <exception cref="PronounceException">A line does not have that format.</exception>
    public static HeldOutWord[] ReadAll(string path)
    {
        List<HeldOutWord> words = [];
        foreach (string line in File.ReadLines(path))
        {
            if (line.Split('\t') is not [{ Length: > 0 } word, { Length: > 0 } listed])
            {
                throw new PronounceException(
                    $"{path}, line {words.Count + 1}: expected a word, a tab and pronunciations, found \"{line}\"; restore the file that came with the sample."
                );
            }

            words.Add(new HeldOutWord(word, Array.ConvertAll(listed.Split('|'), pronunciation => pronunciation.Split(' '))));
        }

        return [.. words];
    }
}
