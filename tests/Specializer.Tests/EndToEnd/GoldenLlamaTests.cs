using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>A generated LLaMA against results that other people's code computed in float64, from F32 and from BF16 weights.</summary>
[Feature("decoder")]
[Feature("causal-mask")]
[Feature("logits")]
public sealed class GoldenLlamaTests
{
    public static TheoryData<InstructionSet, string, string> Cases
    {
        get
        {
            TheoryData<InstructionSet, string, string> cases = [];
            foreach (InstructionSet instructionSet in DeclaredModels.Supported)
            {
                cases.Add(instructionSet, "model.safetensors", "golden.safetensors");
                cases.Add(instructionSet, "model.bf16.safetensors", "golden.bf16.safetensors");
            }

            return cases;
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_of_all_positions_are_the_goldens(InstructionSet instructionSet, string weights, string results)
    {
        using LlamaGolden model = Load(instructionSet, weights);
        using IDecoderSession session = model.CreateSession();
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "llama", results));
        Assert.Equal(instructionSet, model.InstructionSet);
        foreach (string length in new[] { "T1", "T7", "T37" })
        {
            int[] tokens = golden.Integers("input_ids_" + length);
            float[] logits = new float[tokens.Length * LlamaGolden.VocabularySize];
            session.Reset();
            ReadOnlySpan<float> last = session.Prefill(tokens, logits);
            Tolerance.Default.AssertClose<float>(golden.Rows("logits_" + length), logits, "logits of " + length);
            Bits.AssertSame(logits.AsSpan()[^LlamaGolden.VocabularySize..], last, "the last of them as returned");
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Hidden_states_of_all_layers_are_the_goldens(InstructionSet instructionSet, string weights, string results)
    {
        using LlamaGolden model = Load(instructionSet, weights);
        using IDecoderSession session = model.CreateSession();
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "llama", results));
        int[] tokens = golden.Integers("input_ids_T37");
        ObservedRun run = ObservedRun.Of(model, session, tokens.Length);
        session.Prefill(tokens);
        for (int layer = 0; layer <= LlamaGolden.Layers; layer++)
        {
            Tolerance.Default.AssertClose<float>(
                golden.Rows(FormattableString.Invariant($"hidden_T37_layer{layer}")),
                run.HiddenStates[layer],
                FormattableString.Invariant($"hidden states after layer {layer}")
            );
        }

        // The input of the logits: the last hidden states after the final norm.
        OracleWeights stored = ReadWeights(weights);
        double[] scale = stored.Get(OracleNames.FinalNorm + OracleNames.Weight);
        double[] normed =
        [
            .. run.HiddenStates[^1]
                .Chunk(LlamaGolden.DModel)
                .SelectMany(row =>
                    Norms.RootMeanSquare([.. row.Select(value => (double)value)], scale, GoldenArchitectures.Llama.NormEpsilon)
                ),
        ];
        Tolerance.Default.AssertClose<double>(golden.Rows("last_hidden_T37"), normed, "normed hidden states");
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void The_greedy_continuation_is_the_goldens(InstructionSet instructionSet, string weights, string results)
    {
        using LlamaGolden model = Load(instructionSet, weights);
        using IDecoderSession session = model.CreateSession();
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "llama", results));
        int[] expected = golden.Integers("greedy_T7");
        Assert.Equal(expected, Greedy.Continue(session, golden.Integers("input_ids_T7"), expected.Length));
    }

    private static LlamaGolden Load(InstructionSet instructionSet, string weights) =>
        LlamaGolden.Load(SharedData.Path("goldens", "llama", weights), new ModelOptions { InstructionSet = instructionSet });

    private static OracleWeights ReadWeights(string weights)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", "llama", weights));
        return OracleWeights.Read(file);
    }
}
