using System;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>Every norm of every model against the formula, for any number of rows and workers to the bit.</summary>
[Feature("kernels")]
public sealed unsafe class NormKernelTests
{
    private const int MostRows = 30;

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_number_of_rows_and_workers_gives_the_formulas_values_in_the_same_bits(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        RowsFunction norm = new GeneratedKernels(model, instructionSet).Norm;
        int width = model.Architecture.Width;
        int padded = KernelLayout.Pad(width);
        int stride = KernelLayout.RowStride(width);
        Random random = new(width);
        using RandomTensor weight = new(random, 2, width);
        using RandomTensor bias = new(random, 1, width);
        using RandomTensor rows = new(random, 3, MostRows, width);
        using GuardedFloats weights = new(2 * padded);
        using GuardedFloats input = new((long)MostRows * stride);
        using GuardedFloats output = new(input.Length);
        WeightPacking.Vectors(weights.Address, [weight.View]);
        WeightPacking.Vectors(weights.Address + padded, [bias.View]);
        for (int row = 0; row < MostRows; row++)
        {
            rows.View.CopyRowTo(row, input.Span.Slice(row * stride, width));
        }

        Run(MostRows, 1);
        float[] all = output.Span.ToArray();
        for (int row = 0; row < MostRows; row++)
        {
            double[] x = rows.Values[(row * width)..((row + 1) * width)];
            double[] expected =
                model.Architecture.Norm == OracleNorm.Layer
                    ? Norms.Layer(x, weight.Values, bias.Values, model.Architecture.NormEpsilon)
                    : Norms.RootMeanSquare(x, weight.Values, model.Architecture.NormEpsilon);
            Tolerance.Default.AssertClose<double, float>(
                expected,
                all.AsSpan(row * stride, width),
                width,
                FormattableString.Invariant($"row {row}")
            );
            Assert.False(
                all.AsSpan((row * stride) + width, padded - width).ContainsAnyExcept(0f),
                "The row is filled up with other values than zero."
            );
        }

        for (int count = 1; count <= MostRows; count++)
        {
            for (int workers = 1; workers <= 3; workers++)
            {
                Run(count, workers);
                string what = FormattableString.Invariant($"{count} rows, {workers} workers");
                Bits.AssertSame(all.AsSpan(0, count * stride), output.Span[..(count * stride)], what);
                Assert.False(output.Span[(count * stride)..].ContainsAnyExcept(0f), what + ": rows behind were written.");
            }
        }

        void Run(int count, int workers)
        {
            output.Span.Clear();
            for (int worker = 0; worker < workers; worker++)
            {
                norm(input.Address, weights.Address, output.Address, count, worker, workers);
            }

            output.AssertGuards("output");
        }
    }
}
