using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Places the packed weights consecutively: first those of the whole model, then those of a layer. In an encoder-decoder the
/// layers of the encoder follow those of the decoder.
/// </summary>
/// <param name="guarded">Whether blocks are separated by guard pages.</param>
internal sealed class WeightLayoutBuilder(bool guarded)
{
    private readonly List<WeightPlan> _weights = [];
    private bool _inLayer;
    private bool _inEncoder;
    private long _decoderLayerStride;
    private long _offset;

    public long LayersOffset { get; private set; }

    public long LayerStride => _inEncoder ? _decoderLayerStride : _offset;

    public long EncoderLayersOffset { get; private set; }

    /// <summary>The number of floats of the layer's weights so far.</summary>
    public long CurrentLayerStride => _offset;

    /// <summary>The prefix of weights, which distinguishes those of an encoder from those of its decoder.</summary>
    public string Prefix { get; set; } = "";

    public void BeginLayer()
    {
        LayersOffset = _offset;
        _offset = 0;
        _inLayer = true;
    }

    /// <summary>Starts the layer of an encoder after <paramref name="layers"/> layers of its decoder.</summary>
    public void BeginEncoderLayer(int layers)
    {
        _decoderLayerStride = _offset;
        EncoderLayersOffset = checked(LayersOffset + (LayerStride * layers));
        _offset = 0;
        _inEncoder = true;
    }

    /// <summary>Places the weights of a linear kernel: one matrix, several consecutive ones, or a gate and an up projection.</summary>
    public string Panels(string name, LinearKernel kernel, params TensorSlice[] slices) =>
        Add(
            Block(
                name,
                kernel.Epilogue.Gated ? WeightLayout.GatedPanels : WeightLayout.Panels,
                kernel.PackedFloats,
                kernel.Inputs,
                kernel.PackedOutputs,
                slices
            ) with
            {
                Storage = kernel.Storage,
            }
        );

    /// <summary>Places the rows of a tensor; dimensions before the last two count as rows.</summary>
    public string Rows(string name, int stride, TensorPlan tensor)
    {
        int length = tensor.Shape[tensor.Shape.Count - 1];
        long rows = tensor.Shape.Aggregate(1L, static (product, size) => product * size) / length;
        return Add(name, WeightLayout.Rows, rows * stride, length, stride, TensorSlice.Whole(tensor));
    }

    /// <summary>Places the bias of a linear kernel, in the layout of its weights' columns.</summary>
    public string Bias(string name, LinearKernel kernel, params TensorSlice[] slices) =>
        Add(
            name,
            kernel.Epilogue.Gated ? WeightLayout.GatedVectors : WeightLayout.Vectors,
            kernel.PackedOutputs,
            0,
            kernel.PackedOutputs,
            slices
        );

    /// <summary>Places the weight of a norm, followed by its bias if it has one.</summary>
    public string Norm(string name, int width, NormArchitecture norm, TensorSuffixes suffixes, string checkpointName, bool perLayer)
    {
        int floats = Layout.Pad(width);
        TensorSlice[] Tensor(string suffix) => [TensorSlice.Whole(new TensorPlan(checkpointName + suffix, perLayer, width))];
        string weight = Add(
            Block(
                name + "Weight",
                norm.UnitOffset ? WeightLayout.UnitOffsetVector : WeightLayout.Vectors,
                floats,
                0,
                floats,
                Tensor(suffixes.NormWeight)
            ),
            following: norm.Bias ? floats : 0
        );
        if (norm.Bias)
        {
            Add(Block(name + "Bias", WeightLayout.Vectors, floats, 0, floats, Tensor(suffixes.NormBias)), follows: true);
        }

        return weight;
    }

    /// <summary>Places the table that the positions of a layer kind use, if there is one.</summary>
    /// <param name="kind">The layer kind.</param>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="contextLength">The number of positions.</param>
    /// <param name="relativeBias">The checkpoint's name of a table of relative positions.</param>
    public string? Positions(LayerKind kind, int heads, int contextLength, string relativeBias)
    {
        switch (kind.Positions)
        {
            case RotaryPositions rotary:
                int floats = Layout.Pad(checked(contextLength * rotary.RotaryDimension));
                string name = rotary.Scaling is LongScaling { Switches: true } ? "LongRotaryTable" : "RotaryTable";
                return Add(kind.Name + name, WeightLayout.RotaryTable, floats, contextLength, rotary.RotaryDimension, rotary);
            case AlibiPositions alibi:
                return Add(kind.Name + "AlibiSlopes", WeightLayout.AlibiSlopes, Layout.Pad(heads), 0, heads, alibi);
            case RelativePositions relative:
                // The number of positions of a cache, which is a whole number of panels.
                int positions = Layout.CacheLength(contextLength);
                int stride = Layout.RelativeBiasStride(positions, relative.Bidirectional);
                return Add(
                    new WeightPlan(
                        Prefix + kind.Name + "RelativeBias",
                        WeightLayout.RelativeBias,
                        false,
                        _offset,
                        checked((long)heads * stride),
                        new EquatableArray<TensorSlice>([TensorSlice.Whole(new TensorPlan(relativeBias, false, relative.Buckets, heads))]),
                        positions,
                        stride,
                        relative
                    )
                );
            default:
                return null;
        }
    }

