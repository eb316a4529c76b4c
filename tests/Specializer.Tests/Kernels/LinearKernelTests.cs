using System;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>Every linear kernel of every model: each number of rows, each share of the work, against the formula and to the bit.</summary>
[Feature("kernels")]
public sealed unsafe class LinearKernelTests
{
    private const int MostRows = 30;

    /// <summary>Numbers of rows at which the shares of several workers are tried: one, few, and about the heights of all tiles.</summary>
    private static readonly int[] s_sharedRows = [1, 2, 5, 13, 30];

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_number_of_rows_and_workers_gives_the_formulas_values_in_the_same_bits(string name, InstructionSet instructionSet)
    {
        int kernels = 0;
        foreach (LinearKernel kernel in new GeneratedKernels(DeclaredModels.Get(name), instructionSet).Linear)
        {
            Check(kernel, instructionSet);
            kernels++;
        }

        // Query/key/value, output, up, down and logits; two of them may have one shape.
        Assert.InRange(kernels, 4, 5);
    }

    private static void Check(LinearKernel kernel, InstructionSet instructionSet)
    {
        Random random = new(kernel.Inputs + kernel.Outputs);
        using RandomTensor gate = new(random, 1.7 / Math.Sqrt(kernel.Inputs), kernel.Storage, kernel.Outputs, kernel.Inputs);
        using RandomTensor up = new(random, 1.7 / Math.Sqrt(kernel.Inputs), kernel.Storage, kernel.Outputs, kernel.Inputs);
        using RandomTensor gateBias = new(random, 0.5, kernel.Outputs);
        using RandomTensor upBias = new(random, 0.5, kernel.Outputs);
        using RandomTensor rows = new(random, 2, MostRows, kernel.Inputs);
        using RandomTensor before = new(random, 1, MostRows, kernel.Outputs);
        using GuardedFloats weights = new(kernel.PackedFloats);
        using GuardedFloats bias = new(kernel.PackedOutputs);
        if (kernel.Gated)
        {
            WeightPacking.GatedPanels(
                weights.Address,
                instructionSet,
                kernel.PackedOutputs,
                kernel.Inputs,
                gate.View,
                up.View,
                kernel.Storage
            );
            WeightPacking.GatedVectors(bias.Address, instructionSet, gateBias.View, upBias.View);
        }
        else
        {
            WeightPacking.Panels(weights.Address, instructionSet, kernel.PackedOutputs, kernel.Inputs, [gate.View], kernel.Storage);
            WeightPacking.Vectors(bias.Address, [gateBias.View]);
        }

        weights.AssertGuards(kernel.Name + ": weights as packed");
        bias.AssertGuards(kernel.Name + ": bias as packed");
        using GuardedFloats input = Spread(rows, kernel.Inputs, kernel.InputStride);
        using GuardedFloats initial = Spread(before, kernel.Outputs, kernel.OutputStride);
        using GuardedFloats output = new(initial.Length);

        Run(MostRows, 1);
        double[][] expected = Expected();
        float[] all = output.Span.ToArray();
        for (int row = 0; row < MostRows; row++)
        {
            ReadOnlySpan<float> actual = all.AsSpan(row * kernel.OutputStride, kernel.Outputs);
            Tolerance.Default.AssertClose<double, float>(
                expected[row],
                actual,
                kernel.Outputs,
                FormattableString.Invariant($"{kernel.Name}, row {row}")
            );

            // The padding of a row to whole lines stays zero, because norms sum over it.
            Assert.False(
                all.AsSpan(row * kernel.OutputStride, kernel.OutputStride)[kernel.Outputs..].ContainsAnyExcept(0f),
                kernel.Name + " fills rows up with other values than zero."
            );
        }

        for (int count = 1; count <= MostRows; count++)
        {
            Run(count, 1);
            AssertRows(all, 0, count, FormattableString.Invariant($"{kernel.Name}, {count} rows"));
        }

        foreach (int count in s_sharedRows)
        {
            for (int workers = 2; workers <= 3; workers++)
            {
                Run(count, workers);
                AssertRows(all, 0, count, FormattableString.Invariant($"{kernel.Name}, {count} rows, {workers} workers"));
            }
        }

        for (int row = 0; row < MostRows; row++)
        {
            Run(1, 1, row);
            AssertRows(all, row, 1, FormattableString.Invariant($"{kernel.Name}, row {row} alone"));
        }

        void Run(int count, int workers, int first = 0)
        {
            initial.Span.CopyTo(output.Span);
            for (int worker = 0; worker < workers; worker++)
            {
                kernel.Function(
                    input.Address + (first * kernel.InputStride),
                    weights.Address,
                    bias.Address,
                    output.Address + (first * kernel.OutputStride),
                    count,
                    worker,
                    workers
                );
            }

            output.AssertGuards(kernel.Name);
        }

        void AssertRows(float[] reference, int first, int count, string what)
        {
            int begin = first * kernel.OutputStride;
            int end = begin + (count * kernel.OutputStride);
            Bits.AssertSame(initial.Span[..begin], output.Span[..begin], what + ", rows before");
            Bits.AssertSame(reference.AsSpan(begin, end - begin), output.Span[begin..end], what);
            Bits.AssertSame(initial.Span[end..], output.Span[end..], what + ", rows behind");
        }

        double[][] Expected()
        {
            double[][] expected = new double[MostRows][];
            for (int row = 0; row < MostRows; row++)
            {
                double[] x = rows.Values[(row * kernel.Inputs)..((row + 1) * kernel.Inputs)];
                double[] y = Linear.Apply(x, gate.Values, kernel.Bias ? gateBias.Values : null);
                double[] other = Linear.Apply(x, up.Values, kernel.Bias ? upBias.Values : null);
                for (int i = 0; i < y.Length; i++)
                {
                    y[i] = kernel.Activation is { } activation ? Activations.Apply(activation, y[i]) : y[i];
                    y[i] *= kernel.Gated ? other[i] : 1;
                    y[i] += kernel.AddsToOutput ? before.Values[(row * kernel.Outputs) + i] : 0;
                }

                expected[row] = y;
            }

            return expected;
        }
    }

    /// <summary>Rows at the distance of a stride, padded with zeros.</summary>
    private static GuardedFloats Spread(RandomTensor tensor, int width, int stride)
    {
        GuardedFloats spread = new((long)MostRows * stride);
        for (int row = 0; row < MostRows; row++)
        {
            tensor.View.CopyRowTo(row, spread.Span.Slice(row * stride, width));
        }

        return spread;
    }
}
