using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>The tensors of a <see cref="TensorTable"/>, found and checked. They can be read until their source is disposed.</summary>
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

    /// <summary>The tensor of a requirement: it has exactly the shape asked for, and elements of type F32, BF16 or F16.</summary>
    /// <remarks>A tensor that the checkpoint holds in parts is put together by the call; all others are read in place.</remarks>
    /// <param name="requirement">The index of the requirement in <see cref="TensorTable.Required"/>.</param>
    /// <param name="layer">The layer, counted from 0; 0 for a tensor that does not belong to a layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such requirement, or it has no such layer.</exception>
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

    /// <summary>A layer's rows are asked for once for each slice of them: the last ones are kept.</summary>
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
