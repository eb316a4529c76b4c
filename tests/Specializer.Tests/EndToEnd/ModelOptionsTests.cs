using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>The instruction set and threads that a model is requested to run on.</summary>
[Feature("model-options")]
public sealed class ModelOptionsTests
{
    [Fact]
    public void An_instruction_set_that_the_process_lacks_is_refused()
    {
        InstructionSet absent = Enum.GetValues<InstructionSet>().First(instructionSet => !InstructionSets.IsSupported(instructionSet));
        using RandomWeights weights = DeclaredModels.BiasedReGlu.RandomWeights();
        PlatformNotSupportedException exception = Assert.Throws<PlatformNotSupportedException>(() =>
            BiasedReGlu.Load(weights, new ModelOptions { InstructionSet = absent })
        );
        Assert.Contains(
            FormattableString.Invariant(
                $"requests {absent}, which this process cannot run; the best it can run is {InstructionSets.Best}."
            ),
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.Throws<PlatformNotSupportedException>(() =>
            BiasedReGlu.Load(weights, new ModelOptions { InstructionSet = (InstructionSet)99 })
        );
    }

    [Fact]
    public void The_best_instruction_set_is_the_default()
    {
        using IDecoderModel model = DeclaredModels.BiasedReGlu.LoadRandom();
        Assert.Equal(InstructionSets.Best, ((TransformerModel)model).InstructionSet);
        Assert.True(InstructionSets.IsSupported(InstructionSets.Best));
        Assert.Equal(DeclaredModels.Supported.First(), InstructionSets.Best);
        Assert.True(InstructionSets.IsSupported(InstructionSet.Portable));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_number_of_threads_is_refused(int threads)
    {
        using RandomWeights weights = DeclaredModels.BiasedReGlu.RandomWeights();
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() =>
            BiasedReGlu.Load(weights, new ModelOptions { Threads = threads })
        );
        Assert.Contains(
            FormattableString.Invariant($"ModelOptions.Threads is {threads}; give 1 or more threads, or 0 to choose automatically."),
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Threads_are_as_many_as_asked_for_but_no_more_than_rows_of_a_chunk()
    {
        Assert.Equal(1, Threads(DeclaredModels.BiasedReGlu, 1));
        Assert.Equal(3, Threads(DeclaredModels.BiasedReGlu, 3));
        Assert.Equal(1, Threads(DeclaredModels.BiasedReGlu, 0));
        Assert.Equal(LlamaGoldenShortChunk.ChunkLength, Threads(DeclaredModels.LlamaGoldenShortChunk, 1000));
        Assert.Equal(1, Threads(DeclaredModels.OneOfEverything, 8));

        static int Threads(DeclaredModel declared, int threads)
        {
            using IDecoderModel model = declared.LoadRandom(new ModelOptions { Threads = threads });
            using IDecoderSession session = model.CreateSession();
            session.Decode(0);
            return ((TransformerModel)model).Threads;
        }
    }
}
