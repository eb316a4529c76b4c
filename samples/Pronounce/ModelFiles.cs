using System;
using System.IO;

namespace Pronounce;

/// <summary>The files of the model in the folder Model beside the program, independent of the working directory.</summary>
internal static class ModelFiles
{
    /// <summary>The weights.</summary>
    /// <exception cref="PronounceException">The file is missing.</exception>
    public static string Weights => Existing("model.safetensors");

    /// <summary>Every token with its id.</summary>
    /// <exception cref="PronounceException">The file is missing.</exception>
    public static string Vocabulary => Existing("vocab.json");

    /// <summary>The held-out words with their listed pronunciations.</summary>
    /// <exception cref="PronounceException">The file is missing.</exception>
    public static string HeldOutWords => Existing("test.tsv");

    /// <summary>The error rates that the trainer measured.</summary>
    /// <exception cref="PronounceException">The file is missing.</exception>
    public static string RecordedScores => Existing("scores.json");

    private static string Existing(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Model", name);
        return File.Exists(path)
            ? path
            : throw new PronounceException(
                $"the model file {path} is missing; build the sample again to copy it from samples/Pronounce/Model."
            );
    }
}
