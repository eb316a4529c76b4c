using System.Linq;
using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.WeightComponent;

namespace Specializer.Generator.Planning;

/// <summary>Places the weights of one stack of layers.</summary>
/// <param name="layout">The packed weights of all stacks.</param>
/// <param name="stack">The stack.</param>
internal sealed class StackWeights(WeightLayoutBuilder layout, StackPart stack)
{
    /// <summary>Begins the layer of a kind whose weights differ from those of other kinds.</summary>
    public void BeginKind(string kind) => layout.BeginKind(kind);

    /// <summary>Places the weights of a linear kernel: one matrix, several consecutive ones, or a gate and an up projection.</summary>
    public WeightRef Panels(WeightRole role, LinearKernel kernel, params TensorSlice[] slices) =>
        Panels(new WeightRef(role, Weight, stack), kernel, slices);

    /// <summary>Places a table whose rows are also the columns of a linear kernel: tied embeddings.</summary>
    public WeightRef Table(WeightRole role, LinearKernel kernel, TensorPlan table) =>
        Panels(new WeightRef(role, Whole, stack), kernel, TensorSlice.Whole(table));

    /// <summary>Places the weights of one of several linear kernels of a role.</summary>
    public WeightRef Panels(WeightRole role, int number, LinearKernel kernel, params TensorSlice[] slices) =>
        Panels(new WeightRef(role, Weight, stack) { Number = number }, kernel, slices);

