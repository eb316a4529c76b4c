using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>The trained ALBERT of RXNMapper: twelve layers that share one set of weights.</summary>
[Feature("rxn-mapper")]
public sealed class RxnMapperTests
{
    public static TheoryData<InstructionSet> Cases => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_those_of_the_reference(InstructionSet instructionSet)
    {
        using GoldenFile reference = GoldenFile.Open(SharedData.Path("models", "albert-rxnmapper", "reference.safetensors"));
        using AlbertRxnMapper model = AlbertRxnMapper.Load(
            SharedData.Path("models", "albert-rxnmapper", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int[] tokens = reference.Integers("input_ids");
        float[] logits = new float[tokens.Length * model.Description.VocabularySize];
        float[] hiddenStates = new float[tokens.Length * model.Description.DModel];
        session.Encode(tokens, logits, hiddenStates);
        Tolerance.Default.AssertClose(reference.Rows("last_hidden"), hiddenStates.AsSpan(), "last hidden states");
        double[][] expected = reference.Rows("mlm_logits");
        Tolerance.Default.AssertClose(expected, logits.AsSpan(), "logits");

        // The prediction of every token.
        int[] predicted = [.. logits.Chunk(model.Description.VocabularySize).Select(row => Array.IndexOf(row, row.Max()))];
        Assert.Equal(expected.Select(row => Array.IndexOf(row, row.Max())), predicted);
    }
}
