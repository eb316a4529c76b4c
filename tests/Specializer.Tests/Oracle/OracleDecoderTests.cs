using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Tests.Goldens;
using Xunit;

namespace Specializer.Tests.Oracle;

/// <summary>What must hold of the oracle for every architecture, on random weights.</summary>
public sealed class OracleDecoderTests
{
    private static readonly Tolerance DoublePrecision = new(1e-12, 1e-12);

    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5];

    private static readonly OracleArchitecture Small = new()
    {
        Layers = 2,
        Width = 10,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 6,
        FeedForwardWidth = 14,
        VocabularySize = 17,
        Rotary = new OracleRotary(100, OraclePairing.HalfSplit, Dimensions: 4),
    };

    private static readonly OracleArchitecture EveryBias = Small with
    {
        Gated = false,
        Activation = OracleActivation.Relu,
        Norm = OracleNorm.Layer,
        QueryBias = true,
        KeyBias = true,
        ValueBias = true,
        OutputBias = true,
        FeedForwardBias = true,
    };

    private static readonly Dictionary<string, OracleArchitecture> ArchitecturesByName = new()
    {
        ["partial rotation"] = Small,
        ["plain feed-forward, layer norm, every bias"] = EveryBias,
        ["no positions, tied embeddings"] = Small with { Rotary = null, TiedEmbeddings = true, Activation = OracleActivation.Gelu },
        ["interleaved rotation, one key and value head"] = Small with
        {
            Rotary = new OracleRotary(100, OraclePairing.Interleaved, Dimensions: 6),
            KeyValueHeads = 1,
            FeedForwardBias = true,
        },
    };

    public static TheoryData<string> Architectures => [.. ArchitecturesByName.Keys];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Greedy_is_what_runs_from_nothing_give(string name)
    {
        OracleArchitecture architecture = ArchitecturesByName[name];
        OracleDecoder oracle = new(architecture, Random(architecture));
        List<int> tokens = [.. Tokens];
        for (int i = 0; i < 20; i++)
        {
            double[] logits = oracle.Run([.. tokens]).Logits[^1];
            tokens.Add(Array.IndexOf(logits, logits.Max()));
        }

        Assert.Equal(tokens[Tokens.Length..], oracle.Greedy(Tokens, 20));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_token_changes_nothing_before_it_and_something_from_it_on(string name)
    {
        const int Changed = 5;
        OracleArchitecture architecture = ArchitecturesByName[name];
        OracleDecoder oracle = new(architecture, Random(architecture));
        int[] tokens = [.. Tokens];
        tokens[Changed]++;

        double[][] before = oracle.Run(Tokens).Logits;
        double[][] after = oracle.Run(tokens).Logits;

        for (int position = 0; position < tokens.Length; position++)
        {
            Assert.Equal(position < Changed, before[position].SequenceEqual(after[position]));
        }
    }

    [Fact]
    public void Permuting_query_and_key_rows_turns_one_rotary_pairing_into_the_other()
    {
        OracleArchitecture halfSplit = Small with { Rotary = new OracleRotary(100, OraclePairing.HalfSplit, Dimensions: 6) };
        OracleArchitecture interleaved = Small with { Rotary = new OracleRotary(100, OraclePairing.Interleaved, Dimensions: 6) };
        Dictionary<string, double[]> weights = RandomTensors(halfSplit);
        Dictionary<string, double[]> permuted = new(weights);
        for (int layer = 0; layer < halfSplit.Layers; layer++)
        {
            foreach (string name in new[] { OracleNames.Query(layer) + OracleNames.Weight, OracleNames.Key(layer) + OracleNames.Weight })
            {
                double[][] rows = [.. weights[name].Chunk(halfSplit.Width)];
                permuted[name] =
                [
                    .. rows.Chunk(halfSplit.HeadDimension)
                        .SelectMany(head => new[] { head[0], head[3], head[1], head[4], head[2], head[5] })
                        .SelectMany(row => row),
                ];
            }
        }

        double[][] expected = new OracleDecoder(halfSplit, new OracleWeights(weights)).Run(Tokens).Logits;
        double[][] actual = new OracleDecoder(interleaved, new OracleWeights(permuted)).Run(Tokens).Logits;

        DoublePrecision.AssertClose<double>(expected, [.. actual.SelectMany(row => row)], "logits");
    }

    [Fact]
    public void Without_rotary_positions_the_order_of_earlier_tokens_does_not_matter()
    {
        OracleArchitecture architecture = Small with { Rotary = null, Layers = 1 };
        OracleDecoder oracle = new(architecture, Random(architecture));

        double[] expected = oracle.Run([3, 1, 4, 2]).Logits[^1];
        double[] actual = oracle.Run([4, 3, 1, 2]).Logits[^1];

        DoublePrecision.AssertClose<double, double>(expected, actual, architecture.VocabularySize, "logits");
    }

    [Fact]
    public void Every_tensor_that_the_architecture_names_has_an_effect()
    {
        Dictionary<string, double[]> weights = RandomTensors(EveryBias);
        double[] expected = Last(new OracleWeights(weights));
        foreach (OracleTensor tensor in EveryBias.Tensors())
        {
            Dictionary<string, double[]> changed = new(weights)
            {
                [tensor.Name] = [.. weights[tensor.Name].Select((value, i) => value + 0.1 * (i + 1))],
            };
            double largest = Last(new OracleWeights(changed)).Zip(expected, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(largest > 1e-4, $"{tensor.Name} has no effect: {largest}.");
        }

        static double[] Last(OracleWeights weights) => new OracleDecoder(EveryBias, weights).Run(Tokens).Logits[^1];
    }

    [Fact]
    public void A_missing_tensor_and_one_of_another_size_are_refused()
    {
        Dictionary<string, double[]> missing = RandomTensors(Small);
        missing.Remove("model.layers.1.mlp.up_proj.weight");
        Dictionary<string, double[]> shorter = RandomTensors(Small);
        shorter["model.norm.weight"] = new double[Small.Width - 1];

        ArgumentException absent = Assert.Throws<ArgumentException>(() => new OracleDecoder(Small, new OracleWeights(missing)));
        ArgumentException misshapen = Assert.Throws<ArgumentException>(() => new OracleDecoder(Small, new OracleWeights(shorter)));

        Assert.Contains("model.layers.1.mlp.up_proj.weight", absent.Message, StringComparison.Ordinal);
        Assert.Contains("'model.norm.weight': expected 10 elements ([10]), found 9", misshapen.Message, StringComparison.Ordinal);
    }

    private static OracleWeights Random(OracleArchitecture architecture)
    {
        using RandomWeights source = new(architecture, seed: 7);
        return OracleWeights.Read(source);
    }

    private static Dictionary<string, double[]> RandomTensors(OracleArchitecture architecture)
    {
        OracleWeights weights = Random(architecture);
        return architecture.Tensors().ToDictionary(tensor => tensor.Name, tensor => weights.Get(tensor.Name));
    }
}
