using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>The generic decoder against reference models and against the oracle.</summary>
[Feature("generic-engine")]
public sealed class GenericDecoderTests
{
    private static readonly DecoderArchitecture Small = new()
    {
        Layers = 2,
        Width = 40,
        Heads = 6,
        KeyValueHeads = 2,
        HeadDim = 10,
        FeedForwardWidth = 52,
        VocabularySize = 61,
        Rotary = new OracleRotary(100, OraclePairing.HalfSplit, Dimensions: 10),
    };

    private static readonly Dictionary<string, DecoderArchitecture> ArchitecturesByName = new()
    {
        ["gated"] = Small,
        ["tied, partial and interleaved rotation"] = Small with
        {
            TiedEmbeddings = true,
            Rotary = new OracleRotary(100, OraclePairing.Interleaved, Dimensions: 6),
        },
        ["plain feed-forward, layer norm, every bias"] = Small with
        {
            Gated = false,
            Activation = OracleActivation.GeluTanh,
            Norm = OracleNorm.Layer,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
            OutputBias = true,
            FeedForwardBias = true,
        },
        ["gated with biases, one key/value head"] = Small with
        {
            KeyValueHeads = 1,
            Activation = OracleActivation.Gelu,
            FeedForwardBias = true,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
        },
        ["as many key/value heads as heads"] = Small with { KeyValueHeads = 6, Gated = false, Activation = OracleActivation.SquaredRelu },
    };

    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    public static TheoryData<InstructionSet, string> Cases
    {
        get
        {
            TheoryData<InstructionSet, string> cases = [];
            foreach (InstructionSet set in EngineKernels.Supported)
            {
                foreach (string name in ArchitecturesByName.Keys)
                {
                    cases.Add(set, name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_those_of_the_oracle(InstructionSet instructionSet, string name)
    {
        DecoderArchitecture architecture = ArchitecturesByName[name];
        using RandomWeights weights = new(architecture, 1);
        int[] tokens = Tokens(50, architecture.VocabularySize);
        OracleRun expected = architecture.Oracle(OracleWeights.Read(weights)).Run(tokens);

        using GenericDecoder model = GenericDecoder.Load(
            weights,
            Configuration(architecture),
            new ModelOptions { InstructionSet = instructionSet, Threads = 1 }
        );
        using IDecoderSession session = model.CreateSession();
        float[][][] hidden = new float[architecture.Layers + 1][][];
        for (int layer = 0; layer < hidden.Length; layer++)
        {
            hidden[layer] = new float[tokens.Length][];
        }

        session.HiddenStates = (layer, position, state) => hidden[layer][position] = state.ToArray();
        float[] logits = new float[tokens.Length * architecture.VocabularySize];
        session.Prefill(tokens, logits);

        Tolerance.Default.AssertClose<float>(expected.Logits, logits, "logits");
        for (int layer = 0; layer < hidden.Length; layer++)
        {
            Tolerance.Default.AssertClose<float>(expected.HiddenStates[layer], Flatten(hidden[layer]), $"hidden states {layer}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Chunks_threads_and_single_tokens_have_the_same_bits(InstructionSet instructionSet, string name)
    {
        DecoderArchitecture architecture = ArchitecturesByName[name];
        using RandomWeights weights = new(architecture, 1);
        int[] tokens = Tokens(50, architecture.VocabularySize);
        GenericDecoderConfiguration configuration = Configuration(architecture);
        float[] expected = new float[tokens.Length * architecture.VocabularySize];
        using (
            GenericDecoder model = GenericDecoder.Load(
                weights,
                configuration,
                new ModelOptions { InstructionSet = instructionSet, Threads = 1 }
            )
        )
        using (IDecoderSession session = model.CreateSession())
        {
            session.Prefill(tokens, expected);
        }

        foreach ((int chunk, int threads) in new[] { (64, 2), (7, 3), (16, 1) })
        {
            using GenericDecoder model = GenericDecoder.Load(
                weights,
                configuration with
                {
                    ChunkLength = chunk,
                },
                new ModelOptions { InstructionSet = instructionSet, Threads = threads }
            );
            using IDecoderSession session = model.CreateSession();
            Assert.Equal(LastRow(expected, tokens.Length), session.Prefill(tokens));

            session.Truncate(20);
            Assert.Equal(LastRow(expected, tokens.Length), session.Prefill(tokens.AsSpan(20)));

            session.Reset();
            for (int i = 0; i < tokens.Length; i++)
            {
                Assert.Equal(LastRow(expected, i + 1), session.Decode(tokens[i]));
            }
        }

        ReadOnlySpan<float> LastRow(float[] logits, int rows) =>
            logits.AsSpan((rows - 1) * architecture.VocabularySize, architecture.VocabularySize);
    }

    [SharedDataTheory]
    [MemberData(nameof(InstructionSets))]
    public void The_reference_models_logits_come_out(InstructionSet instructionSet)
    {
        Check(instructionSet, "llama", "", GoldenArchitectures.Llama, 256);
        Check(instructionSet, "llama", ".bf16", GoldenArchitectures.Llama, 256);
        Check(instructionSet, "llama_realistic", "", GoldenArchitectures.LlamaRealistic, 256);
        Check(instructionSet, "qwen2", "", GoldenArchitectures.Qwen2, 256);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_is_an_error_that_names_the_tensor()
    {
        using RandomWeights weights = new(Small, 1);
        WeightsException error = Assert.Throws<WeightsException>(() =>
            GenericDecoder.Load(weights, Configuration(Small) with { FeedForwardWidth = 53 })
        );
        Assert.Contains("mlp.up_proj", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KeyValueHeads")]
    [InlineData("Layers")]
    [InlineData("RotaryDim")]
    [InlineData("HeadDim")]
    public void An_impossible_configuration_is_an_error_that_names_the_property(string property)
    {
        GenericDecoderConfiguration configuration = Configuration(Small);
        configuration = property switch
        {
            "KeyValueHeads" => configuration with { KeyValueHeads = 4 },
            "Layers" => configuration with { Layers = 0 },
            "RotaryDim" => configuration with { RotaryDim = 12 },
            _ => configuration with { HeadDim = 0 },
        };
        using RandomWeights weights = new(Small, 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => GenericDecoder.Load(weights, configuration));
        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_whose_workers_do_not_look_for_the_most_probable_token_gives_it_too()
    {
        using RandomWeights weights = new(Small, 1);
        using GenericDecoder model = GenericDecoder.Load(weights, Configuration(Small));
        using IDecoderSession session = model.CreateSession();
        float[] logits = session.Prefill([1, 2]).ToArray();
        session.Reset();
        Assert.Equal(Array.IndexOf(logits, logits.Max()), session.PrefillGreedy([1, 2]));
    }

    [Fact]
    public void The_description_counts_parameters_and_bytes()
    {
        using RandomWeights weights = new(Small, 1);
        using GenericDecoder model = GenericDecoder.Load(weights, Configuration(Small));
        using IDecoderSession session = model.CreateSession();
        long parameters = 0;
        foreach (OracleTensor tensor in Small.Tensors())
        {
            parameters += tensor.Length;
        }

        Assert.Equal(parameters, model.Description.ParameterCount);
        Assert.Equal(session.SessionBytes, model.Description.SessionBytes);
        Assert.True(model.Description.PackedWeightBytes >= 4 * parameters);
    }

    private static void Check(InstructionSet instructionSet, string folder, string variant, DecoderArchitecture architecture, int context)
    {
        using SafetensorsFile weights = SafetensorsFile.Open(SharedData.Path("goldens", folder, $"model{variant}.safetensors"));
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", folder, $"golden{variant}.safetensors"));
        using GenericDecoder model = GenericDecoder.Load(
            weights,
            Configuration(architecture) with
            {
                ContextLength = context,
            },
            new ModelOptions { InstructionSet = instructionSet }
        );
        using IDecoderSession session = model.CreateSession();
        foreach (int length in new[] { 1, 7, 37 })
        {
            int[] tokens = golden.Integers($"input_ids_T{length}");
            float[] logits = new float[length * architecture.VocabularySize];
            session.Reset();
            session.Prefill(tokens, logits);
            Tolerance.Default.AssertClose<float>(golden.Rows($"logits_T{length}"), logits, $"{folder}{variant}, logits of T{length}");
        }

        session.Reset();
        int next = Largest(session.Prefill(golden.Integers("input_ids_T7")));
        foreach (int expected in golden.Integers("greedy_T7"))
        {
            Assert.Equal(expected, next);
            next = Largest(session.Decode(next));
        }
    }

    private static GenericDecoderConfiguration Configuration(DecoderArchitecture architecture) =>
        new()
        {
            Layers = architecture.Layers,
            Width = architecture.Width,
            Heads = architecture.Heads,
            KeyValueHeads = architecture.KeyValueHeads,
            HeadDim = architecture.HeadDim,
            FeedForwardWidth = architecture.FeedForwardWidth,
            VocabularySize = architecture.VocabularySize,
            ContextLength = 64,
            Activation = (architecture.Activation, architecture.Gated) switch
            {
                (OracleActivation.Silu, true) => Activation.SwiGlu,
                (OracleActivation.Gelu, true) => Activation.GeGlu,
                (OracleActivation.GeluTanh, false) => Activation.GeluTanh,
                (OracleActivation.SquaredRelu, false) => Activation.SquaredRelu,
                _ => throw new ArgumentException(
                    $"No case has {architecture.Activation}, gated: {architecture.Gated}.",
                    nameof(architecture)
                ),
            },
            Norm = architecture.Norm == OracleNorm.Layer ? NormKind.Layer : NormKind.RootMeanSquare,
            Epsilon = (float)architecture.NormEpsilon,
            RotaryBase = architecture.Rotary!.Base,
            RotaryPairing = architecture.Rotary.Pairing == OraclePairing.HalfSplit ? RotaryPairing.HalfSplit : RotaryPairing.Interleaved,
            RotaryDim = architecture.Rotary.Dimensions,
            TiedEmbeddings = architecture.TiedEmbeddings,
            QueryKeyValueBias = architecture.QueryBias,
            AttentionOutputBias = architecture.OutputBias,
            FeedForwardBias = architecture.FeedForwardBias,
        };

    private static int[] Tokens(int count, int vocabularySize)
    {
        Random random = new(7);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = random.Next(vocabularySize);
        }

        return tokens;
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            largest = logits[i] > logits[largest] ? i : largest;
        }

        return largest;
    }

    private static float[] Flatten(float[][] rows)
    {
        List<float> values = [];
        foreach (float[] row in rows)
        {
            values.AddRange(row);
        }

        return [.. values];
    }
}
