using System.Globalization;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A tensor of the checkpoint.</summary>
/// <param name="Name">The name, with "{layer}" in the place of the layer number.</param>
/// <param name="PerLayer">Whether every layer has one.</param>
/// <param name="Shape">The shape, outermost dimension first.</param>
internal sealed record TensorPlan(string Name, bool PerLayer, EquatableArray<int> Shape)
{
    public TensorPlan(string name, bool perLayer, params int[] shape)
        : this(name, perLayer, new EquatableArray<int>(shape)) { }

    /// <summary>Whether its layers are those of the encoder of an encoder-decoder.</summary>
    public bool InEncoder { get; init; }

    /// <summary>The placeholder of the number of a set of weights in its group.</summary>
    private const string InnerMark = "{inner}";

    /// <summary>Whether every set of weights of a group has a tensor with its own name.</summary>
    public bool IsInner => Name.Contains(InnerMark);

    /// <summary>Returns the tensor of one set of a group.</summary>
    public TensorPlan InSet(int set) => this with { Name = Name.Replace(InnerMark, set.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>No tensor: rows that are zero, such as the key part of a bias that only queries and values have.</summary>
    public static TensorPlan Nothing { get; } = new("", false, 0);
}

/// <summary>
/// Rows of a tensor: row r of the slice is row First + (r / GroupRows) · GroupStride + r % GroupRows of the tensor. Whole
/// matrices, parts of one, and non-adjacent heads are slices.
/// </summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Rows">The number of rows of the slice.</param>
/// <param name="First">The first row.</param>
/// <param name="GroupRows">The number of adjacent rows in a group.</param>
/// <param name="GroupStride">The number of rows from one group to the next.</param>
/// <param name="InputsFirst">Whether the tensor is [inputs, outputs], so that its columns count as rows.</param>
internal sealed record TensorSlice(TensorPlan Tensor, int Rows, int First, int GroupRows, int GroupStride, bool InputsFirst)
{
    /// <summary>Returns the slice of a whole tensor.</summary>
    public static TensorSlice Whole(TensorPlan tensor, bool inputsFirst = false)
    {
        int rows = tensor.Shape[inputsFirst ? 1 : 0];
        return new TensorSlice(tensor, rows, 0, rows, rows, inputsFirst);
    }

    /// <summary>Whether the slice is the whole tensor.</summary>
    public bool IsWhole => First == 0 && GroupRows == Rows && !InputsFirst && Tensor.Shape[0] == Rows;
}

/// <summary>Specifies the layout of tensors in the packed weights.</summary>
internal enum WeightLayout
{
    /// <summary>One or more consecutive vectors, padded with zeros to whole lines.</summary>
    Vectors,

    /// <summary>A vector of ones plus the tensor.</summary>
    UnitOffsetVector,

    /// <summary>Two vectors: registers of the first and the second alternate.</summary>
    GatedVectors,

    /// <summary>A matrix, row after row, each padded to whole lines.</summary>
    Rows,

    /// <summary>The rows of one or more matrices as the columns of panels, for a linear kernel.</summary>
    Panels,

    /// <summary>Two matrices as the columns of panels: registers of the first and the second alternate.</summary>
    GatedPanels,

    /// <summary>No tensor: cosines and sines of the rotary angles, [ContextLength][cosines, then sines].</summary>
    RotaryTable,

    /// <summary>No tensor: the slope of every head.</summary>
    AlibiSlopes,

    /// <summary>No tensor: sinusoidal positions, [ContextLength][width].</summary>
    SinusoidalTable,

    /// <summary>For each head the bias of every distance, from a table of buckets.</summary>
    RelativeBias,
}

/// <summary>One block of the packed weights.</summary>
/// <param name="Name">The name, an identifier such as "QueryKeyValueWeight".</param>
/// <param name="Layout">The layout.</param>
/// <param name="PerLayer">Whether every layer has one, with a distance of <see cref="ExecutionPlan.LayerStride"/>.</param>
/// <param name="Offset">The offset from the start of the packed weights, or of the layer's weights, in floats.</param>
/// <param name="Floats">The size in floats.</param>
/// <param name="Slices">The slices of tensors that it contains.</param>
/// <param name="Inputs">The length of a row of the tensors, for panels and rows.</param>
/// <param name="Outputs">The packed columns, for panels; otherwise the number of floats after padding.</param>
/// <param name="Positions">The source of a computed table.</param>
internal sealed record WeightPlan(
    string Name,
    WeightLayout Layout,
    bool PerLayer,
    long Offset,
    long Floats,
    EquatableArray<TensorSlice> Slices,
    int Inputs,
    int Outputs,
    AttentionPositions? Positions = null
)
{
    /// <summary>
    /// Whether it belongs to the encoder of an encoder-decoder, whose layers have a distance of
    /// <see cref="EncoderPlan.LayerStride"/>.
    /// </summary>
    public bool InEncoder { get; init; }

    /// <summary>The storage type of panels.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The source of a table of sinusoidal positions.</summary>
    public SinusoidalPositions? Sinusoids { get; init; }
}
