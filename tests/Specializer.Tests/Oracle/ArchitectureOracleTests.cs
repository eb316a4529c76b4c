using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Oracle;

/// <summary>Properties that the oracle must have for every architecture, on random weights.</summary>
[Feature("oracle")]
public sealed class ArchitectureOracleTests
{
    private static readonly Tolerance DoublePrecision = new(1e-12, 1e-12);

    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5];

    private static readonly DecoderArchitecture Small = new()
    {
        Layers = 2,
        Width = 10,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 6,
        FeedForwardWidth = 14,
        VocabularySize = 17,
        Rotary = new OracleRotary(100, OraclePairing.HalfSplit, Dimensions: 4),
    };

    private static readonly DecoderArchitecture EveryBias = Small with
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

    private static readonly Dictionary<string, DecoderArchitecture> ArchitecturesByName = new()
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
    public void The_first_positions_of_a_longer_run_are_those_of_a_shorter_one(string name)
    {
        DecoderArchitecture architecture = ArchitecturesByName[name];
        ArchitectureOracle oracle = architecture.Oracle(Random(architecture));

        double[][] all = oracle.Run(Tokens).Logits;

        for (int length = 1; length < Tokens.Length; length++)
        {
            Assert.Equal(all[..length], oracle.Run(Tokens[..length]).Logits);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_token_changes_nothing_before_it_and_something_from_it_on(string name)
    {
        const int Changed = 5;
        DecoderArchitecture architecture = ArchitecturesByName[name];
        ArchitectureOracle oracle = architecture.Oracle(Random(architecture));
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
        DecoderArchitecture halfSplit = Small with { Rotary = new OracleRotary(100, OraclePairing.HalfSplit, Dimensions: 6) };
        DecoderArchitecture interleaved = Small with { Rotary = new OracleRotary(100, OraclePairing.Interleaved, Dimensions: 6) };
        Dictionary<string, double[]> weights = RandomTensors(halfSplit);
        Dictionary<string, double[]> permuted = new(weights);
        for (int layer = 0; layer < halfSplit.Layers; layer++)
        {
            foreach (string name in new[] { OracleNames.Query(layer) + OracleNames.Weight, OracleNames.Key(layer) + OracleNames.Weight })
            {
                double[][] rows = [.. weights[name].Chunk(halfSplit.Width)];
                permuted[name] =
                [
                    .. rows.Chunk(halfSplit.HeadDim)
                        .SelectMany(head => new[] { head[0], head[3], head[1], head[4], head[2], head[5] })
                        .SelectMany(row => row),
                ];
            }
        }

        double[][] expected = halfSplit.Oracle(new OracleWeights(weights)).Run(Tokens).Logits;
        double[][] actual = interleaved.Oracle(new OracleWeights(permuted)).Run(Tokens).Logits;

        DoublePrecision.AssertClose<double>(expected, [.. actual.SelectMany(row => row)], "logits");
    }

    [Fact]
    public void Without_rotary_positions_the_order_of_earlier_tokens_does_not_matter()
    {
        DecoderArchitecture architecture = Small with { Rotary = null, Layers = 1 };
        ArchitectureOracle oracle = architecture.Oracle(Random(architecture));

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

        static double[] Last(OracleWeights weights) => EveryBias.Oracle(weights).Run(Tokens).Logits[^1];
    }

    [Fact]
    public void A_missing_tensor_and_one_of_another_size_are_refused()
    {
        Dictionary<string, double[]> missing = RandomTensors(Small);
        missing.Remove("model.layers.1.mlp.up_proj.weight");
        Dictionary<string, double[]> shorter = RandomTensors(Small);
        shorter["model.norm.weight"] = new double[Small.Width - 1];

        ArgumentException absent = Assert.Throws<ArgumentException>(() => Small.Oracle(new OracleWeights(missing)));
        ArgumentException misshapen = Assert.Throws<ArgumentException>(() => Small.Oracle(new OracleWeights(shorter)));

        Assert.Contains("model.layers.1.mlp.up_proj.weight", absent.Message, StringComparison.Ordinal);
        Assert.Contains("'model.norm.weight': expected 10 elements ([10]), found 9", misshapen.Message, StringComparison.Ordinal);
    }

    private static OracleWeights Random(DecoderArchitecture architecture)
    {
        using RandomWeights source = new(architecture, seed: 7);
        return OracleWeights.Read(source);
    }

    private static Dictionary<string, double[]> RandomTensors(DecoderArchitecture architecture)
    {
        OracleWeights weights = Random(architecture);
        return architecture.Tensors().ToDictionary(tensor => tensor.Name, tensor => weights.Get(tensor.Name));
    }
}
