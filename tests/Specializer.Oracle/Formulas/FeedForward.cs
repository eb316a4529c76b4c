using System.Linq;

namespace Specializer.Oracle;

/// <summary>The feed-forward layer of a block.</summary>
public static class FeedForward
{
    /// <summary>down(f(up(x))) (Vaswani et al. 2017, equation 2, where f is ReLU)</summary>
    /// <param name="x">[width]</param>
    /// <param name="up">[feedForwardWidth, width] and its bias.</param>
    /// <param name="down">[width, feedForwardWidth] and its bias.</param>
    /// <param name="activation">f.</param>
    public static double[] Plain(double[] x, OracleLinear up, OracleLinear down, OracleActivation activation)
    {
        double[] inner = [.. up.Apply(x).Select(value => Activations.Apply(activation, value))];
        return down.Apply(inner);
    }

    /// <summary>
    /// down(f(gate(x)) ⊗ up(x)) (Shazeer 2020, equation 6): ReGLU where f is ReLU, GeGLU where it is GELU, SwiGLU where it is SiLU.
    /// </summary>
    /// <param name="x">[width]</param>
    /// <param name="gate">[feedForwardWidth, width] and its bias.</param>
    /// <param name="up">[feedForwardWidth, width] and its bias.</param>
    /// <param name="down">[width, feedForwardWidth] and its bias.</param>
    /// <param name="activation">f.</param>
    public static double[] Gated(double[] x, OracleLinear gate, OracleLinear up, OracleLinear down, OracleActivation activation)
    {
        double[] inner = [.. gate.Apply(x).Zip(up.Apply(x), (g, u) => Activations.Apply(activation, g) * u)];
        return down.Apply(inner);
    }
}
