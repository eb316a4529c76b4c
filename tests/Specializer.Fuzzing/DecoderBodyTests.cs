using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;

/// <summary>
/// The bodies of all decoder families as encoders, with the weights of the golden checkpoints. States after the final norm are
/// compared with the golden ones and the oracle, pooled states with the oracle. A batch and any number of threads give the same
/// bits.
/// </summary>
[Feature("decoder-body", "llama3 both ways", "qwen3 both ways", "gemma3 both ways", "mistral both ways", "gpt_neox both ways")]
[Feature(
    "decoder-states",
    "llama3",
    "mistral",
    "qwen2",
    "qwen3",
    "phi3",
    "gemma",
    "gemma2",
    "gemma3",
    "gpt2",
    "gptj",
    "gpt_neox",
    "phi",
    "bloom",
    "mpt",
    "falcon"
)]
public sealed class DecoderBodyTests
{
    private const string Bidirectional = " both ways";

    private static readonly (string Name, PoolingKind Pooling, bool Normalize)[] s_families =
    [
        ("llama3", PoolingKind.Last, true),
        ("mistral", PoolingKind.Mean, true),
        ("qwen2", PoolingKind.Last, false),
        ("qwen3", PoolingKind.Last, true),
        ("phi3", PoolingKind.WeightedMean, false),
        ("gemma", PoolingKind.Mean, false),
        ("gemma2", PoolingKind.Max, false),
        ("gemma3", PoolingKind.Mean, true),
        ("gpt2", PoolingKind.WeightedMean, true),
        ("gptj", PoolingKind.Last, false),
        ("gpt_neox", PoolingKind.Mean, false),
        ("phi", PoolingKind.Last, false),
        ("bloom", PoolingKind.WeightedMean, true),
        ("mpt", PoolingKind.Last, true),
        ("falcon", PoolingKind.First, false),
    ];

    /// <summary>Rotary positions of every kind, windows, blocks in parallel: those that models with embeddings are trained from both ways.</summary>
    private static readonly string[] s_bothWays = ["llama3", "qwen3", "gemma3", "mistral", "gpt_neox"];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal const string AssemblyName = "bodies";

    /// <summary>None where the golden checkpoints are absent.</summary>
    internal static IReadOnlyList<TransformerArchitecture> Architectures => SharedData.Root is null ? [] : [.. Cases.Select(Architecture)];

    private static string[] Cases =>
        [.. s_families.Select(static family => family.Name), .. s_bothWays.Select(static name => name + Bidirectional)];

    public static TheoryData<string> Names => [.. Cases];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void A_body_gives_states_after_the_final_norm_and_pools_them(string name)
    {
        TransformerArchitecture architecture = Architecture(name);
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", Family(name), "golden.safetensors"));
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", Family(name), "model.safetensors"));
        using CheckpointTensors tensors = new(file);
        int[] tokens = golden.Integers("input_ids_T37");
        OracleRun expected = new ArchitectureOracle(architecture, OracleWeights.Read(tensors)).Run(tokens);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using IEncoderModel<TokenInput> model = Load(name, file, instructionSet, threads: 1);
            using IEncoderSession<TokenInput> session = model.CreateSession();
            float[] output = new float[model.Description.OutputWidth],
                states = new float[tokens.Length * model.Description.DModel];
            session.Encode(new TokenInput(tokens), output, states);
            Tolerance.Default.AssertClose<float>(expected.LastHidden, states, $"{name} states on {instructionSet}");
            Tolerance.Default.AssertClose<float>(expected.Logits, output, $"{name} pooled state on {instructionSet}");
            if (!IsBidirectional(name))
            {
                Tolerance.Default.AssertClose<float>(golden.Rows("last_hidden_T37"), states, $"{name} golden states on {instructionSet}");
            }

            AssertSameBits(name, file, instructionSet, tokens, output, states);
        }
    }

    /// <summary>On two threads, after a shorter sequence, and without the states or the pooled state.</summary>
    private static void AssertSameBits(
        string name,
        SafetensorsFile file,
        InstructionSet instructionSet,
        int[] tokens,
        float[] output,
        float[] states
    )
    {
        using IEncoderModel<TokenInput> model = Load(name, file, instructionSet, threads: 2);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        const int Shorter = 5;
        int width = model.Description.OutputWidth;
        float[] outputs = new float[2 * width],
            both = new float[2 * states.Length];
        int[] padded = [.. tokens.Take(Shorter), .. Enumerable.Repeat(-1, tokens.Length - Shorter), .. tokens];
        session.Encode(new TokenInput(padded) { Lengths = [Shorter, tokens.Length] }, outputs, both);
        Comparison.AssertSame(output, outputs.AsSpan(width), "pooled in a batch on two threads", 0);
        Comparison.AssertSame(states, both.AsSpan(states.Length), "states in a batch on two threads", 0);

        float[] alone = new float[width],
            first = new float[Shorter * model.Description.DModel];
        session.Encode(new TokenInput(tokens.AsSpan(0, Shorter)), alone);
        session.Encode(new TokenInput(tokens.AsSpan(0, Shorter)), [], first);
        Comparison.AssertSame(alone, outputs.AsSpan(0, width), "pooled by itself", 0);
        Comparison.AssertSame(first, both.AsSpan(0, first.Length), "states by themselves", 0);
        if (!IsBidirectional(name))
        {
            // Tokens after a position do not change its state.
            Comparison.AssertSame(first, states.AsSpan(0, first.Length), "states of the first tokens", 0);
        }
    }

    /// <summary>EmbeddingGemma: a window of w positions becomes w / 2 to each side, layers without one see everything.</summary>
    [SharedDataTheory]
    [InlineData("gemma3")]
    public void A_body_both_ways_has_bands_for_windows(string name)
    {
        TransformerArchitecture causal = Architecture(name),
            both = Architecture(name + Bidirectional);
        Assert.Contains(causal.LayerKinds, static kind => kind.Attention.Window > 0);
        Assert.Equal(
            causal.LayerKinds.Select(static kind =>
                kind.WithAttention(static attention =>
                    attention with
                    {
                        Mask = AttentionMask.Full,
                        Window = 0,
                        Band = attention.Window / 2,
                    }
                )
            ),
            both.LayerKinds
        );
    }

    private static IEncoderModel<TokenInput> Load(string name, SafetensorsFile file, InstructionSet instructionSet, int threads) =>
        (IEncoderModel<TokenInput>)
            s_assembly.Value.Load(
                Array.IndexOf(Cases, name),
                file,
                new ModelOptions { InstructionSet = instructionSet, Threads = threads }
            );

    private static bool IsBidirectional(string name) => name.EndsWith(Bidirectional, StringComparison.Ordinal);

    private static string Family(string name) => IsBidirectional(name) ? name[..^Bidirectional.Length] : name;

    private static TransformerArchitecture Architecture(string name)
    {
        (_, PoolingKind pooling, bool normalize) = s_families.First(family => family.Name == Family(name));
        var configuration = ModelConfiguration.Read(File.ReadAllText(SharedData.Path("goldens", Family(name), "config.json")));
        TransformerArchitecture decoder = FamilyParser.Parse(configuration)!;
        Assert.Empty(configuration.Problems.InOrder);
        Assert.Null(DecoderBody.Obstacle(decoder, IsBidirectional(name)));

        // Short chunks make a sequence of 37 tokens pass in three.
        return DecoderBody.AsEncoder(decoder, new HeadArchitecture(pooling, null, Norm: false, normalize, null), IsBidirectional(name)) with
        {
            ChunkLength = 16,
            ContextLength = 64,
        };
    }
}
