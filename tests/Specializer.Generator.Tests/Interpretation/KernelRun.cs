using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>One kernel of one target, run by the interpreter on random numbers, with its result compared with a formula.</summary>
internal sealed class KernelRun(
    InstructionSetDescription target,
    IEnumerable<KernelMethod> methods,
    Func<string, string, long> layerConstant,
    int seed
)
{
    private readonly Random _random = new(seed);

    public InstructionSetDescription Target { get; } = target;

    public KernelInterpreter Interpreter { get; } = new(methods, layerConstant);

    /// <summary>Rows of random numbers between −1 and 1, zero after the width.</summary>
    public Rows Random(int count, int width, int stride)
    {
        float[] values = new float[count * stride];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % stride < width ? ((float)_random.NextDouble() * 2) - 1 : 0;
        }

        return new Rows(Interpreter.Memory.Allocate(values), values, width, stride);
    }

    /// <summary>Rows that have not been written.</summary>
    public Rows Unwritten(int count, int width, int stride) =>
        new(Interpreter.Memory.Allocate(count * stride), new float[count * stride], width, stride);

    /// <summary>Calls a method once for each worker, as a session does.</summary>
    public void OnWorkers(int workers, string method, params object[] arguments)
    {
        for (int worker = 0; worker < workers; worker++)
        {
            Interpreter.Run(method, [.. arguments, worker, workers]);
        }
    }

    /// <summary>Compares rows with what a formula gives, relative to the largest of a row's magnitudes.</summary>
    public void Equal(Func<int, double[]> expected, Rows actual, int count, double tolerance = 1e-5)
    {
        for (int row = 0; row < count; row++)
        {
            double[] right = expected(row);
            float[] found = Interpreter.Memory.Floats(actual.Address + ((long)row * actual.Stride), right.Length);
            double magnitude = Math.Max(1e-3, right.Max(Math.Abs));
            for (int i = 0; i < right.Length; i++)
            {
                Assert.True(
                    Math.Abs(found[i] - right[i]) <= tolerance * magnitude,
                    $"{Target.Name}: element {i} of row {row} is {found[i]:R} instead of {right[i]:R}."
                );
            }
        }
    }
}

/// <summary>Rows of floats in the interpreter's memory.</summary>
/// <param name="Address">The address of the first element.</param>
/// <param name="Values">The values at the start.</param>
/// <param name="Width">The elements of a row that count.</param>
/// <param name="Stride">The elements from one row to the next.</param>
internal sealed record Rows(long Address, float[] Values, int Width, int Stride)
{
    private readonly double[]?[] _rows = new double[Values.Length / Stride][];

    /// <summary>Multiplies a row in memory by a factor.</summary>
    public void Scale(KernelRun run, int row, float factor)
    {
        foreach (ref uint element in run.Interpreter.Memory.At(Address + ((long)row * Stride), Width))
        {
            element = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(element) * factor);
        }
    }

    /// <summary>The elements of a row.</summary>
    public double[] this[int row] =>
        _rows[row] ??= Array.ConvertAll(Values[(row * Stride)..((row * Stride) + Width)], static value => (double)value);
}
