using System;
using Specializer.CompilerServices;
using Specializer.Oracle;

namespace Specializer.Tests.Kernels;

/// <summary>A generated linear kernel with the facts about it.</summary>
/// <param name="Facts">The facts.</param>
/// <param name="Function">The kernel.</param>
internal sealed record LinearKernel(KernelInfo Facts, LinearFunction Function)
{
    /// <summary>Its name.</summary>
    public string Name => Facts.Name;

    /// <summary>The depth of the sums.</summary>
    public int Inputs => Facts.Inputs;

    /// <summary>The outputs; with a gate, after gating.</summary>
    public int Outputs => Facts.Outputs;

    /// <summary>Floats from one input row to the next.</summary>
    public int InputStride => Facts.InputStride;

    /// <summary>Floats from one output row to the next.</summary>
    public int OutputStride => Facts.OutputStride;

    /// <summary>Whether the activated gate multiplies a second projection.</summary>
    public bool Gated => Facts.Gated;

    /// <summary>Whether it adds a bias.</summary>
    public bool Bias => Facts.Bias;

    /// <summary>The activation of the sums, of the gate's if there is one.</summary>
    public OracleActivation? Activation { get; } = Facts.Activation is { } name ? Enum.Parse<OracleActivation>(name) : null;

    /// <summary>Whether it adds to what the output holds.</summary>
    public bool AddsToOutput => Facts.AddsToOutput;

    /// <summary>The type in which the weights are held.</summary>
    public WeightStorage Storage => Facts.Storage;

    /// <summary>The columns of the packed weights, gate and up side by side.</summary>
    public int PackedOutputs => KernelLayout.Pad(Outputs) * (Gated ? 2 : 1);

    /// <summary>The room of the packed weights, in floats; weights of 16 bits lie two in a float's place, in whole panels.</summary>
    public long PackedFloats => Storage == WeightStorage.Float32 ? (long)PackedOutputs * Inputs : (PackedOutputs + 31) / 32 * 16L * Inputs;
}
