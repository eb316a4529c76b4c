using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>Checkpoints from the world give what was published of them, or what was computed in float64.</summary>
public sealed class TrainedEncoderDecoderTests
{
    public static TheoryData<InstructionSet> InstructionSetsHere =>
        [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [Feature("pronunciations")]
    [SharedDataTheory]
    [MemberData(nameof(InstructionSetsHere))]
    public void Words_are_pronounced_as_published(InstructionSet instructionSet)
    {
        using BartPronunciation model = Pronunciation.Load(new ModelOptions { InstructionSet = instructionSet });
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        string line = File.ReadLines(SharedData.Path("models", "bart-g2p-us", "GREEDY.txt"))
            .Single(static line => line.StartsWith("us: ", StringComparison.Ordinal));
        string[] words = line[4..].Split(' ');
        Assert.Equal(7, words.Length);
        foreach (string word in words)
        {
            string[] parts = word.Split("->");
            int[] tokens = new int[60];
            session.Encode(Pronunciation.Source(parts[0]));
            int count = GreedySearch.Generate(session, [Pronunciation.Start], tokens, Pronunciation.End);
            Assert.Equal(parts[1], Pronunciation.Text(tokens.AsSpan(0, count)));
        }
    }

    [Feature("trained-bart")]
    [SharedDataTheory]
    [MemberData(nameof(InstructionSetsHere))]
    public void The_trained_BART_computes_the_reference(InstructionSet instructionSet)
    {
        using BartPronunciation model = Pronunciation.Load(new ModelOptions { InstructionSet = instructionSet });
        AssertReference("bart-g2p-us", model);
    }

    [Feature("random-t5")]
    [SharedDataTheory]
    [MemberData(nameof(InstructionSetsHere))]
    public void The_random_T5_computes_the_reference(InstructionSet instructionSet)
    {
        using TinyRandomT5 model = TinyRandomT5.Load(
            SharedData.Path("models", "tiny-random-t5", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );
        AssertReference("tiny-random-t5", model);
    }

    private static void AssertReference(string name, ISequenceToSequenceModel<TokenInput> model)
    {
        using GoldenFile reference = GoldenFile.Open(SharedData.Path("models", name, "reference.safetensors"));
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[] source = reference.Integers("encoder_input_ids"),
            target = reference.Integers("decoder_input_ids");
        session.Encode(source);
        float[] output = new float[source.Length * model.Description.DModel];
        session.CopyEncoderOutput(output);
        Tolerance.Default.AssertClose(reference.Rows("encoder_last_hidden"), output.AsSpan(), $"{name} encoder output");
        float[] logits = new float[target.Length * model.Description.VocabularySize];
        session.Prefill(target, logits);
        Tolerance.Default.AssertClose(reference.Rows("logits"), logits.AsSpan(), $"{name} logits");
    }
}
