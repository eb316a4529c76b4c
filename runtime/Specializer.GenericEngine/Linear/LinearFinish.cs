namespace Specializer.GenericEngine;

/// <summary>What is done with the sums of a linear layer, after the bias, while they are still in the first-level cache.</summary>
/// <param name="function">Applied to every sum; of a gated layer, to the gate.</param>
/// <param name="residual">Added to the results: its first row, or <see langword="null"/>. It may be the results' own memory.</param>
/// <param name="residualStride">The floats from one row of it to the next.</param>
internal readonly unsafe struct LinearFinish(ElementFunction function, float* residual = null, nint residualStride = 0)
{
    /// <summary>Applied to every sum; of a gated layer, to the gate.</summary>
    public ElementFunction Function { get; } = function;

    /// <summary>Added to the results: its first row, or <see langword="null"/>.</summary>
    public float* Residual { get; } = residual;

    /// <summary>The floats from one row of the residual to the next.</summary>
    public nint ResidualStride { get; } = residualStride;
}
