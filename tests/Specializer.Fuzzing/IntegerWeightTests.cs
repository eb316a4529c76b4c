using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Reflection;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>A decoder with integer weights: its size, its packed file, its allocations, and the distance to the same model in floats.</summary>
[Feature("weight-storage")]
public sealed unsafe class IntegerWeightTests
{
    private static readonly FuzzCase s_floats = new()
    {
        Seed = 7,
        Positions = PositionKind.Rotary,
        RotaryDim = 32,
        Layers = 2,
        Width = 96,
        Heads = 3,
        KeyValueHeads = 1,
        HeadDim = 32,
        FeedForwardWidth = 200,
        Gated = true,
        Tied = true,
        VocabularySize = 210,
        ContextLength = 48,
    };

    private static readonly TransformerArchitecture[] s_architectures =
    [
        s_floats.ToArchitecture(),
        (s_floats with { Storage = WeightStorage.Int8 }).ToArchitecture(),
        (s_floats with { Storage = WeightStorage.Int4 }).ToArchitecture(),
        (s_floats with { Storage = WeightStorage.UInt4 }).ToArchitecture(),
    ];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, s_architectures));

    internal const string AssemblyName = "integer weights";

    internal static IReadOnlyList<TransformerArchitecture> Architectures => s_architectures;

    /// <summary>The instruction sets of this process, with the number of an architecture whose weights are integers.</summary>
    public static TheoryData<InstructionSet, int> Runs
    {
        get
        {
            var data = new TheoryData<InstructionSet, int>();
            foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
            {
                data.Add(instructionSet, 1);
                data.Add(instructionSet, 2);
                data.Add(instructionSet, 3);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_packed_file_gives_the_same_bits(InstructionSet instructionSet, int number)
    {
        using CheckpointTensors tensors = new(s_architectures[number], s_floats.Seed);
        using var model = (IDecoderModel)Load(number, tensors, instructionSet);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            model
                .GetType()
                .GetMethod("SavePacked", [typeof(string)])!
                .Invoke(model, BindingFlags.DoNotWrapExceptions, null, [path], CultureInfo.InvariantCulture);
            using var mapped = (IDecoderModel)
                model
                    .GetType()
                    .GetMethod("LoadPacked", [typeof(string), typeof(ModelOptions)])!
                    .Invoke(
                        null,
                        BindingFlags.DoNotWrapExceptions,
                        null,
                        [path, new ModelOptions { InstructionSet = instructionSet, Threads = 1 }],
                        CultureInfo.InvariantCulture
                    )!;
            Comparison.AssertSame(Logits(model), Logits(mapped), "from a packed file", 0);

            // The same file is not one of the model in floats.
            using CheckpointTensors floats = new(s_architectures[0], s_floats.Seed);
            using TransformerModel other = Load(0, floats, instructionSet);
            Assert.Throws<WeightsException>(() =>
                other
                    .GetType()
                    .GetMethod("LoadPacked", [typeof(string), typeof(ModelOptions)])!
                    .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [path, new ModelOptions()], CultureInfo.InvariantCulture)
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Decoding_allocates_nothing(InstructionSet instructionSet, int number)
    {
        using CheckpointTensors tensors = new(s_architectures[number], s_floats.Seed);
        using var model = (IDecoderModel)Load(number, tensors, instructionSet);
        using IDecoderSession session = model.CreateSession();
        for (int token = 0; token < 20; token++)
        {
            session.Decode(token);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int token = 0; token < 20; token++)
        {
            session.Decode(token);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Probabilities_are_near_those_of_floats(InstructionSet instructionSet, int number)
    {
        using CheckpointTensors tensors = new(s_architectures[0], s_floats.Seed);
        using var floats = (IDecoderModel)Load(0, tensors, instructionSet);
        using var integers = (IDecoderModel)Load(number, tensors, instructionSet);
        float[][] expected = [.. Logits(floats).Chunk(s_floats.VocabularySize)],
            actual = [.. Logits(integers).Chunk(s_floats.VocabularySize)];
        double[] divergences = [.. expected.Zip(actual, Divergence)];

        // A model of random weights amplifies rounding; trained ones are an order of magnitude nearer.
        Assert.InRange(divergences.Average(), 1e-8, number == 1 ? 5e-3 : 0.5);
    }

    [Theory]
    [InlineData(1, 0.26, 0.34)]
    [InlineData(2, 0.14, 0.18)]
    [InlineData(3, 0.15, 0.2)]
    public void Weights_take_a_part_of_the_bytes(int number, double least, double most)
    {
        long floats = Generator.Planning.Planner.Plan(s_architectures[0]).PackedWeightBytes,
            integers = Generator.Planning.Planner.Plan(s_architectures[number]).PackedWeightBytes;
        Assert.InRange((double)integers / floats, least, most);
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(-1e7f, 1)]
    [InlineData(float.NaN, 2)]
    [InlineData(float.NegativeInfinity, 2)]
    [InlineData(-6e5f, 2)]
    [InlineData(float.NaN, 3)]
    [InlineData(7e4f, 3)]
    public void A_weight_that_does_not_fit_is_named(float weight, int number)
    {
        using CheckpointTensors tensors = new(s_architectures[number], s_floats.Seed);
        string name = tensors.Names.First(static name => name.Contains("down", StringComparison.Ordinal));
        Assert.True(tensors.TryGetTensor(name, out TensorView view));
        ((float*)view.Data)[33] = weight;
        WeightsException exception = Assert.Throws<WeightsException>(() => Load(number, tensors, Specializer.InstructionSets.Best));
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal((WeightsProblemKind.WeightOutOfRange, name), (problem.Kind, problem.Tensor));
    }

    private static TransformerModel Load(int number, CheckpointTensors tensors, InstructionSet instructionSet) =>
        s_assembly.Value.Load(number, tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });

    private static float[] Logits(IDecoderModel model)
    {
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[s_floats.ContextLength * s_floats.VocabularySize];
        session.Prefill([.. Enumerable.Range(0, s_floats.ContextLength).Select(static i => i * 37 % s_floats.VocabularySize)], logits);
        return logits;
    }

    /// <summary>Σ p ln(p / q) of the distributions of two rows of logits (Kullback and Leibler 1951).</summary>
    private static double Divergence(float[] expected, float[] actual)
    {
        double[] p = Softmax(expected),
            q = Softmax(actual);
        return p.Zip(q, static (a, b) => a == 0 ? 0 : a * Math.Log(a / b)).Sum();
    }

    private static double[] Softmax(float[] logits)
    {
        double highest = TensorPrimitives.Max<float>(logits);
        double[] exponentials = Array.ConvertAll(logits, logit => Math.Exp(logit - highest));
        double sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, value => value / sum);
    }
}
