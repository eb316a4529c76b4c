using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>A trained model must generate the story that was published with it.</summary>
[Feature("stories260k")]
public sealed class Stories260KTests
{
    private const int BeginningOfSequence = 1;

    public static TheoryData<InstructionSet> Cases => DeclaredModels.InstructionSetsOfThisProcess;

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void The_greedy_story_is_the_published_one(InstructionSet instructionSet)
    {
        using Stories260K model = Load(instructionSet);
        using IDecoderSession session = model.CreateSession();
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("models", "stories260K", "golden.safetensors"));
        int[] story = golden.Integers("greedy_T1");
        Assert.Equal(200, story.Length);
        Assert.Equal(story, Greedy.Continue(session, [BeginningOfSequence], story.Length));
        Assert.Equal(story.Length, session.Position);
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_of_all_positions_are_the_goldens(InstructionSet instructionSet)
    {
        using Stories260K model = Load(instructionSet);
        using IDecoderSession session = model.CreateSession();
        using GoldenFile golden = GoldenFile.Open(SharedData.Path("models", "stories260K", "golden.safetensors"));
        int[] tokens = golden.Integers("input_ids_T37");
        float[] logits = new float[tokens.Length * Stories260K.VocabularySize];
        session.Prefill(tokens, logits);
        Tolerance.Default.AssertClose<float>(golden.Rows("logits_T37"), logits, "logits");
    }

    private static Stories260K Load(InstructionSet instructionSet) =>
        Stories260K.Load(
            SharedData.Path("models", "stories260K", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );
}
