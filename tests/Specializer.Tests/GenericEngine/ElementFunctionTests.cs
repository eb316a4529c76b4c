using System;
using System.Collections.Generic;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>Exponential and activations against double precision.</summary>
[Feature("generic-engine")]
public sealed class ElementFunctionTests
{
    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Exp_is_within_two_units_in_the_last_place(InstructionSet instructionSet)
    {
        float[] x = Grid(-87.33f, 88.72f, 300_001);
        float[] y = EngineKernels.Of(instructionSet).Exp(x);
        AssertWithinTwoUnits("exp", Math.Exp, x.AsSpan(1), y.AsSpan(1));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Exp_of_the_ends(InstructionSet instructionSet)
    {
        float payload = BitConverter.UInt32BitsToSingle(0x7fc00001);
        float[] y = EngineKernels
            .Of(instructionSet)
            .Exp([
                0f,
                -0f,
                -87.4f,
                -1000f,
                float.NegativeInfinity,
                88.73f,
                float.MaxValue,
                float.PositiveInfinity,
                float.NaN,
                payload,
                -payload,
                float.Epsilon,
            ]);
        Assert.Equal(
            [
                1f,
                1f,
                0f,
                0f,
                0f,
                float.PositiveInfinity,
                float.PositiveInfinity,
                float.PositiveInfinity,
                float.NaN,
                float.NaN,
                float.NaN,
                1f,
            ],
            y
        );
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void PowerOfTwo_is_within_two_units_in_the_last_place(InstructionSet instructionSet)
    {
        float[] x = [.. Grid(-126f, 127f, 300_001), 0f, -127f, -150f, float.MinValue, float.NegativeInfinity];
        float[] y = EngineKernels.Of(instructionSet).PowerOfTwo(x);
        Assert.Equal([1f, 0f, 0f, 0f, 0f], y[^5..]);
        AssertWithinTwoUnits("the power of two", static exponent => Math.Pow(2, exponent), x.AsSpan(..^4), y.AsSpan(..^4));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Functions_are_right(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        List<float> x = [.. Grid(-20f, 20f, 20_001), 0f, -0f, 1e-30f, -1e-30f, 1e-6f, -1e-6f, 60f, -60f];
        foreach (ElementFunction function in Enum.GetValues<ElementFunction>())
        {
            float[] y = kernels.Apply(function, [.. x]);
            for (int i = 0; i < y.Length; i++)
            {
                double expected = Expected(function, x[i]);

                // The error is relative to the result, so that cancellation for negative arguments is visible. If the result is a
                // small part of the argument, an exponent as large as its logarithm was rounded.
                double exponent = expected == 0 || x[i] == 0 ? 0 : Math.Abs(Math.Log(Math.Abs(expected / x[i])));
                double tolerance = (Math.Abs(expected) * (1e-6 + (3e-7 * exponent))) + 1e-37;
                Assert.True(
                    Math.Abs(y[i] - expected) <= tolerance,
                    FormattableString.Invariant($"{function}({x[i]}) is {y[i]:G9}, expected {expected:G9}.")
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void What_is_not_a_number_stays_so_and_infinities_have_limits(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (ElementFunction function in Enum.GetValues<ElementFunction>())
        {
            float[] y = kernels.Apply(function, [float.NaN, float.PositiveInfinity]);
            Assert.True(float.IsNaN(y[0]), $"{function} loses NaN.");
            Assert.Equal(function is ElementFunction.Tanh or ElementFunction.Logistic ? 1f : float.PositiveInfinity, y[1]);
        }

        Assert.Equal([-1f], kernels.Apply(ElementFunction.Tanh, [float.NegativeInfinity]));
        Assert.Equal([0f], kernels.Apply(ElementFunction.Logistic, [float.NegativeInfinity]));
    }

    [Theory]
    [InlineData(Activation.Relu, ElementFunction.Relu, false)]
    [InlineData(Activation.Gelu, ElementFunction.Gelu, false)]
    [InlineData(Activation.GeluTanh, ElementFunction.GeluTanh, false)]
    [InlineData(Activation.GeluQuick, ElementFunction.GeluQuick, false)]
    [InlineData(Activation.Silu, ElementFunction.Silu, false)]
    [InlineData(Activation.SquaredRelu, ElementFunction.SquaredRelu, false)]
    [InlineData(Activation.ReGlu, ElementFunction.Relu, true)]
    [InlineData(Activation.GeGlu, ElementFunction.Gelu, true)]
    [InlineData(Activation.GeGluTanh, ElementFunction.GeluTanh, true)]
    [InlineData(Activation.SwiGlu, ElementFunction.Silu, true)]
    public void Activations_are_functions_gated_or_not(Activation activation, object function, bool gated)
    {
        Assert.Equal(function, ElementFunctions.Of(activation));
        Assert.Equal(gated, ElementFunctions.IsGated(activation));
    }

    private static void AssertWithinTwoUnits(string name, Func<double, double> function, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            double expected = function(x[i]);
            double unit = MathF.BitIncrement((float)expected) - (float)expected;
            Assert.True(
                Math.Abs(y[i] - expected) <= 2 * unit,
                FormattableString.Invariant($"{name} of {x[i]} is {y[i]}, expected {expected}.")
            );
        }
    }

    internal static double Expected(ElementFunction function, double x) =>
        function switch
        {
            ElementFunction.Relu => Activations.Relu(x),
            ElementFunction.SquaredRelu => Activations.SquaredRelu(x),
            ElementFunction.Gelu => Activations.Gelu(x),
            ElementFunction.GeluTanh => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            ElementFunction.GeluQuick => Activations.GeluQuick(x),
            ElementFunction.Silu => Activations.Silu(x),
            ElementFunction.Tanh => Math.Tanh(x),
            ElementFunction.Logistic => Activations.Sigmoid(x),
            _ => x,
        };

    private static float[] Grid(float first, float last, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(first + ((double)last - first) * i / (count - 1));
        }

        return values;
    }
}
