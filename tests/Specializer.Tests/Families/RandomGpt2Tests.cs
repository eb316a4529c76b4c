using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>A random GPT-2 whose greedy tokens are published.</summary>
[Feature("random-gpt2")]
public sealed class RandomGpt2Tests
{
    public static TheoryData<InstructionSet> Cases => DeclaredModels.InstructionSetsOfThisProcess;

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Greedy_tokens_are_the_published_ones(InstructionSet instructionSet)
    {
        using TinyRandomGpt2 model = TinyRandomGpt2.Load(
            SharedData.Path("models", "tiny-random-gpt2", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );
        using IDecoderSession session = model.CreateSession();
        Assert.Equal([204, 204, 204, 204, 204, 204], Greedy.Continue(session, [0, 0, 0, 52], 6));
        session.Reset();
        Assert.Equal([731, 114, 114, 114, 114, 114], Greedy.Continue(session, [0, 0, 195, 731], 6));
    }
}
