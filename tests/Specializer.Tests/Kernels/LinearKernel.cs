using Specializer.Oracle;

namespace Specializer.Tests.Kernels;

/// <summary>A generated linear kernel with the properties in its name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inputs">The depth of the sums.</param>
/// <param name="Outputs">The outputs; with a gate, after gating.</param>
/// <param name="OutputStride">The number of floats from one output row to the next.</param>
/// <param name="Gated">Whether the activated gate multiplies a second projection.</param>
/// <param name="Bias">Whether it adds a bias.</param>
/// <param name="Activation">The activation of the sums or, with a gate, of the gate's sums.</param>
/// <param name="AddsToOutput">Whether it adds to the output instead of replacing it.</param>
/// <param name="Storage">The storage type of the weights.</param>
/// <param name="Function">The kernel.</param>
internal sealed record LinearKernel(
    string Name,
    int Inputs,
    int Outputs,
    int OutputStride,
    bool Gated,
    bool Bias,
    OracleActivation? Activation,
    bool AddsToOutput,
    WeightStorage Storage,
    LinearFunction Function
)
{
    /// <summary>Floats from one input row to the next.</summary>
    public int InputStride => KernelLayout.RowStride(Inputs);

    /// <summary>The columns of the packed weights, gate and up side by side.</summary>
    public int PackedOutputs => KernelLayout.Pad(Outputs) * (Gated ? 2 : 1);

    /// <summary>The size of the packed weights, in floats. Two 16-bit weights share a word, in whole panels.</summary>
    public long PackedFloats => Storage == WeightStorage.Float32 ? (long)PackedOutputs * Inputs : (PackedOutputs + 31) / 32 * 16L * Inputs;
}
