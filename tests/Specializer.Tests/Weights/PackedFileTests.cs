using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>Files of packed weights: the same model without packing, and a message for every file that is not this model's.</summary>
[Feature("packed-weights")]
public sealed class PackedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-packed-").FullName;

    public static TheoryData<InstructionSet> InstructionSetCases => DeclaredModels.InstructionSetsOfThisProcess;

    private string File => Path.Combine(_folder, "model.packed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(InstructionSetCases))]
    public void Gives_the_same_bits(InstructionSet instructionSet)
    {
        var options = new ModelOptions { InstructionSet = instructionSet };
        using RandomWeights weights = DeclaredModels.LlamaGolden.RandomWeights();
        using LlamaGolden packed = LlamaGolden.Load(weights, options);
        packed.SavePacked(File);

        // A second time over the first, as one would for a new checkpoint.
        packed.SavePacked(File);
        Assert.Equal([File], Directory.GetFiles(_folder));
        Assert.Equal(4096 + LlamaGolden.PackedWeightBytes, new FileInfo(File).Length);

        using LlamaGolden mapped = LlamaGolden.LoadPacked(File, options);
        using IDecoderSession expected = packed.CreateSession();
        using IDecoderSession actual = mapped.CreateSession();
        int[] tokens = DeclaredModels.LlamaGolden.RandomTokens(40);
        Bits.AssertSame(expected.Prefill(tokens), actual.Prefill(tokens), "logits from a packed file");

        // The mapping ends with the model, not before a session that computes on it.
        mapped.Dispose();
        Assert.Throws<ObjectDisposedException>(() => actual.Decode(1).Length);
        System.IO.File.Delete(File);
    }

    [Fact]
    public void A_copy_saves_the_same_file()
    {
        SaveLlama();
        using LlamaGolden mapped = LlamaGolden.LoadPacked(File);
        string second = Path.Combine(_folder, "second");
        mapped.SavePacked(second);
        Assert.True(System.IO.File.ReadAllBytes(File).AsSpan().SequenceEqual(System.IO.File.ReadAllBytes(second)));
    }

    [Fact]
    public void A_file_of_another_model_is_refused()
    {
        SaveLlama();
        WeightsProblem problem = Refused(() => BiasedReGlu.LoadPacked(File), WeightsProblemKind.PackedForAnother);
        Assert.Contains(
            "it was written for \"LlamaGolden\", which is not the architecture of BiasedReGlu",
            problem.Message,
            StringComparison.Ordinal
        );

        // The same shapes, but weights of 16 bits.
        Refused(() => LlamaGoldenBFloat16.LoadPacked(File), WeightsProblemKind.PackedForAnother);
    }

    [Fact]
    public void A_file_for_another_instruction_set_is_refused()
    {
        SaveLlama(InstructionSet.Portable);
        Change(12, 77);
        WeightsProblem problem = Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.PackedForAnother);
        Assert.Contains("packed for an unknown instruction set", problem.Message, StringComparison.Ordinal);
        Change(12, (byte)InstructionSet.Avx2);
        problem = Refused(
            () => LlamaGolden.LoadPacked(File, new ModelOptions { InstructionSet = InstructionSet.Portable }),
            WeightsProblemKind.PackedForAnother
        );
        Assert.Equal(("Portable", "Avx2"), (problem.Expected, problem.Found));
    }

    [Fact]
    public void A_file_of_another_version_is_refused()
    {
        SaveLlama();
        Change(8, 2);
        Assert.Contains(
            "format version 2",
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.PackedForAnother).Message,
            StringComparison.Ordinal
        );
        Change(8, 1);
        Change(16, 0);
        Assert.Contains(
            "LlamaGolden has changed since",
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.PackedForAnother).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_cut_short_or_added_to_is_refused()
    {
        SaveLlama();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        foreach (int length in new[] { 0, 7, 4095, 4096, whole.Length - 1 })
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.Malformed);
        }

        System.IO.File.WriteAllBytes(File, [.. whole, 0]);
        Assert.Contains(
            "truncated, or data was appended",
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.Malformed).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_no_packed_file_is_refused()
    {
        Assert.Contains(
            "the file does not exist",
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.Unreadable).Message,
            StringComparison.Ordinal
        );
        System.IO.File.WriteAllBytes(File, new byte[10_000]);
        Assert.Contains(
            "load a checkpoint with Load",
            Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.Malformed).Message,
            StringComparison.Ordinal
        );
        SaveLlama();
        Change(35, 0x80);
        Refused(() => LlamaGolden.LoadPacked(File), WeightsProblemKind.Malformed);
        Refused(() => LlamaGolden.LoadPacked(_folder), WeightsProblemKind.Unreadable);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        using RandomWeights weights = DeclaredModels.LlamaGolden.RandomWeights();
        using LlamaGolden model = LlamaGolden.Load(weights);
        Assert.Throws<DirectoryNotFoundException>(() => model.SavePacked(Path.Combine(_folder, "missing", "model.packed")));
        Directory.CreateDirectory(File);
        Assert.ThrowsAny<Exception>(() => model.SavePacked(File));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Progress_is_told_up_to_the_end()
    {
        using RandomWeights weights = DeclaredModels.LlamaGolden.RandomWeights();
        var told = new Told();
        using LlamaGolden model = LlamaGolden.Load(weights, new ModelOptions { LoadProgress = told });
        Assert.Equal(LlamaGolden.Layers, told.Values.Count);
        Assert.Equal(told.Values.Order(), told.Values);
        Assert.Equal(1, told.Values[^1]);
    }

    private static WeightsProblem Refused(Func<object> load, WeightsProblemKind kind)
    {
        WeightsProblem problem = Assert.Single(Assert.Throws<WeightsException>(load).Problems);
        Assert.Equal(kind, problem.Kind);
        return problem;
    }

    private void SaveLlama(InstructionSet? instructionSet = null)
    {
        using RandomWeights weights = DeclaredModels.LlamaGolden.RandomWeights();
        using LlamaGolden model = LlamaGolden.Load(weights, new ModelOptions { InstructionSet = instructionSet });
        model.SavePacked(File);
    }

    private void Change(int at, byte value)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        bytes[at] = value;
        System.IO.File.WriteAllBytes(File, bytes);
    }

    private sealed class Told : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
