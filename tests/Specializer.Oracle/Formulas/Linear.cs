using System;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Specializer.Oracle;

/// <summary>Vectors and matrices.</summary>
public static class Linear
{
    /// <summary>yₒ = Σᵢ Wₒᵢ xᵢ + bₒ</summary>
    /// <param name="x">[inputs]</param>
    /// <param name="weight">W, [outputs, inputs], row-major.</param>
    /// <param name="bias">b, [outputs], or <see langword="null"/> for none.</param>
    /// <returns>[outputs]</returns>
    public static double[] Apply(double[] x, double[] weight, double[]? bias = null)
    {
        double[] y = new double[weight.Length / x.Length];
        for (int output = 0; output < y.Length; output++)
        {
            y[output] = Dot(weight.AsSpan(output * x.Length, x.Length), x) + (bias?[output] ?? 0);
        }

        return y;
    }

    /// <summary>Σᵢ aᵢ bᵢ</summary>
    // Nearly all time is spent here, and tiering would speed it up only late in a test run.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>aᵢ + bᵢ</summary>
    public static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (left, right) => left + right)];
}
