using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Specifies how tensors are laid out in the packed weights.</summary>
internal enum WeightLayout
{
    /// <summary>One or several consecutive vectors, padded to whole lines with zeros.</summary>
    Vectors,

    /// <summary>A vector of ones plus the tensor.</summary>
    UnitOffsetVector,

    /// <summary>Two vectors: registers of the first and the second alternate.</summary>
    GatedVectors,

    /// <summary>A matrix by rows, each padded to whole lines.</summary>
    Rows,

    /// <summary>The rows of one or several matrices as the columns of panels, for a linear kernel.</summary>
    Panels,

    /// <summary>Two matrices as the columns of panels: registers of the first and the second alternate.</summary>
    GatedPanels,

    /// <summary>No tensor: cosines and sines of the rotary angles, [ContextLength][cosines, then sines].</summary>
    RotaryTable,

    /// <summary>No tensor: the slope of every head.</summary>
    AlibiSlopes,

    /// <summary>No tensor: sinusoidal positions, [ContextLength][width].</summary>
    SinusoidalTable,

    /// <summary>The bias of every distance for each head, from a table of buckets.</summary>
    RelativeBias,
}

/// <summary>One block of the packed weights.</summary>
/// <param name="Ref">The reference by which steps name it.</param>
/// <param name="Layout">The layout.</param>
/// <param name="Offset">The offset from the start of the packed weights, or of the layer's, in floats.</param>
/// <param name="Floats">The size in floats.</param>
/// <param name="Slices">The source tensors.</param>
/// <param name="Inputs">The length of a row of the tensors, for panels and rows.</param>
/// <param name="Outputs">The number of packed columns for panels; otherwise the number of floats after padding.</param>
/// <param name="Positions">The scheme of a computed table.</param>
internal sealed record WeightPlan(
    WeightRef Ref,
    WeightLayout Layout,
    long Offset,
    long Floats,
    EquatableArray<TensorSlice> Slices,
    int Inputs,
    int Outputs,
    AttentionPositions? Positions = null
)
{
    /// <summary>Whether every layer has one, <see cref="ExecutionPlan.LayerStride"/> apart.</summary>
    public bool PerLayer => Ref.PerLayer;

    /// <summary>Whether every layer of an encoder-decoder's encoder has one, <see cref="EncoderPlan.LayerStride"/> apart.</summary>
    public bool InEncoder => Ref is { PerLayer: true, Stack: StackPart.Source };

    /// <summary>The storage type of panels.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The scheme of a table of sinusoidal positions.</summary>
    public SinusoidalPositions? Sinusoids { get; init; }
}
