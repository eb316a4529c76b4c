using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using Specializer.Text.Tests.Oracles;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Random tokenizers and texts through this library and through Hugging Face's.</summary>
internal static class DifferentialFuzzer
{
    public const int TextsPerTokenizer = 40;

    /// <summary>One tokenizer of so many also gets a word of 100 KB.</summary>
    public const int TokenizersPerLongWord = 25;

    /// <summary>
    /// Runs one seed: one tokenizer and its texts. Returns the differences, as text with the commands that reproduce them.
    /// </summary>
    public static List<string> Run(int seed, out int pairs)
    {
        var differences = new List<string>();
        var random = new RandomTokenizer(seed);
        string json = random.Root.ToJsonString();
        pairs = 0;
        Tokenizer? ours = null;
        string? refusal = null;
        try
        {
            ours = Tokenizer.FromJson(Encoding.UTF8.GetBytes(json));
        }
        catch (TokenizerException exception)
        {
            refusal = exception.Message;
        }

        if (ours is null)
        {
            // Named exceptions: what the library takes and this one refuses to guess.
            if (!refusal!.Contains("normalization removes the whole token", StringComparison.Ordinal))
            {
                differences.Add($"seed {seed}: refused: {refusal}");
            }

            return differences;
        }

        using var oracle = new LibraryOracle(json);
        for (int i = 0; i < TextsPerTokenizer; i++)
        {
            string text = i == 0 && seed % TokenizersPerLongWord == 0 ? random.LongWord(100 << 10) : random.Text();
            pairs++;
            int[]? expected = oracle.Encode(text);
            int[]? actual = null;
            string? error = null;
            try
            {
                actual = ours.EncodeToIds(text);
            }
            catch (TokenizerException exception)
            {
                error = exception.Message;
            }

            if (!Same(expected, actual))
            {
                differences.Add($"seed {seed} text {i} {Show(text)}: {Difference(expected, actual)} {error}");
                continue;
            }

            if (expected is not null)
            {
                string? decoded = oracle.Decode(expected),
                    own = ours.Decode(expected);
                if (decoded != own)
                {
                    differences.Add(
                        $"seed {seed} text {i} ids [{Short(Join(expected))}]: library decodes {Show(decoded)}, ours {Show(own)}"
                    );
                }
            }
        }

        return differences;
    }

    /// <summary>Runs seeds from a first one on until so many pairs are done or the time is over.</summary>
    public static (int Pairs, List<string> Differences) RunMany(int firstSeed, long pairs, TimeSpan time, Action<string>? log = null)
    {
        var watch = Stopwatch.StartNew();
        var differences = new List<string>();
        int done = 0;
        for (int seed = firstSeed; done < pairs && watch.Elapsed < time; seed++)
        {
            log?.Invoke($"seed {seed}");
            differences.AddRange(Run(seed, out int count));
            done += count;
            if (differences.Count > 20)
            {
                break;
            }
        }

        return (done, differences);
    }

    public static string Show(string? text) => text is null ? "(error)" : Short(System.Text.Json.JsonSerializer.Serialize(text));

    private static string Short(string text) => text.Length <= 4000 ? text : $"{text[..4000]}... ({text.Length} characters)";

    private static string Difference(int[]? expected, int[]? actual)
    {
        int first = expected is null || actual is null ? 0 : expected.AsSpan().CommonPrefixLength(actual);
        return $"library [{Short(Join(expected?[first..]))}], ours [{Short(Join(actual?[first..]))}] from token {first} on";
    }

    private static bool Same(int[]? a, int[]? b) => a is null || b is null ? a is null && b is null : a.AsSpan().SequenceEqual(b);

    private static string Join(int[]? ids) => ids is null ? "error" : string.Join(' ', ids);
}
