using System;

namespace Specializer.Oracle;

/// <summary>Activation functions, element by element.</summary>
public static class Activations
{
    /// <summary>The value of the given activation at <paramref name="x"/>.</summary>
    public static double Apply(OracleActivation activation, double x) =>
        activation switch
        {
            OracleActivation.Relu => Relu(x),
            OracleActivation.SquaredRelu => SquaredRelu(x),
            OracleActivation.Tanh => Math.Tanh(x),
            OracleActivation.Gelu => Gelu(x),
            OracleActivation.GeluTanh => GeluTanh(x),
            OracleActivation.GeluQuick => GeluQuick(x),
            OracleActivation.Silu => Silu(x),
            OracleActivation.Mish => Mish(x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "The oracle knows no such activation."),
        };

    /// <summary>max(0, x) (Nair and Hinton 2010)</summary>
    public static double Relu(double x) => Math.Max(0, x);

    /// <summary>max(0, x)² (So et al. 2021, Primer)</summary>
    public static double SquaredRelu(double x) => Math.Pow(Math.Max(0, x), 2);

    /// <summary>x Φ(x) with Φ(x) = ½ (1 + erf(x/√2)) = ½ erfc(-x/√2) (Hendrycks and Gimpel 2016)</summary>
    public static double Gelu(double x) => x * 0.5 * ErrorFunction.Erfc(-x / Math.Sqrt(2));

    /// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016, section 2)</summary>
    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    /// <summary>x σ(1.702 x) (Hendrycks and Gimpel 2016, section 2)</summary>
    public static double GeluQuick(double x) => x * Sigmoid(1.702 * x);

    /// <summary>x σ(x), also called swish (Elfwing et al. 2017; Ramachandran et al. 2017, with β = 1)</summary>
    public static double Silu(double x) => x * Sigmoid(x);

    /// <summary>x tanh(ln(1 + exp(x))) (Misra 2019)</summary>
    public static double Mish(double x) => x * Math.Tanh(double.LogP1(Math.Exp(x)));

    /// <summary>σ(x) = 1 / (1 + exp(-x))</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