    private WeightRef Panels(WeightRef weight, LinearKernel kernel, params TensorSlice[] slices) =>
        layout.Add(
            Block(
                weight,
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

    /// <summary>Places the bias of a linear kernel in the order of the columns of its weights.</summary>
    public WeightRef Bias(WeightRole role, LinearKernel kernel, params TensorSlice[] slices) =>
        Bias(new WeightRef(role, WeightComponent.Bias, stack), kernel, slices);

    /// <summary>Places the bias of one of several linear kernels of a role.</summary>
    public WeightRef Bias(WeightRole role, int number, LinearKernel kernel, params TensorSlice[] slices) =>
        Bias(new WeightRef(role, WeightComponent.Bias, stack) { Number = number }, kernel, slices);

    private WeightRef Bias(WeightRef weight, LinearKernel kernel, params TensorSlice[] slices) =>
        layout.Add(
            Block(
                weight,
                kernel.Epilogue.Gated ? WeightLayout.GatedVectors : WeightLayout.Vectors,
                kernel.PackedOutputs,
                0,
                kernel.PackedOutputs,
                slices
            )
        );

    /// <summary>Places the rows of a tensor; dimensions before the last two count as rows.</summary>
    public WeightRef Rows(WeightRole role, int stride, TensorPlan tensor)
    {
        int length = tensor.Shape[tensor.Shape.Count - 1];
        long rows = tensor.Shape.Aggregate(1L, static (product, size) => product * size) / length;
        return layout.Add(
            Block(new WeightRef(role, Whole, stack), WeightLayout.Rows, rows * stride, length, stride, TensorSlice.Whole(tensor))
        );
    }

    /// <summary>Places a vector.</summary>
    public WeightRef Vector(WeightRole role, TensorPlan tensor)
    {
        int floats = Layout.Pad(tensor.Shape[0]);
        return layout.Add(Block(new WeightRef(role, Whole, stack), WeightLayout.Vectors, floats, 0, floats, TensorSlice.Whole(tensor)));
    }

    /// <summary>Places the weight of a norm and, after it, its bias if it has one.</summary>
    public WeightRef Norm(WeightRole role, int width, NormArchitecture norm, TensorSuffixes suffixes, string checkpointName, bool perLayer)
    {
        int floats = Layout.Pad(width);
        TensorSlice Tensor(string suffix) => TensorSlice.Whole(new TensorPlan(checkpointName + suffix, perLayer, width));
        // The factor 1 is 1 plus a weight of zeros.
        TensorSlice factor = norm.HasWeight ? Tensor(suffixes.NormWeight) : new(TensorPlan.Nothing, width, 0, width, width, false);
        WeightRef weight = layout.Add(
            Block(
                new WeightRef(role, Weight, stack),
                norm.UnitOffset || !norm.HasWeight ? WeightLayout.UnitOffsetVector : WeightLayout.Vectors,
                floats,
                0,
                floats,
                factor
            ),
            following: norm.Bias ? floats : 0
        );
        if (norm.Bias)
        {
            WeightRef bias = new(role, WeightComponent.Bias, stack);
            layout.Add(Block(bias, WeightLayout.Vectors, floats, 0, floats, Tensor(suffixes.NormBias)), follows: true);
        }

        return weight;
    }

    /// <summary>Places the weights of a norm of heads, one row after another without gaps.</summary>
    /// <param name="role">The role.</param>
    /// <param name="tensor">The tensor: all weights, or a row for each head.</param>
    public WeightRef HeadNorms(WeightRole role, TensorPlan tensor)
    {
        int width = tensor.Shape[tensor.Shape.Count - 1],
            rows = tensor.Shape.Count == 1 ? 1 : tensor.Shape[0];
        return layout.Add(
            Block(new WeightRef(role, Weight, stack), WeightLayout.Rows, (long)rows * width, width, width, TensorSlice.Whole(tensor))
        );
    }

    /// <summary>Places the position table of the attention of a kind of layer, if there is one.</summary>
    /// <param name="kind">The name of the kind of layer.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="contextLength">The number of positions.</param>
    /// <param name="relativeBias">The name of the tensor of relative positions.</param>
    public WeightRef? Positions(string kind, AttentionArchitecture attention, int contextLength, string relativeBias)
    {
        int heads = attention.Heads;
        switch (attention.Positions)
        {
            case RotaryPositions rotary:
                return RotaryTable(
                    kind,
                    rotary.Scaling is LongScaling { Switches: true } ? WeightRole.LongRotaryTable : WeightRole.RotaryTable,
                    rotary,
                    contextLength
                );
            case AlibiPositions alibi:
                return Table(kind, WeightRole.AlibiSlopes, WeightLayout.AlibiSlopes, Layout.Pad(heads), 0, heads, alibi);
            case RelativePositions relative:
                // The table has as many positions as a cache, in whole panels.
                int positions = Layout.CacheLength(contextLength);
                int stride = Layout.RelativeBiasStride(positions, relative.Bidirectional);
                return Table(
                    kind,
                    WeightRole.RelativeBias,
                    WeightLayout.RelativeBias,
                    checked((long)heads * stride),
                    positions,
                    stride,
                    relative,
                    TensorSlice.Whole(new TensorPlan(relativeBias, false, relative.Buckets, heads))
                );
            default:
                return null;
        }
    }

    /// <summary>Places the rotary angles of sequences up to the original length, if those of longer ones differ.</summary>
    public WeightRef? ShortPositions(string kind, AttentionArchitecture attention) =>
        attention.Positions is RotaryPositions { Scaling: LongScaling { Switches: true } scaling } rotary
            ? RotaryTable(kind, WeightRole.ShortRotaryTable, rotary with { Scaling = scaling.Short }, scaling.OriginalContextLength)
            : null;

    /// <summary>Places a table of sinusoidal positions.</summary>
    public WeightRef SinusoidalTable(int contextLength, int width, int stride, SinusoidalPositions positions) =>
        layout.Add(
            Block(
                new WeightRef(WeightRole.PositionTable, Whole, stack),
                WeightLayout.SinusoidalTable,
                (long)contextLength * stride,
                width,
                stride
            ) with
            {
                Sinusoids = positions,
            }
        );

    private WeightRef RotaryTable(string kind, WeightRole role, RotaryPositions rotary, int positions) =>
        Table(kind, role, WeightLayout.RotaryTable, Layout.Pad(checked(positions * rotary.RotaryDim)), positions, rotary.RotaryDim, rotary);

    private WeightRef Table(
        string kind,
        WeightRole role,
        WeightLayout tableLayout,
        long floats,
        int inputs,
        int outputs,
        AttentionPositions positions,
        params TensorSlice[] slices
    ) =>
        layout.Add(
            Block(new WeightRef(role, Whole, stack) { Kind = kind }, tableLayout, floats, inputs, outputs, slices) with
            {
                Positions = positions,
            }
        );

    private WeightPlan Block(WeightRef weight, WeightLayout tableLayout, long floats, int inputs, int outputs, params TensorSlice[] slices)
    {
        bool inEncoder = layout.InLayer && stack == StackPart.Source;
        return new WeightPlan(
            weight with
            {
                PerLayer = layout.InLayer,
                Kind = layout.InLayer ? layout.Kind : weight.Kind,
            },
            tableLayout,
            0,
            floats,
            new EquatableArray<TensorSlice>(
                slices.Select(slice =>
                    inEncoder && slice.Tensor != TensorPlan.Nothing ? slice with { Tensor = slice.Tensor with { InEncoder = true } } : slice
                )
            ),
            inputs,
            outputs
        );
    }
}