    /// <summary>
    /// Places the rotary angles of sequences of up to the original length, if they differ from those of longer sequences.
    /// </summary>
    public string? ShortPositions(LayerKind kind) =>
        kind.Positions is RotaryPositions { Scaling: LongScaling { Switches: true } scaling } rotary
            ? Add(
                kind.Name + "ShortRotaryTable",
                WeightLayout.RotaryTable,
                Layout.Pad(checked(scaling.OriginalContextLength * rotary.RotaryDimension)),
                scaling.OriginalContextLength,
                rotary.RotaryDimension,
                rotary with
                {
                    Scaling = scaling.Short,
                }
            )
            : null;

    public string SinusoidalTable(int contextLength, int width, int stride, SinusoidalPositions positions) =>
        Add(
            new WeightPlan(
                Prefix + "PositionTable",
                WeightLayout.SinusoidalTable,
                _inLayer,
                _offset,
                (long)contextLength * stride,
                EquatableArray<TensorSlice>.Empty,
                width,
                stride
            )
            {
                Sinusoids = positions,
            }
        );

    public EquatableArray<WeightPlan> Build() => new(_weights);

    /// <summary>Returns the number of elements of all tensors; each tensor counts once, even if it has several slices.</summary>
    public long ParameterCount(int layers, int encoderLayers = 0) =>
        _weights
            .SelectMany(static weight => weight.Slices)
            .Select(static slice => slice.Tensor)
            .Distinct()
            .Where(static tensor => tensor != TensorPlan.Nothing)
            .Sum(tensor =>
                tensor.Shape.Aggregate(1L, static (product, size) => product * size)
                * (
                    !tensor.PerLayer ? 1
                    : tensor.InEncoder ? encoderLayers
                    : layers
                )
            );

    private string Add(string name, WeightLayout layout, long floats, int inputs, int outputs, params TensorSlice[] slices) =>
        Add(Block(name, layout, floats, inputs, outputs, slices));

    private WeightPlan Block(string name, WeightLayout layout, long floats, int inputs, int outputs, TensorSlice[] slices) =>
        new(
            Prefix + name,
            layout,
            _inLayer,
            _offset,
            floats,
            new EquatableArray<TensorSlice>(
                slices.Select(slice =>
                    _inEncoder && slice.Tensor != TensorPlan.Nothing
                        ? slice with
                        {
                            Tensor = slice.Tensor with { InEncoder = true },
                        }
                        : slice
                )
            ),
            inputs,
            outputs
        )
        {
            InEncoder = _inEncoder,
        };

    private string Add(string name, WeightLayout layout, long floats, int inputs, int outputs, AttentionPositions positions) =>
        Add(
            new WeightPlan(Prefix + name, layout, _inLayer, _offset, floats, EquatableArray<TensorSlice>.Empty, inputs, outputs, positions)
        );

    /// <summary>Places a block.</summary>
    /// <param name="weight">The block.</param>
    /// <param name="following">The number of floats of the block that must follow directly, if there is one.</param>
    /// <param name="follows">Whether the block is such a following block.</param>
    private string Add(WeightPlan weight, long following = 0, bool follows = false)
    {
        long floats = (weight.Floats + Layout.Line - 1) / Layout.Line * Layout.Line;
        long offset = Layout.Place(_offset, floats + following, guarded && !follows);
        _weights.Add(weight with { Offset = offset });
        _offset = checked(offset + floats);
        return weight.Name;
    }
}

/// <summary>Places the buffers of a session consecutively.</summary>
/// <param name="guarded">Whether buffers are separated by guard pages.</param>
internal sealed class BufferLayoutBuilder(bool guarded)
{
    /// <summary>The prefix of buffers, which distinguishes those of an encoder from those of its decoder.</summary>
    public string Prefix { get; set; } = "";

    private bool _perSequence;

    private readonly List<BufferPlan> _buffers = [];
    private long _offset;
    private long _sequence;

    /// <summary>The number of floats placed so far.</summary>
    public long Floats => _offset;

    /// <summary>The number of floats per sequence placed so far; 0 if a session has one sequence.</summary>
    public long SequenceFloats => _perSequence ? _offset - _sequence : 0;

    public string Block(string name, string description, long floats) => Add(name, description, floats, 0);

    public string RowBuffer(string name, string description, int rows, int width, int stride) =>
        Add(
            name,
            FormattableString.Invariant($"{description}, [{rows} rows][{width}], rows {stride} floats apart"),
            (long)rows * stride,
            stride
        );

    /// <summary>Marks the start of the buffers that every sequence of a session has.</summary>
    public void BeginSequence()
    {
        _perSequence = true;
        _sequence = _offset;
    }

    /// <summary>Places a buffer with data for every position of the sequence.</summary>
    public string PositionBuffer(string name, string description, long floats, int rowStride)
    {
        string full = Add(name, description, floats, rowStride);
        _buffers[_buffers.Count - 1] = _buffers[_buffers.Count - 1] with { EveryPosition = true };
        return full;
    }

    public EquatableArray<BufferPlan> Build() => new(_buffers);

    private string Add(string name, string description, long floats, int rowStride)
    {
        floats = (floats + Layout.Line - 1) / Layout.Line * Layout.Line;
        long offset = Layout.Place(_offset, floats, guarded);
        _buffers.Add(new BufferPlan(Prefix + name, description, offset, floats, rowStride) { PerSequence = _perSequence });
        _offset = checked(offset + floats);
        return Prefix + name;
    }
}
