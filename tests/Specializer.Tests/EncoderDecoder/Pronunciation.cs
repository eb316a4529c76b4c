using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.TestKit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>The trained model that spells words as phonemes, and its alphabet.</summary>
internal static class Pronunciation
{
    public const int Start = 1;
    public const int End = 2;

    /// <summary>The replacement of a letter that the alphabet lacks.</summary>
    private const int Unknown = 3;

    public static BartPronunciation Load(ModelOptions? options = null) =>
        BartPronunciation.Load(SharedData.Path("models", "bart-g2p-us", "model.safetensors"), options);

    /// <summary>A word as the encoder reads it.</summary>
    public static int[] Source(string word)
    {
        string letters = Alphabet("grapheme_chars");
        return
        [
            Start,
            .. word.Select(letter => letters.IndexOf(letter, StringComparison.Ordinal) is >= 0 and int index ? index : Unknown),
            End,
        ];
    }

    /// <summary>Generated tokens as phonemes, special ones left out.</summary>
    public static string Text(ReadOnlySpan<int> tokens)
    {
        string phonemes = Alphabet("phoneme_chars");
        return string.Concat(tokens.ToArray().Where(static token => token > Unknown).Select(token => phonemes[token]));
    }

    private static string Alphabet(string name)
    {
        using JsonDocument configuration = JsonDocument.Parse(File.ReadAllText(SharedData.Path("models", "bart-g2p-us", "config.json")));
        return configuration.RootElement.GetProperty(name).GetString()!;
    }
}
