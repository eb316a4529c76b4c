using System;

namespace Specializer;

/// <summary>The tensors of a <see cref="TensorTable"/>, found and checked. They can be read until their source is disposed.</summary>
public sealed class CheckedTensors
{
    private readonly TensorView[][] _views;

    internal CheckedTensors(TensorView[][] views)
    {
        _views = views;
    }

    /// <summary>The tensor of a requirement: it has exactly the shape asked for, and elements of type F32, BF16 or F16.</summary>
    /// <param name="requirement">The index of the requirement in <see cref="TensorTable.Required"/>.</param>
    /// <param name="layer">The layer, counted from 0; 0 for a tensor that does not belong to a layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such requirement, or it has no such layer.</exception>
    public TensorView Get(int requirement, int layer = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(requirement);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(requirement, _views.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, _views[requirement].Length);
        return _views[requirement][layer];
    }
}
