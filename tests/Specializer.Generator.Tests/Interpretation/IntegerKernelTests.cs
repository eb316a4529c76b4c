using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels;
using Specializer.Generator.Kernels.Ir.Passes;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>Kernels over integer weights equal their formulas on every target, and their block sums are exact.</summary>
[Feature("kernels")]
public sealed class IntegerKernelTests
{
    // The last block ends before its 32 inputs, and the last panel of wide vectors is narrow.
    private const int Inputs = 80;
    private const int Outputs = 144;

    public static TheoryData<string> Targets => KernelTests.Targets;

    public static TheoryData<string, string> TargetsAndStorages
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (InstructionSetDescription target in InstructionSetDescription.All)
            {
                data.Add(target.Name, nameof(WeightStorage.Int8));
                data.Add(target.Name, nameof(WeightStorage.Int4));
                data.Add(target.Name, nameof(WeightStorage.UInt4));
            }

            return data;
        }
    }

    private static LinearKernel Plain { get; } =
        new(Inputs, Outputs, IntegerLayout.RowStride(Inputs), Layout.RowStride(Outputs), new(false, null, false, false))
        {
            Storage = WeightStorage.Int8,
        };

    [SharedDataTheory]
    [MemberData(nameof(TargetsAndStorages))]
    public void Every_kernel_of_every_family_equals_its_formula(string name, string storage)
    {
        InstructionSetDescription target = Target(name);
        Kernel[] kernels = [.. OfIntegers(Enum.Parse<WeightStorage>(storage))];
        Assert.Contains(kernels, static kernel => kernel is EmbedKernel { Tied: true });
        Assert.Contains(kernels, static kernel => kernel is LinearKernel { Epilogue: { AddToOutput: true, Bias: true } });
        Assert.Contains(kernels, static kernel => kernel is LinearKernel { Epilogue.Gated: true });
        Parallel.ForEach(
            kernels,
            kernel =>
            {
                try
                {
                    KernelTests.Check(target, kernel, seed: kernel.ToString()!.Length);
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"{target.Name}, {kernel}: {exception.Message}", exception);
                }
            }
        );
    }

    [SharedDataTheory]
    [InlineData("Avx512", "Int8", 28)]
    [InlineData("Avx2", "Int8", 14)]
    [InlineData("Neon", "Int8", 28)]
    [InlineData("Portable", "Int8", 14)]
    [InlineData("Avx512", "Int4", 29)]
    [InlineData("Avx2", "Int4", 15)]
    [InlineData("Neon", "UInt4", 28)]
    [InlineData("Portable", "UInt4", 14)]
    public void Vectors_fit_the_registers(string name, string storage, int most)
    {
        InstructionSetDescription target = Target(name);
        Assert.All(
            KernelProgram.Lower([.. OfIntegers(Enum.Parse<WeightStorage>(storage))], target),
            method =>
            {
                int live = LiveVectors.Count(method, target.FoldsLoads);
                Assert.True(live <= most, $"{name}: {method.Name} has {live} live vectors; {most} are allowed.");
            }
        );
    }

    /// <summary>With all scales 1 an output is the sum of integer products, whatever computes it.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Sums_of_integers_are_exact(string name)
    {
        InstructionSetDescription target = Target(name);
        Func<int, int, int>[] weights =
        [
            static (_, _) => 127,
            static (_, _) => -127,
            static (column, i) => i % 2 == 0 ? 127 : -127,
            static (column, i) => ((column * 31) + (i * 17)) % 255 - 127,
        ];
        Func<int, int, int>[] values =
        [
            static (_, _) => 127,
            static (_, _) => -127,
            static (row, i) => (row + i) % 2 == 0 ? -127 : 127,
            static (row, i) => ((row * 13) + (i * 29)) % 255 - 127,
        ];
        foreach (int rows in new[] { 1, 3, 12, 25 })
        {
            foreach ((Func<int, int, int> weight, Func<int, int, int> value) in weights.SelectMany(w => values.Select(v => (w, v))))
            {
                var run = new KernelRun(target, KernelProgram.Lower([Plain], target), Constant, seed: 1);
                long panels = IntegerBlocks.Panels(run, WeightStorage.Int8, Plain.PackedOutputs, Inputs, (column, i) => Weight(column, i));
                long input = IntegerBlocks.Rows(
                    run,
                    [
                        .. Enumerable
                            .Range(0, rows)
                            .Select(row =>
                                Enumerable
                                    .Range(0, Inputs)
                                    .Select(i => value(row, i))
                                    .Chunk(IntegerLayout.Block)
                                    .Select(static block => (1f, block))
                                    .ToArray()
                            ),
                    ],
                    Plain.InputStride,
                    WeightStorage.Int8
                );
                Rows output = run.Unwritten(rows, Outputs, Plain.OutputStride);
                run.OnWorkers(2, Plain.Name, [input, panels, output.Address, rows]);
                for (int row = 0; row < rows; row++)
                {
                    float[] found = run.Interpreter.Memory.Floats(output.Address + ((long)row * Plain.OutputStride), Outputs);
                    long[] expected =
                    [
                        .. Enumerable
                            .Range(0, Outputs)
                            .Select(column => Enumerable.Range(0, Inputs).Sum(i => (long)Weight(column, i) * value(row, i))),
                    ];
                    Assert.Equal(expected.Select(static sum => (float)sum), found);
                }

                // The first weight of every block has the greatest magnitude, so that the scale is 1.
                int Weight(int column, int i) => i % IntegerLayout.Block == 0 ? 127 : weight(column, i);
            }
        }
    }

    /// <summary>The sums of 16 bits do not overflow for the largest weights and activations, and would with one more word.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Sums_of_nibbles_are_exact(string name)
    {
        InstructionSetDescription target = Target(name);
        LinearKernel kernel = Plain with { Storage = WeightStorage.Int4 };
        Assert.True(8 * 2 * 15 * 127 <= short.MaxValue && 9 * 2 * 15 * 127 > short.MaxValue);
        foreach (int rows in new[] { 1, 3, 12, 25 })
        {
            foreach (int value in new[] { 127, -127 })
            {
                foreach (int weight in new[] { 7, -8, 1 })
                {
                    var run = new KernelRun(target, KernelProgram.Lower([kernel], target), Constant, seed: 1);

                    // The first weight of a block is −8, so that its scale is 1.
                    double Weight(int i) => i % IntegerLayout.Block == 0 ? -8 : weight;
                    int[] block = [.. Enumerable.Repeat(value, Inputs)];
                    (float, int[])[] row = [.. block.Chunk(IntegerLayout.Block).Select(static integers => (1f, integers))];
                    long panels = IntegerBlocks.Panels(run, WeightStorage.Int4, kernel.PackedOutputs, Inputs, (_, i) => Weight(i)),
                        input = IntegerBlocks.Rows(run, [.. Enumerable.Repeat(row, rows)], kernel.InputStride, WeightStorage.Int4);
                    Rows output = run.Unwritten(rows, Outputs, kernel.OutputStride);
                    run.OnWorkers(1, kernel.Name, [input, panels, output.Address, rows]);
                    float expected = (float)Enumerable.Range(0, Inputs).Sum(i => Weight(i) * value);
                    for (int at = 0; at < rows; at++)
                    {
                        float[] found = run.Interpreter.Memory.Floats(output.Address + ((long)at * kernel.OutputStride), Outputs);
                        Assert.All(found, sum => Assert.Equal(expected, sum));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Values_that_are_no_numbers_stay_visible(string name)
    {
        InstructionSetDescription target = Target(name);
        foreach (float wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var quantize = new QuantizeKernel(Inputs, Layout.RowStride(Inputs), IntegerLayout.RowStride(Inputs));
            var run = new KernelRun(target, KernelProgram.Lower([quantize, Plain], target), Constant, seed: 1);
            Rows input = run.Random(3, Inputs, quantize.InputStride),
                output = run.Unwritten(3, Outputs, Plain.OutputStride);
            run.Interpreter.Memory.At(input.Address + quantize.InputStride + 37, 1)[0] = BitConverter.SingleToUInt32Bits(wrong);
            long panels = IntegerBlocks.Panels(
                run,
                WeightStorage.Int8,
                Plain.PackedOutputs,
                Inputs,
                static (column, i) => (column + i) % 7 - 3.5
            );
            long quantized = run.Interpreter.Memory.Allocate(3 * quantize.OutputStride);
            run.OnWorkers(1, quantize.Name, [input.Address, quantized, 3]);
            run.OnWorkers(1, Plain.Name, [quantized, panels, output.Address, 3]);
            for (int row = 0; row < 3; row++)
            {
                float[] found = run.Interpreter.Memory.Floats(output.Address + ((long)row * Plain.OutputStride), Outputs);
                Assert.All(found, value => Assert.Equal(row != 1, float.IsFinite(value)));
            }
        }
    }

    private static long Constant(string layer, string name) =>
        name == LayerConstants.Inputs.Name ? Inputs
        : name == LayerConstants.InputStride.Name ? Plain.InputStride
        : 0;

    private static InstructionSetDescription Target(string name) => InstructionSetDescription.All.Single(target => target.Name == name);

    /// <summary>
    /// The kernels of all families that are others with integer weights: the smallest of each epilogue and of each number of inputs in
    /// the last block, because the code of others is the same.
    /// </summary>
    private static IEnumerable<Kernel> OfIntegers(WeightStorage storage) =>
        KernelTests
            .OfAllFamilies(architecture => WithIntegers(architecture, storage))
            .Where(static kernel => kernel is LinearKernel or QuantizeKernel or EmbedKernel { Tied: true })
            .GroupBy(static kernel =>
                kernel switch
                {
                    LinearKernel linear => ("linear", linear.Inputs % IntegerLayout.Block, (object)linear.Epilogue),
                    QuantizeKernel quantize => ("quantize", quantize.Width % IntegerLayout.Block, ""),
                    _ => ("embed", 0, kernel),
                }
            )
            .Select(static kernels => kernels.MinBy(Size)!);

    private static long Size(Kernel kernel) => kernel is LinearKernel linear ? linear.MultiplyAddsPerRow : 0;

    private static TransformerArchitecture WithIntegers(TransformerArchitecture architecture, WeightStorage storage) =>
        architecture with
        {
            WeightStorage = storage,
            Encoder = architecture.Encoder is { } encoder ? encoder with { WeightStorage = storage } : null,
        };
}
