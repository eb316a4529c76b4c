using System;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>Normalisation of the generic engine against the oracle.</summary>
[Feature("generic-engine")]
public sealed class NormalizationKernelTests
{
    private static readonly Tolerance SinglePrecision = new(2e-6, 2e-6);

    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Root_mean_square_of_every_width(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (int width in new[] { 1, 3, 12, 48, 63, 64, 96, 100, 172, 288, 509 })
        {
            float[] x = RandomFloats.Uniform(width, 1),
                weight = RandomFloats.Uniform(width, 2);
            double[] expected = Norms.RootMeanSquare(Doubles(x), Doubles(weight), 1e-5);
            SinglePrecision.AssertClose<double, float>(expected, kernels.RootMeanSquare(x, weight, 1e-5f), width, $"width {width}");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Layer_norm_of_every_width(InstructionSet instructionSet)
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        foreach (int width in new[] { 2, 3, 12, 48, 63, 64, 96, 100, 172, 288, 509 })
        {
            float[] x = RandomFloats.Uniform(width, 1),
                weight = RandomFloats.Uniform(width, 2),
                bias = RandomFloats.Uniform(width, 3);
            for (int i = 0; i < width; i++)
            {
                // Far from zero, where the variance must not be the difference of two large numbers.
                x[i] += 10f;
            }

            double[] expected = Norms.Layer(Doubles(x), Doubles(weight), Doubles(bias), 1e-5);
            new Tolerance(1e-5, 1e-5).AssertClose<double, float>(
                expected,
                kernels.LayerNorm(x, weight, bias, 1e-5f),
                width,
                $"width {width}"
            );
        }
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
