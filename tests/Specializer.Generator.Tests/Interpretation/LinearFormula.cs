using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>Compares linear kernels with y = epilogue(W x + b).</summary>
internal static class LinearFormula
{
    // One row, a pair, and counts that end in halves, whole tiles and what is left over.
    private static readonly int[] s_counts = [1, 2, 5, 13, 31];

    public static void Check(KernelRun run, LinearKernel kernel, Func<double, double>? activation)
    {
        LinearEpilogue epilogue = kernel.Epilogue;
        int lanes = run.Target.Lanes,
            packed = kernel.PackedOutputs,
            halves = epilogue.Gated ? 2 : 1;
        Rows weights = run.Random(kernel.Outputs * halves, kernel.Inputs, kernel.Inputs),
            biases = run.Random(halves, kernel.Outputs, kernel.Outputs);

        // With a gate, vectors of gates and of gated values alternate.
        int Row(int column)
        {
            int vector = column / lanes,
                output = ((vector / halves) * lanes) + (column % lanes);
            return output < kernel.Outputs ? (vector % halves * kernel.Outputs) + output : -1;
        }

        long panels = Panels.Allocate(
            run,
            packed,
            kernel.Inputs,
            kernel.Storage,
            (column, i) => Row(column) is >= 0 and var row ? weights[row][i] : 0
        );
        float[] packedBias = [.. Enumerable.Range(0, packed).Select(column => Row(column) is >= 0 and var row ? biases.Values[row] : 0)];
        object[] bias = epilogue.Bias ? [run.Interpreter.Memory.Allocate(packedBias)] : [];
        double[][] matrix = [.. Enumerable.Range(0, kernel.Outputs * halves).Select(row => Panels.StoredRow(kernel.Storage, weights[row]))];

        double Sum(double[] x, int row) =>
            (x.Zip(matrix[row], static (a, b) => a * b).Sum() + (epilogue.Bias ? biases.Values[row] : 0)) * epilogue.Scale;
        double Finished(double[] x, int output)
        {
            double sum = Sum(x, output);
            sum = epilogue.Clip > 0 ? Math.Clamp(sum, -epilogue.Clip, epilogue.Clip) : sum;
            sum = activation is null ? sum : activation(sum);
            sum = epilogue.Gated ? sum * Sum(x, kernel.Outputs + output) : sum;
            return epilogue.SoftCap > 0 ? epilogue.SoftCap * Math.Tanh(sum / epilogue.SoftCap) : sum;
        }

        foreach (int count in s_counts)
        {
            (long input, double[][] x) = Input(run, kernel, count);
            Rows output = epilogue.AddToOutput
                ? run.Random(count, kernel.Outputs, kernel.OutputStride)
                : run.Unwritten(count, kernel.Outputs, kernel.OutputStride);
            run.OnWorkers(count == 5 ? 3 : 1, kernel.Name, [input, panels, .. bias, output.Address, count]);
            run.Equal(
                row =>
                    [.. Enumerable.Range(0, kernel.Outputs).Select(i => Finished(x[row], i) + (epilogue.AddToOutput ? output[row][i] : 0))],
                output,
                count
            );
        }
    }

    /// <summary>The address of random rows and the values that they hold, which for integer weights are integers times scales.</summary>
    private static (long Address, double[][] Values) Input(KernelRun run, LinearKernel kernel, int count)
    {
        Rows input = run.Random(count, kernel.Inputs, kernel.InputStride);
        double[][] values = [.. Enumerable.Range(0, count).Select(row => input[row])];
        if (!IntegerLayout.IsInteger(kernel.Storage))
        {
            return (input.Address, values);
        }

        (float Scale, int[] Integers)[][] rows =
        [
            .. values.Select(static row =>
                Array.ConvertAll(row, static value => (float)value).Chunk(IntegerLayout.Block).Select(IntegerBlocks.Activations).ToArray()
            ),
        ];
        return (
            IntegerBlocks.Rows(run, rows, kernel.InputStride, kernel.Storage),
            [
                .. rows.Select(static row =>
                    row.SelectMany(static block => block.Integers.Select(integer => integer * (double)block.Scale)).ToArray()
                ),
            ]
        );
    }
}
