using System;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>Norms of one vector over all its features.</summary>
public static class Norms
{
    /// <summary>yᵢ = wᵢ xᵢ / √(mean(x²) + ε) (Zhang and Sennrich 2019, equation 4)</summary>
    /// <param name="x">The vector.</param>
    /// <param name="weight">The scales w, as many as <paramref name="x"/> has features.</param>
    /// <param name="epsilon">ε.</param>
    public static double[] RootMeanSquare(double[] x, double[] weight, double epsilon)
    {
        double meanSquare = x.Sum(value => value * value) / x.Length;
        double root = Math.Sqrt(meanSquare + epsilon);
        return [.. x.Select((value, i) => weight[i] * value / root)];
    }

    /// <summary>yᵢ = wᵢ (xᵢ - mean(x)) / √(mean((x - mean(x))²) + ε) + bᵢ (Ba et al. 2016, equations 3 and 4)</summary>
    /// <param name="x">The vector.</param>
    /// <param name="weight">The scales w, as many as <paramref name="x"/> has features.</param>
    /// <param name="bias">The shifts b, as many as <paramref name="x"/> has features.</param>
    /// <param name="epsilon">ε.</param>
    public static double[] Layer(double[] x, double[] weight, double[] bias, double epsilon)
    {
        double mean = x.Sum() / x.Length;
        double variance = x.Sum(value => (value - mean) * (value - mean)) / x.Length;
        double deviation = Math.Sqrt(variance + epsilon);
        return [.. x.Select((value, i) => weight[i] * (value - mean) / deviation + bias[i])];
    }
}
