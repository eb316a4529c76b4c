using System;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>Linear layers of the generic engine against plain loops.</summary>
[Feature("generic-engine")]
public sealed class LinearKernelTests
{
    private const int MaximumRows = 30;

    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    public static TheoryData<InstructionSet, int> InstructionSetsAndInputs
    {
        get
        {
            TheoryData<InstructionSet, int> cases = [];
            foreach (InstructionSet set in EngineKernels.Supported)
            {
                foreach (int inputs in new[] { 1, 12, 48, 72, 100, 172 })
                {
                    cases.Add(set, inputs);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSetsAndInputs))]
    public void Every_shape_is_right_and_a_row_has_the_same_bits_among_any_number_of_rows(InstructionSet instructionSet, int inputs)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (int outputs in new[] { 1, 7, 48, 117, 509 })
        {
            using LinearCase linear = new(kernels, inputs, outputs);
            int xStride = inputs + 3;
            float[] x = RandomFloats.Uniform(MaximumRows * xStride, 5);
            float[] all = linear.Run(x, xStride, MaximumRows);
            for (int row = 0; row < MaximumRows; row++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    Assert.Equal(linear.Sum(x, xStride, row, output), all[(row * outputs) + output], linear.SumTolerance);
                }
            }

            for (int rows = 1; rows < MaximumRows; rows++)
            {
                float[] some = linear.Run(x, xStride, rows);
                Assert.True(
                    some.AsSpan().SequenceEqual(all.AsSpan(0, some.Length)),
                    $"{rows} rows of {inputs} inputs and {outputs} outputs have other bits than {MaximumRows} rows."
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Bias_function_and_residual_follow_the_sum(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        const int Inputs = 48,
            Outputs = 117;
        foreach (bool bias in new[] { false, true })
        {
            using LinearCase linear = new(kernels, Inputs, Outputs, bias: bias);
            float[] x = RandomFloats.Uniform(MaximumRows * Inputs, 5);
            float[] residual = RandomFloats.Uniform(MaximumRows * Outputs, 6);
            foreach (ElementFunction function in Enum.GetValues<ElementFunction>())
            {
                foreach (int rows in new[] { 1, 2, 5, 13, MaximumRows })
                {
                    float[] without = linear.Run(x, Inputs, rows, function);
                    float[] with = linear.Run(x, Inputs, rows, function, residual);
                    for (int i = 0; i < rows * Outputs; i++)
                    {
                        double expected = ElementFunctionTests.Expected(function, linear.Sum(x, Inputs, i / Outputs, i % Outputs));
                        Assert.Equal(expected, without[i], 1e-4);
                        Assert.Equal(without[i] + residual[i], with[i]);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gated_layers_multiply_the_function_of_the_gate_with_the_up(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        const int Inputs = 72;
        foreach (int outputs in new[] { 1, 7, 117, 172 })
        {
            foreach (bool bias in new[] { false, true })
            {
                using LinearCase linear = new(kernels, Inputs, outputs, gated: true, bias: bias);
                float[] x = RandomFloats.Uniform(MaximumRows * Inputs, 5);
                float[] residual = RandomFloats.Uniform(MaximumRows * outputs, 6);
                float[] all = linear.Run(x, Inputs, MaximumRows, ElementFunction.Silu);
                float[] allWithResidual = linear.Run(x, Inputs, MaximumRows, ElementFunction.Silu, residual);
                for (int i = 0; i < all.Length; i++)
                {
                    double gate = linear.Sum(x, Inputs, i / outputs, i % outputs),
                        up = linear.Sum(x, Inputs, i / outputs, i % outputs, up: true);
                    Assert.Equal(Activations.Silu(gate) * up, all[i], 5e-4);
                    Assert.Equal(all[i] + residual[i], allWithResidual[i]);
                }

                for (int rows = 1; rows < MaximumRows; rows++)
                {
                    Assert.Equal(all[..(rows * outputs)], linear.Run(x, Inputs, rows, ElementFunction.Silu));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Any_number_of_workers_yields_the_same_bits(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (bool gated in new[] { false, true })
        {
            using LinearCase linear = new(kernels, 48, 509, gated, bias: true);
            float[] x = RandomFloats.Uniform(MaximumRows * 48, 5);
            foreach (int rows in new[] { 1, 2, 4, 7, 13, MaximumRows })
            {
                float[] alone = linear.Run(x, 48, rows, ElementFunction.Silu);
                foreach (int workers in new[] { 2, 3, 7, 64 })
                {
                    Assert.Equal(alone, linear.Run(x, 48, rows, ElementFunction.Silu, workers: workers));
                }
            }
        }
    }
}
