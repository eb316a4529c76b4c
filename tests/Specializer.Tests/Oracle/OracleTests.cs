using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Oracle;

/// <summary>The oracle against results that other people's code computed in float64 and rounded to 32 bits.</summary>
[Feature("oracle")]
public sealed class OracleTests
{
    private static readonly Tolerance Rounding = new(1e-6, 1e-6);

    [SharedDataTheory]
    [InlineData("llama", "model.safetensors", "golden.safetensors")]
    [InlineData("llama", "model.bf16.safetensors", "golden.bf16.safetensors")]
    [InlineData("llama_realistic", "model.safetensors", "golden.safetensors")]
    [InlineData("qwen2", "model.safetensors", "golden.safetensors")]
    public void Logits_and_hidden_states_are_those_of_the_golden(string folder, string model, string results)
    {
        DecoderArchitecture architecture = ArchitectureOf(folder);
        ArchitectureOracle oracle = architecture.Oracle(ReadWeights("goldens", folder, model));
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", folder, results));

        foreach (string length in new[] { "T1", "T7", "T37" })
        {
            OracleRun run = oracle.Run(golden.Integers("input_ids_" + length));
            AssertRows(golden, "logits_" + length, run.Logits);
            if (length == "T37")
            {
                AssertRows(golden, "last_hidden_T37", run.LastHidden);
                Assert.Equal(architecture.Layers + 1, run.HiddenStates.Length);
                for (int layer = 0; layer <= architecture.Layers; layer++)
                {
                    AssertRows(golden, FormattableString.Invariant($"hidden_T37_layer{layer}"), run.HiddenStates[layer]);
                }
            }
        }
    }

    [SharedDataTheory]
    [InlineData("llama", "model.safetensors", "golden.safetensors")]
    [InlineData("llama", "model.bf16.safetensors", "golden.bf16.safetensors")]
    [InlineData("llama_realistic", "model.safetensors", "golden.safetensors")]
    [InlineData("qwen2", "model.safetensors", "golden.safetensors")]
    public void The_greedy_continuation_is_that_of_the_golden(string folder, string model, string results)
    {
        ArchitectureOracle oracle = ArchitectureOf(folder).Oracle(ReadWeights("goldens", folder, model));
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", folder, results));

        int[] expected = golden.Integers("greedy_T7");
        AssertMostProbable(oracle, golden.Integers("input_ids_T7"), expected);
    }

    [SharedDataFact]
    public void Stories260K_tells_the_published_story()
    {
        const int BeginningOfSequence = 1;
        ArchitectureOracle oracle = GoldenArchitectures.Stories260K.Oracle(ReadWeights("models", "stories260K", "model.safetensors"));
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("models", "stories260K", "golden.safetensors"));

