using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Tests.Oracles;

namespace Specializer.Text.Tests.Fuzzing;

/// <summary>Everything of an encoding against the library: ranges, types, masks, words, overflow, of single texts, pairs and batches.</summary>
internal static class RangeFuzzer
{
    public static List<string> Run(int seed, NodeOracle oracle, out int pairs, out bool ended)
    {
        var differences = new List<string>();
        var random = new RandomTokenizer(seed);
        string json = random.Root.ToJsonString();
        pairs = 0;
        ended = false;
        Tokenizer ours;
        try
        {
            ours = Tokenizer.FromJson(Encoding.UTF8.GetBytes(json));
        }
        catch (TokenizerException)
        {
            return differences;
        }

        var cases = new JsonArray();
        for (int i = 0; i < 16; i++)
        {
            cases.Add(
                new JsonObject
                {
                    ["text"] = random.Text(),
                    ["pair"] = i % 2 == 0 ? null : random.Text(),
                    ["special"] = i % 4 != 3,
                }
            );
        }

        var batches = new JsonArray(new JsonArray(random.Text(), random.Text(), random.Text()));
        JsonArray? answers = oracle.Ask(
            new JsonObject
            {
                ["json"] = json,
                ["cases"] = cases.DeepClone(),
                ["batches"] = batches.DeepClone(),
            }
        );
        if (answers is null)
        {
            ended = true;
            return differences;
        }

        for (int i = 0; i < cases.Count; i++)
        {
            pairs++;
            string text = (string)cases[i]!["text"]!;
            string? pair = (string?)cases[i]!["pair"];
            string actual = Actual(ours, text, pair, (bool)cases[i]!["special"]!, out TokenSequence? sequence);
            if (sequence is not null && answers[i]!["error"] is null)
            {
                EndRangesWithText(answers[i]!, sequence, text, pair);
            }

            string expected = Expected(answers[i]!);
            if (expected != actual)
            {
                differences.Add(
                    $"seed {seed} case {i} {DifferentialFuzzer.Show(text)} {DifferentialFuzzer.Show(pair)}\n  library {expected}\n  ours    {actual}"
                );
            }
        }

        string actualBatch;
        try
        {
            string[] texts = [.. batches[0]!.AsArray().Select(t => (string)t!)];
            IReadOnlyList<TokenSequence> sequences = ours.EncodeBatch(texts);
            actualBatch = string.Join(" || ", sequences.Select((s, i) => Describe(s, texts[i], null)));
            for (int i = 0; i < texts.Length && answers[^1]!["batch"] is not null; i++)
            {
                EndRangesWithText(answers[^1]!["batch"]![i]!, sequences[i], texts[i], null);
            }
        }
        catch (TokenizerException)
        {
            actualBatch = "error";
        }

        string expectedBatch = Expected(answers[^1]!);
        if (expectedBatch != actualBatch)
        {
            differences.Add($"seed {seed} batch\n  library {expectedBatch}\n  ours    {actualBatch}");
        }

        return differences;
    }

    private static string Actual(Tokenizer tokenizer, string text, string? pair, bool special, out TokenSequence? sequence)
    {
        sequence = null;
        try
        {
            EncodeOptions options = special ? EncodeOptions.Default : EncodeOptions.Bare;
            sequence = pair is null ? tokenizer.Encode(text, options) : tokenizer.EncodePair(text, pair, options);
            return Describe(sequence, text, pair)
                + " decoded "
                + DifferentialFuzzer.Show(tokenizer.Decode(sequence.Ids, skipSpecialTokens: false));
        }
        catch (TokenizerException)
        {
            return "error";
        }
    }

    private static string Expected(JsonNode answer)
    {
        if (answer["error"] is not null)
        {
            return "error";
        }

        if (answer["batch"] is JsonArray batch)
        {
            return string.Join(" || ", batch.Select(b => Describe(b!)));
        }

        return Describe(answer) + " decoded " + DifferentialFuzzer.Show((string?)answer["decoded"]);
    }

    // The library keeps copies of parts inside parts of pairs. They contain nothing new and are not compared.
    private static string Describe(JsonNode answer, bool isPart = false)
    {
        string List(string name) => string.Join(' ', answer[name]!.AsArray().Select(v => v!.ToJsonString()));
        return $"ids {List("ids")} types {List("types")} mask {List("mask")} special {List("special")} words {List("words")} offsets {List("offsets")} overflow ["
            + (isPart ? "" : string.Join(" | ", answer["overflow"]!.AsArray().Select(o => Describe(o!, isPart: true))))
            + "]";
    }

    private static string Describe(TokenSequence sequence, string text, string? pair)
    {
        // Ours are in UTF-16 units, the library's in scalars.
        var offsets = new List<int>();
        for (int i = 0; i < sequence.Count; i++)
        {
            string source = sequence.SequenceIds[i] == 1 && pair is not null ? pair : text;
            (int start, int end) = sequence.Ranges[i];
            offsets.Add(ScalarsBefore(source, start));
            offsets.Add(ScalarsBefore(source, end));
        }

        return $"ids {Join(sequence.Ids)} types {Join(sequence.TypeIds)} mask {Join(sequence.AttentionMask)} special {Join(sequence.SpecialTokensMask)}"
            + $" words {Join(sequence.WordIds)} offsets {string.Join(' ', offsets)} overflow ["
            + string.Join(" | ", sequence.Overflow.Select(o => Describe(o, text, pair)))
            + "]";
    }

    // In the library, ranges of suffixes and of bytes that represent a suffix extend beyond the text; here they end with it.
    private static void EndRangesWithText(JsonNode answer, TokenSequence sequence, string text, string? pair)
    {
        JsonArray offsets = answer["offsets"]!.AsArray();
        for (int i = 0; i < sequence.Count && 2 * i + 1 < offsets.Count; i++)
        {
            string source = sequence.SequenceIds[i] == 1 && pair is not null ? pair : text;
            int length = ScalarsBefore(source, source.Length);
            offsets[2 * i] = Math.Min((int)offsets[2 * i]!.GetValue<double>(), length);
            offsets[2 * i + 1] = Math.Min((int)offsets[2 * i + 1]!.GetValue<double>(), length);
        }

        for (int i = 0; i < Math.Min(sequence.Overflow.Count, answer["overflow"]!.AsArray().Count); i++)
        {
            EndRangesWithText(answer["overflow"]![i]!, sequence.Overflow[i], text, pair);
        }
    }

    private static int ScalarsBefore(string text, int unit) => text.AsSpan(0, unit).ToString().EnumerateRunes().Count();

    private static string Join(ReadOnlySpan<int> values) => string.Join(' ', values.ToArray());
}
