using System;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>The features that only Longformer has. Its golden checkpoint passes the tests of other encoders too.</summary>
public sealed class LongformerTests
{
    public static TheoryData<InstructionSet> Cases => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [Feature("band-and-global-tokens")]
    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Without_global_tokens_only_the_band_is_seen(InstructionSet instructionSet)
    {
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("goldens", "longformer", "golden.safetensors"));
        int[] tokens = golden.Integers("input_ids_T37");
        using Longformer model = Load(instructionSet);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        float[] pooled = new float[Longformer.DModel],
            states = new float[37 * Longformer.DModel],
            zeros = new float[37 * Longformer.DModel];
        session.Encode(tokens, pooled, states);
        Tolerance.Default.AssertClose(golden.Rows("last_hidden_T37_noglobal"), states.AsSpan(), "last hidden states");
        Tolerance.Default.AssertClose(golden.Rows("pooler_T37_noglobal"), pooled.AsSpan(), "pooled state");
        session.Encode(new TokenInput(tokens) { GlobalTokens = new int[37] }, pooled, zeros);
        Bits.AssertSame(states, zeros, "with a mask of no global token");
    }

    [SharedDataFact]
    public void Wrong_marks_and_masks_are_said()
    {
        using Longformer model = Load(InstructionSets.Best);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        float[] pooled = new float[Longformer.DModel];
        AssertRefused(
            "There are 1 marks of global tokens for 2 tokens",
            () => session.Encode(new TokenInput([5, 6]) { GlobalTokens = [1] }, pooled)
        );
        AssertRefused(
            "The attention mask has 1 elements for 2 tokens",
            () => session.Encode(new TokenInput([5, 6]) { AttentionMask = [1] }, pooled)
        );
        AssertRefused(
            "The attention mask of sequence 0 has a 0 at 0 and a token at 1",
            () => session.Encode(new TokenInput([5, 6]) { AttentionMask = [0, 1] }, pooled)
        );
        AssertRefused(
            "There are lengths and an attention mask",
            () => session.Encode(new TokenInput([5, 6]) { AttentionMask = [1, 1], Lengths = [2] }, pooled)
        );
        AssertRefused(
            "Sequence 1 has the length 0",
            () =>
                session.Encode(
                    new TokenInput([5, 6, 7, 8]) { AttentionMask = [1, 1, 0, 0], Sequences = 2 },
                    new float[2 * Longformer.DModel]
                )
        );
        using Roberta other = Roberta.Load(SharedData.Path("goldens", "roberta", "model.safetensors"));
        using IEncoderSession<TokenInput> plain = other.CreateSession();
        AssertRefused(
            "Roberta has no global tokens",
            () => plain.Encode(new TokenInput([5, 6]) { GlobalTokens = [1, 0] }, new float[Roberta.OutputWidth])
        );
    }

    private static Longformer Load(InstructionSet instructionSet) =>
        Longformer.Load(
            SharedData.Path("goldens", "longformer", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );

    private static void AssertRefused(string message, Action call) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
}
