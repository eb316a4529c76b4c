using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Tests.Oracles;
using Xunit;

namespace Specializer.Text.Tests;

[Feature("tokenizers")]
public sealed class SentencePieceTests
{
    [SentencePieceFact]
    public void Encodes_and_decodes_as_SentencePiece()
    {
        var random = new RandomText(new Random(11));
        var models = new JsonArray();
        string[] rules = ["nmt_nfkc", "identity", "nfkc_cf", "nmt_nfkc_cf"];
        for (int i = 0; i < 16; i++)
        {
            var words = new List<string>();
            for (int w = 0; w < 80; w++)
            {
                words.Add(
                    string.Concat(Enumerable.Range(0, random.Next(5) + 1).Select(_ => "abcdeilnorst\u00E9\u4E2D\u6587"[random.Next(15)]))
                );
            }

            var sentences = new JsonArray();
            for (int s = 0; s < 300; s++)
            {
                sentences.Add(
                    string.Join(' ', Enumerable.Range(0, random.Next(8) + 1).Select(_ => words[Math.Min(random.Next(80), random.Next(80))]))
                );
            }

            var texts = new JsonArray();
            for (int t = 0; t < 60; t++)
            {
                texts.Add(
                    random.Text([.. words, " ", "  ", "<s>", "</s>", "<unk>", "foo", "<x>"]).Replace("\0", "", StringComparison.Ordinal)
                );
            }

            texts.Add(string.Concat(Enumerable.Repeat(words[0], 3000)));
            var sequences = new JsonArray();
            for (int k = 0; k < 40; k++)
            {
                sequences.Add(new JsonArray([.. Enumerable.Range(0, random.Next(12)).Select(_ => (JsonNode)random.Next(60))]));
            }

            var options = new JsonObject
            {
                ["vocab_size"] = i % 4 >= 2 ? 360 : 100,
                ["model_type"] = i % 2 == 0 ? "unigram" : "bpe",
                ["byte_fallback"] = i % 4 >= 2,
                ["normalization_rule_name"] = rules[i / 2 % 4],
                ["hard_vocab_limit"] = false,
                ["add_dummy_prefix"] = i % 5 != 0,
                ["remove_extra_whitespaces"] = i % 3 != 0,
                ["treat_whitespace_as_suffix"] = i % 7 == 0,
                ["user_defined_symbols"] = i % 3 == 1 ? new JsonArray("foo", "<x>") : new JsonArray(),
                ["character_coverage"] = 1.0,
            };
            models.Add(
                new JsonObject
                {
                    ["options"] = options,
                    ["sentences"] = sentences,
                    ["texts"] = texts,
                    ["sequences"] = sequences,
                }
            );
        }

        JsonArray answers = SentencePieceOracle.Run(new JsonObject { ["models"] = models.DeepClone() }).AsArray();
        for (int i = 0; i < models.Count; i++)
        {
            Tokenizer tokenizer = Tokenizer.FromSentencePiece(Convert.FromHexString((string)answers[i]!["model"]!));
            for (int t = 0; t < models[i]!["texts"]!.AsArray().Count; t++)
            {
                string text = (string)models[i]!["texts"]![t]!;
                int[] expected = [.. answers[i]!["ids"]![t]!.AsArray().Select(v => (int)v!)];
                string place = $"model {i} {models[i]!["options"]!.ToJsonString()} text {DifferentialFuzzer.Show(text)}";
                Assert.True(
                    expected.AsSpan().SequenceEqual(tokenizer.EncodeToIds(text)),
                    $"{place}: expected {string.Join(' ', expected)}, ours {string.Join(' ', tokenizer.EncodeToIds(text))}"
                );
                Assert.True(
                    (string?)answers[i]!["decoded"]![t] == tokenizer.Decode(expected),
                    $"{place}: expected {DifferentialFuzzer.Show((string?)answers[i]!["decoded"]![t])}, ours {DifferentialFuzzer.Show(tokenizer.Decode(expected))}"
                );
            }

            for (int k = 0; k < 40; k++)
            {
                int[] ids = [.. models[i]!["sequences"]![k]!.AsArray().Select(v => (int)v!)];
                Assert.True(
                    (string?)answers[i]!["random"]![k] == tokenizer.Decode(ids),
                    $"model {i} ids {string.Join(' ', ids)}: expected {DifferentialFuzzer.Show((string?)answers[i]!["random"]![k])}, ours {DifferentialFuzzer.Show(tokenizer.Decode(ids))}"
                );
            }
        }
    }
}
