using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>
/// The tensors of a <see cref="TensorTable"/> that are found and checked. They can be read until their source is disposed.
/// </summary>
public sealed class CheckedTensors
{
    private readonly TensorView[][] _views;
    private readonly IReadOnlyDictionary<(int Requirement, int Layer), JoinedTensor> _joined;
    private (int Requirement, int Layer, TensorView View)? _last;

    internal CheckedTensors(TensorView[][] views, IReadOnlyDictionary<(int Requirement, int Layer), JoinedTensor> joined)
    {
        _views = views;
        _joined = joined;
    }

    /// <summary>
    /// Returns the tensor of a requirement. It has exactly the required shape and elements of type F32, BF16 or F16.
    /// </summary>
    /// <remarks>A tensor that the checkpoint stores in parts is joined by this call; all others are read in place.</remarks>
    /// <param name="requirement">The index of the requirement in <see cref="TensorTable.Required"/>.</param>
    /// <param name="layer">The layer, counted from 0; 0 for a tensor that does not belong to a layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The requirement does not exist, or it does not have such a layer.</exception>
    public TensorView Get(int requirement, int layer = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(requirement);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(requirement, _views.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, _views[requirement].Length);
        return _joined.TryGetValue((requirement, layer), out JoinedTensor? joined)
            ? Join(requirement, layer, joined)
            : _views[requirement][layer];
    }

    /// <summary>Joins a tensor. The last one is cached, because each slice of a layer's rows requests it again.</summary>
    private TensorView Join(int requirement, int layer, JoinedTensor joined)
    {
        if (_last is { } last && last.Requirement == requirement && last.Layer == layer)
        {
            return last.View;
        }

        TensorView view = joined.Read();
        _last = (requirement, layer, view);
        return view;
    }
}
