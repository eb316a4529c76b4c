namespace Specializer.GenericEngine;

/// <summary>The epilogue of a linear layer after the bias, while the sums are still in the L1 cache.</summary>
/// <param name="function">The function that is applied to every sum or, in a gated layer, to the gate.</param>
/// <param name="residual">
/// The first row of the residual that is added to the results, or <see langword="null"/>. It can be the memory of the results.
/// </param>
/// <param name="residualStride">The number of floats from one row of the residual to the next.</param>
internal readonly unsafe struct LinearEpilogue(ElementFunction function, float* residual = null, nint residualStride = 0)
{
    /// <summary>The function that is applied to every sum or, in a gated layer, to the gate.</summary>
    public ElementFunction Function { get; } = function;

    /// <summary>The first row of the residual that is added to the results, or <see langword="null"/>.</summary>
    public float* Residual { get; } = residual;

    /// <summary>The number of floats from one row of the residual to the next.</summary>
    public nint ResidualStride { get; } = residualStride;
}
