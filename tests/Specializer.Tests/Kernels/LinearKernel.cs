using Specializer.Oracle;

namespace Specializer.Tests.Kernels;

/// <summary>A generated linear kernel with what its name says of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">The depth of the sums.</param>
/// <param name="Outputs">The outputs; with a gate, after gating.</param>
/// <param name="OutputStride">Floats from one output row to the next.</param>
/// <param name="Gated">Whether the activated gate multiplies a second projection.</param>
/// <param name="Bias">Whether it adds a bias.</param>
/// <param name="Activation">What is applied to the sums, to the gate's if there is one.</param>
/// <param name="AddsToOutput">Whether it adds to what the output holds.</param>
/// <param name="Storage">The type in which the weights are held.</param>
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

    /// <summary>The room of the packed weights, in floats; weights of 16 bits lie two in a float's place, in whole panels.</summary>
    public long PackedFloats => Storage == WeightStorage.Float32 ? (long)PackedOutputs * Inputs : (PackedOutputs + 31) / 32 * 16L * Inputs;
}
