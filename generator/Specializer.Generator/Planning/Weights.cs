using System.Globalization;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A tensor of the checkpoint.</summary>
/// <param name="Name">Its name; "{layer}" stands for the layer's number.</param>
/// <param name="PerLayer">Whether every layer has one.</param>
/// <param name="Shape">Its shape, outermost first.</param>
internal sealed record TensorPlan(string Name, bool PerLayer, EquatableArray<int> Shape)
{
    public TensorPlan(string name, bool perLayer, params int[] shape)
        : this(name, perLayer, new EquatableArray<int>(shape)) { }

    /// <summary>Whether its layers are those of the encoder of an encoder-decoder.</summary>
    public bool InEncoder { get; init; }

    /// <summary>What stands for the number of a set of weights in its group.</summary>
    private const string InnerMark = "{inner}";

    /// <summary>Whether every set of weights of a group has one of its own name.</summary>
    public bool IsInner => Name.Contains(InnerMark);

    /// <summary>The tensor of one set of a group.</summary>
    public TensorPlan InSet(int set) => this with { Name = Name.Replace(InnerMark, set.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>No tensor: rows that are zero, such as the key's part of a bias that only the query and the value have.</summary>
    public static TensorPlan Nothing { get; } = new("", false, 0);
}

/// <summary>
/// Rows of a tensor: row r of the slice is row First + (r / GroupRows) · GroupStride + r % GroupRows of the tensor. So
/// whole matrices, parts of one, and heads that lie apart are all slices.
/// </summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Rows">The rows of the slice.</param>
/// <param name="First">Where they begin.</param>
/// <param name="GroupRows">How many lie together.</param>
/// <param name="GroupStride">From one such group to the next.</param>
/// <param name="InputsFirst">Whether the tensor is [inputs, outputs], so that its columns count as rows.</param>
internal sealed record TensorSlice(TensorPlan Tensor, int Rows, int First, int GroupRows, int GroupStride, bool InputsFirst)
{
    /// <summary>A whole tensor.</summary>
    public static TensorSlice Whole(TensorPlan tensor, bool inputsFirst = false)
    {
        int rows = tensor.Shape[inputsFirst ? 1 : 0];
        return new TensorSlice(tensor, rows, 0, rows, rows, inputsFirst);
    }

    /// <summary>Whether the slice is the whole tensor as it is.</summary>
    public bool IsWhole => First == 0 && GroupRows == Rows && !InputsFirst && Tensor.Shape[0] == Rows;
}

/// <summary>How tensors are laid out in the packed weights.</summary>
internal enum WeightLayout
{
    /// <summary>One or several vectors one after the other, filled up to whole lines with zeros.</summary>
    Vectors,

    /// <summary>A vector of ones plus the tensor.</summary>
    UnitOffsetVector,

    /// <summary>Two vectors, a vector register of the first and one of the second in turn.</summary>
    GatedVectors,

    /// <summary>A matrix, row after row, each filled up to whole lines.</summary>
    Rows,

    /// <summary>The rows of one or several matrices as the columns of panels, for a linear kernel.</summary>
    Panels,

    /// <summary>Two matrices as the columns of panels, a vector register of the first and one of the second in turn.</summary>
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
/// <param name="Name">What it is, as an identifier: "QueryKeyValueWeight".</param>
/// <param name="Layout">How it is laid out.</param>
/// <param name="PerLayer">Whether every layer has one, <see cref="ExecutionPlan.LayerStride"/> apart.</param>
/// <param name="Offset">Floats from the start of the packed weights, or of the layer's.</param>
/// <param name="Floats">Its size.</param>
/// <param name="Slices">What it is made of.</param>
/// <param name="Inputs">For panels and rows, the length of a row of the tensors.</param>
/// <param name="Outputs">For panels, the packed columns; otherwise the floats after filling up.</param>
/// <param name="Positions">For a computed table, what it is computed from.</param>
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
    /// <summary>Whether it belongs to the encoder of an encoder-decoder; its layers are <see cref="EncoderPlan.LayerStride"/> apart.</summary>
    public bool InEncoder { get; init; }

    /// <summary>The type in which panels are held.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>What a table of sinusoidal positions is computed from.</summary>
    public SinusoidalPositions? Sinusoids { get; init; }
}
