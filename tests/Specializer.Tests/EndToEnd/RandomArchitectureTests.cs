using System;
using System.Collections.Concurrent;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Every declared architecture on every instruction set against the oracle, on random weights.</summary>
[Feature("grouped-query", "MultiHeadRelu", "BiasedReGlu", "MultiQueryGeluQuick")]
[Feature("rotary", "BiasedGelu", "MultiHeadRelu", "InterleavedGeluTanh", "PartlyInterleavedSquaredRelu")]
[Feature(
    "activations",
    "MultiHeadRelu",
    "BiasedGelu",
    "InterleavedGeluTanh",
    "MultiQueryGeluQuick",
    "WideHeadSilu",
    "PartlyInterleavedSquaredRelu"
)]
[Feature("gated", "BiasedReGlu", "ScaledGeGlu")]
public sealed class RandomArchitectureTests
{
    /// <summary>Enough for two blocks of keys and two chunks of any model; most models have a shorter context and are run to its end.</summary>
    private const int MostPositions = 150;

    private static readonly ConcurrentDictionary<string, Lazy<OracleRun>> s_references = new();

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_of_all_positions_are_the_oracles(string name, InstructionSet instructionSet)
    {
        DeclaredModel declared = DeclaredModels.Get(name);
        int[] tokens = declared.RandomTokens(Math.Min(MostPositions, declared.ContextLength));
        OracleRun expected = s_references.GetOrAdd(name, _ => new Lazy<OracleRun>(() => declared.Reference(tokens))).Value;

        using IDecoderModel model = declared.LoadRandom(instructionSet);
        using IDecoderSession session = model.CreateSession();
        ObservedRun run = ObservedRun.Of(model, session, tokens.Length);
        float[] logits = new float[tokens.Length * declared.Architecture.VocabularySize];
        session.Prefill(tokens, logits);

        for (int layer = 0; layer <= declared.Architecture.Layers; layer++)
        {
            Tolerance.Default.AssertClose<float>(
                expected.HiddenStates[layer],
                run.HiddenStates[layer],
                FormattableString.Invariant($"hidden states after layer {layer}")
            );
        }

        Tolerance.Default.AssertClose<float>(expected.Logits, logits, "logits");
        Assert.Equal(tokens.Length, session.Position);
        Assert.Equal(tokens.Length * (declared.Architecture.Layers + 1), run.Reports.Distinct().Count());
        Assert.Equal(run.Reports.Distinct().Count(), run.Reports.Count);
    }
}
