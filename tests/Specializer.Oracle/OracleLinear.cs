namespace Specializer.Oracle;

/// <summary>A linear layer with its weights.</summary>
/// <param name="Weight">[outputs, inputs], row-major.</param>
/// <param name="Bias">[outputs], or <see langword="null"/> for none.</param>
public sealed record OracleLinear(double[] Weight, double[]? Bias)
{
    /// <summary>The rounding of weights and inputs to integers; <see langword="null"/> for none.</summary>
    public OracleIntegers? Integers { get; init; }

    /// <summary><see cref="Linear.Apply"/> with these weights.</summary>
    public double[] Apply(double[] x) => Integers is null ? Linear.Apply(x, Weight, Bias) : Integers.Apply(x, Weight, Bias);
}
