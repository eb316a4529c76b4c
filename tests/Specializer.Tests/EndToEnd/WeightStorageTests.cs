using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Weights held in 16 bits: the same arithmetic on the weights that they hold, half the bytes, and an error for what they cannot hold.</summary>
[Feature("weight-storage")]
public sealed unsafe class WeightStorageTests
{
    public static TheoryData<InstructionSet> InstructionSets => DeclaredModels.InstructionSetsOfThisProcess;

    [SharedDataTheory]
    [MemberData(nameof(InstructionSets))]
    public void A_checkpoint_in_bfloat16_gives_the_same_bits_held_in_16_as_in_32(InstructionSet instructionSet)
    {
        string path = SharedData.Path("goldens", "llama", "model.bf16.safetensors");
        var options = new ModelOptions { InstructionSet = instructionSet };
        using LlamaGolden wide = LlamaGolden.Load(path, options);
        using LlamaGoldenBFloat16 narrow = LlamaGoldenBFloat16.Load(path, options);
        using IDecoderSession expected = wide.CreateSession();
        using IDecoderSession actual = narrow.CreateSession();
        int[] tokens = [.. Enumerable.Range(0, 100).Select(i => i * 37 % LlamaGolden.VocabularySize)];
        foreach (int length in new[] { 1, 2, 7, 12, 13, 100 })
        {
            expected.Reset();
            actual.Reset();
            Bits.AssertSame(
                expected.Prefill(tokens.AsSpan(0, length)),
                actual.Prefill(tokens.AsSpan(0, length)),
                FormattableString.Invariant($"{length} tokens")
            );
            Bits.AssertSame(expected.Decode(3), actual.Decode(3), FormattableString.Invariant($"one more after {length}"));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Halves_keep_their_bits_beside_small_values(InstructionSet instructionSet)
    {
        // A value times half-precision bits not yet scaled is subnormal; one row alone was multiplied so on the portable set.
        int[] tokens = DeclaredModels.TiedFloat16.RandomTokens(TiedFloat16.ContextLength);
        for (int seed = 1; seed <= 20; seed++)
        {
            using var weights = new RandomWeights(DeclaredModels.TiedFloat16.Architecture, seed, WeightStorage.Float16);
            using TiedFloat16 model = TiedFloat16.Load(weights, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });
            using IDecoderSession together = model.CreateSession();
            using IDecoderSession alone = model.CreateSession();
            float[] expected = new float[tokens.Length * TiedFloat16.VocabularySize];
            together.Prefill(tokens, expected);
            for (int i = 0; i < tokens.Length; i++)
            {
                Bits.AssertSame(
                    expected.AsSpan(i * TiedFloat16.VocabularySize, TiedFloat16.VocabularySize),
                    alone.Decode(tokens[i]),
                    FormattableString.Invariant($"seed {seed}, token {i}")
                );
            }
        }
    }

    [Fact]
    public void Half_the_bits_are_little_more_than_half_the_bytes()
    {
        // Embeddings of their own, norms and the table of positions stay as they are.
        const int Rest = (LlamaGolden.VocabularySize * 112) + (5 * 96) + (256 * 12);
        long matrices = LlamaGolden.PackedWeightBytes - (Rest * sizeof(float));
        long halves = LlamaGoldenBFloat16.PackedWeightBytes - (Rest * sizeof(float));
        Assert.InRange(halves, matrices / 2, matrices * 0.56);
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(0f, 0)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(1.0040f, 0x3F81)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(3.4e38f, 0x7F80)]
    public void Rounds_to_the_nearest_bfloat16_and_ties_to_even(float value, int bits) =>
        Assert.Equal((uint)bits, FloatConversion.ToBFloat16(value));

    [Fact]
    public void No_number_stays_no_number()
    {
        foreach (uint bits in new uint[] { 0x7F80_0001, 0xFFC0_0000, 0x7FFF_FFFF })
        {
            uint narrow = FloatConversion.ToBFloat16(BitConverter.UInt32BitsToSingle(bits));
            Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(narrow << 16)));
        }
    }

    [Theory]
    [InlineData(70_000f)]
    [InlineData(-65_520f)]
    [InlineData(float.NaN)]
    public void A_weight_that_a_half_cannot_hold_is_named(float weight)
    {
        const string Tensor = "model.layers.1.mlp.down_proj.weight";
        DeclaredModel declared = DeclaredModels.Get(nameof(TiedFloat16));
        using RandomWeights weights = declared.RandomWeights();
        Assert.True(
            weights.TryGetTensor(
                weights.Names.Single(name =>
                    name.Contains("layers.1", StringComparison.Ordinal) && name.Contains("down_proj.weight", StringComparison.Ordinal)
                ),
                out TensorView view
            )
        );
        ((float*)view.Data)[1234] = weight;
        WeightsException exception = Assert.Throws<WeightsException>(() => TiedFloat16.Load(weights));
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal((WeightsProblemKind.WeightOutOfRange, Tensor), (problem.Kind, problem.Tensor));
        Assert.Contains("WeightStorage.BFloat16", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_half_is_held()
    {
        using RandomWeights weights = DeclaredModels.Get(nameof(TiedFloat16)).RandomWeights();
        Assert.True(
            weights.TryGetTensor(
                weights.Names.First(name => name.Contains("down_proj.weight", StringComparison.Ordinal)),
                out TensorView view
            )
        );
        ((float*)view.Data)[1] = -65_504;
        using TiedFloat16 model = TiedFloat16.Load(weights);
    }
}
