using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Places the packed weights consecutively: first those of the whole model, then those of a layer. In an
/// encoder-decoder the layers of the encoder follow those of the decoder.
/// </summary>
/// <param name="guarded">Whether blocks are separated by guard pages.</param>
internal sealed class WeightLayoutBuilder(bool guarded)
{
    private readonly List<WeightPlan> _weights = [];
    private readonly Dictionary<string, long> _kindFloats = [];
    private bool _inEncoder;
    private long _decoderLayerStride;
    private long _offset;

    /// <summary>Whether the current blocks are those of a layer.</summary>
    public bool InLayer { get; private set; }

    public long LayersOffset { get; private set; }

    public long LayerStride => _inEncoder ? _decoderLayerStride : _offset;

    public long EncoderLayersOffset { get; private set; }

    /// <summary>The kind of layers whose weights are placed now; empty if all kinds have weights of the same shapes.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>The number of floats of the layer's weights so far.</summary>
    public long CurrentLayerStride => _offset;

    /// <summary>Returns the view through which a stack places its weights.</summary>
    public StackWeights Of(StackPart stack) => new(this, stack);

    public void BeginLayer()
    {
        LayersOffset = _offset;
        _offset = 0;
        InLayer = true;
    }

    /// <summary>Begins the layer of a kind whose weights differ from those of other kinds.</summary>
    public void BeginKind(string kind)
    {
        Kind = kind;
        _offset = 0;
    }

    /// <summary>Returns the offset of each layer, and the end of the last one, where kinds of layers have different sizes.</summary>
    public IEnumerable<long> LayerOffsets(TransformerArchitecture architecture)
    {
        long offset = LayersOffset;
        for (int layer = 0; layer < architecture.Layers; layer++)
        {
            yield return offset;
            offset = checked(offset + _kindFloats[architecture.KindOf(layer).Name]);
        }

        yield return offset;
    }

    /// <summary>Begins the layer of an encoder after <paramref name="layers"/> layers of its decoder.</summary>
    public void BeginEncoderLayer(int layers)
    {
        _decoderLayerStride = _offset;
        EncoderLayersOffset = checked(LayersOffset + (LayerStride * layers));
        _offset = 0;
        _inEncoder = true;
    }

    /// <summary>Places a block, unless another kind of layer has placed it.</summary>
    /// <param name="weight">The block.</param>
    /// <param name="following">The number of floats of the block that must follow directly, if there is one.</param>
    /// <param name="follows">Whether it is that block.</param>
    /// <exception cref="InvalidOperationException">Another block has the same reference.</exception>
    public WeightRef Add(WeightPlan weight, long following = 0, bool follows = false)
    {
        if (_weights.Find(placed => placed.Ref == weight.Ref) is { } same)
        {
            return same with { Offset = weight.Offset } == weight
                ? weight.Ref
                : throw new InvalidOperationException($"{weight.Ref} refers to two blocks of packed weights.");
        }

        long floats = (weight.Floats + Layout.Line - 1) / Layout.Line * Layout.Line;
        long offset = Layout.Place(_offset, floats + following, guarded && !follows);
        _weights.Add(weight with { Offset = offset });
        _offset = checked(offset + floats);
        if (weight.PerLayer)
        {
            _kindFloats[Kind] = _offset;
        }

        return weight.Ref;
    }

    public EquatableArray<WeightPlan> Build() => new(_weights);

    /// <summary>Returns the number of elements of all tensors. Slices of a tensor count once.</summary>
    public long ParameterCount(TransformerArchitecture architecture) =>
        _weights
            .SelectMany(
                static weight => weight.Slices,
                static (weight, slice) => (weight.Ref.PerLayer ? weight.Ref.Kind : "", slice.Tensor)
            )
            .Distinct()
            .Where(static tensor => tensor.Tensor != TensorPlan.Nothing)
            .Sum(tensor =>
                tensor.Tensor.Shape.Aggregate(1L, static (product, size) => product * size)
                * (
                    !tensor.Tensor.PerLayer ? 1
                    : tensor.Tensor.InEncoder ? architecture.Encoder!.Layers
                    : tensor.Item1.Length == 0 ? architecture.WeightSets
                    : architecture.LayersOf(tensor.Item1)
                )
            );
}
