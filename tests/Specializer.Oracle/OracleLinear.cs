namespace Specializer.Oracle;

/// <summary>A linear layer with its weights.</summary>
/// <param name="Weight">[outputs, inputs], row-major.</param>
/// <param name="Bias">[outputs], or <see langword="null"/> for none.</param>
public sealed record OracleLinear(double[] Weight, double[]? Bias)
{
    /// <summary><see cref="Linear.Apply"/> with these weights.</summary>
    public double[] Apply(double[] x) => Linear.Apply(x, Weight, Bias);
}