        OracleRun run = oracle.Run(golden.Integers("input_ids_T37"));
        AssertRows(golden, "logits_T37", run.Logits);
        AssertRows(golden, "last_hidden_T37", run.LastHidden);
        int[] story = golden.Integers("greedy_T1");
        Assert.Equal(200, story.Length);
        AssertMostProbable(oracle, [BeginningOfSequence], story);
    }

    /// <summary>
    /// GPT-2 adds a learned position to every embedding, which the oracle does not support. A table whose row i is the sum for
    /// the i-th token gives it the same hidden states, and with them all of GPT-2's blocks.
    /// </summary>
    [SharedDataFact]
    public void The_hidden_states_of_gpt2_are_those_of_the_golden()
    {
        DecoderArchitecture architecture = GoldenArchitectures.Gpt2;
        int width = architecture.Width;
        OracleWeights stored = ReadWeights("goldens", "gpt2", "model.safetensors");
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "gpt2", "golden.safetensors"));
        int[] tokens = golden.Integers("input_ids_T37");

        double[][] embeddings = [.. stored.Get("transformer.wte.weight").Chunk(width)];
        double[][] positions = [.. stored.Get("transformer.wpe.weight").Chunk(width)];
        Dictionary<string, double[]> tensors = new()
        {
            [OracleNames.Embeddings] = [.. tokens.SelectMany((token, position) => Linear.Add(embeddings[token], positions[position]))],
        };
        Copy("transformer.ln_f", OracleNames.FinalNorm);
        for (int layer = 0; layer < architecture.Layers; layer++)
        {
            string block = FormattableString.Invariant($"transformer.h.{layer}.");
            Copy(block + "ln_1", OracleNames.AttentionNorm(layer));
            Copy(block + "ln_2", OracleNames.FeedForwardNorm(layer));
            Split(block + "attn.c_attn", OracleNames.Query(layer), OracleNames.Key(layer), OracleNames.Value(layer));
            Split(block + "attn.c_proj", OracleNames.Output(layer));
            Split(block + "mlp.c_fc", OracleNames.Up(layer));
            Split(block + "mlp.c_proj", OracleNames.Down(layer));
        }

        ArchitectureOracle oracle = (architecture with { VocabularySize = tokens.Length }).Oracle(new OracleWeights(tensors));
        OracleRun run = oracle.Run([.. Enumerable.Range(0, tokens.Length)]);
        AssertRows(golden, "last_hidden_T37", run.LastHidden);
        for (int layer = 0; layer <= architecture.Layers; layer++)
        {
            AssertRows(golden, FormattableString.Invariant($"hidden_T37_layer{layer}"), run.HiddenStates[layer]);
        }

        void Copy(string from, string to)
        {
            tensors.Add(to + OracleNames.Weight, stored.Get(from + OracleNames.Weight));
            tensors.Add(to + OracleNames.Bias, stored.Get(from + OracleNames.Bias));
        }

        // GPT-2 stores its matrices [inputs, outputs].
        void Split(string from, params string[] to)
        {
            double[] weight = stored.Get(from + OracleNames.Weight);
            double[] bias = stored.Get(from + OracleNames.Bias);
            int inputs = weight.Length / bias.Length;
            int outputs = bias.Length / to.Length;
            for (int part = 0; part < to.Length; part++)
            {
                int[] columns = [.. Enumerable.Range(part * outputs, outputs)];
                tensors.Add(
                    to[part] + OracleNames.Weight,
                    [.. columns.SelectMany(column => Enumerable.Range(0, inputs).Select(row => weight[row * bias.Length + column]))]
                );
                tensors.Add(to[part] + OracleNames.Bias, [.. columns.Select(column => bias[column])]);
            }
        }
    }

    private static DecoderArchitecture ArchitectureOf(string folder) =>
        folder switch
        {
            "llama" => GoldenArchitectures.Llama,
            "llama_realistic" => GoldenArchitectures.LlamaRealistic,
            "qwen2" => GoldenArchitectures.Qwen2,
            _ => throw new ArgumentOutOfRangeException(nameof(folder), folder, "No architecture is written down for this folder."),
        };

    private static OracleWeights ReadWeights(params string[] path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path(path));
        return OracleWeights.Read(file);
    }

    /// <summary>
    /// Fails unless each token is the most probable one after those before it, the lowest of equals. One run shows it for all of them, since
    /// no position of these decoders sees a later one.
    /// </summary>
    private static void AssertMostProbable(ArchitectureOracle oracle, int[] prompt, int[] continuation)
    {
        double[][] logits = oracle.Run([.. prompt, .. continuation[..^1]]).Logits;
        int[] mostProbable = [.. logits[(prompt.Length - 1)..].Select(row => Array.IndexOf(row, row.Max()))];
        Assert.Equal(continuation, mostProbable);
    }

    private static void AssertRows(GoldenFile golden, string name, double[][] actual) =>
        Rounding.AssertClose<double>(golden.Rows(name), [.. actual.SelectMany(row => row)], name);
}
