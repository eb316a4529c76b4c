using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>
/// The numbers in which linear layers differ that share their register tiles: constants of a type argument. The JIT compiler
/// compiles a tile for each such type, with the numbers in it; the C# compiler reads the tile once.
/// </summary>
internal static class LayerConstants
{
    public const string Interface = "ILinearLayer";
    public const string TypeParameter = "TLayer";

    /// <summary>Gets the weights of each output, which are the depth of a tile.</summary>
    public static LayerConstant Inputs { get; } = new(DataType.Int, "Inputs");

    /// <summary>Gets the floats from one row of inputs to the next.</summary>
    public static LayerConstant InputStride { get; } = new(DataType.Int, "InputStride");

    /// <summary>Gets whether sums are added to the output: the residual stream.</summary>
    public static LayerConstant AddsToOutput { get; } = new(DataType.Bool, "AddsToOutput");

    /// <summary>Returns the name of the type with the constants of a layer, which it spells.</summary>
    public static string TypeOf(LinearKernel layer)
    {
        string stride = layer.InputStride == Layout.RowStride(layer.Inputs) ? "" : $"Every{layer.InputStride}";
        return $"From{layer.Inputs}{stride}{(layer.TilesAddToOutput ? "Add" : "")}";
    }
}
