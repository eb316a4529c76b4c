using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// Writes what tells linear layers apart that share their register tiles: constants of a type argument. The JIT compiler makes code of
/// its own for each such type, with the numbers in it; the C# compiler reads the tile once.
/// </summary>
internal static class LayerConstants
{
    public const string Interface = "ILinearLayer";
    public const string Inputs = "Inputs";
    public const string InputStride = "InputStride";
    public const string AddsToOutput = "AddsToOutput";

    /// <summary>The type with the constants of a layer, which its name tells.</summary>
    public static string TypeOf(LinearKernel layer)
    {
        string stride = layer.InputStride == Layout.RowStride(layer.Inputs) ? "" : "Every" + Text(layer.InputStride);
        return $"From{Text(layer.Inputs)}{stride}{(layer.Epilogue.AddToOutput ? "Add" : "")}";
    }

    /// <summary>Writes the types of all layers, and what they have in common.</summary>
    public static void Emit(SourceWriter writer, IEnumerable<LinearKernel> layers)
    {
        writer.Separate();
        writer.Line(
            "// What the register tiles of linear layers are compiled for: constants to the JIT compiler, which makes code of its own for each type."
        );
        using (writer.Braces($"private interface {Interface}"))
        {
            writer.Line("// How many weights each output has, which is the depth of a tile.");
            writer.Line($"static abstract int {Inputs} {{ get; }}");
            writer.Separate();
            writer.Line("// Floats from one row of inputs to the next.");
            writer.Line($"static abstract int {InputStride} {{ get; }}");
            writer.Separate();
            writer.Line("// Whether sums are added to what the output holds: the residual stream.");
            writer.Line($"static abstract bool {AddsToOutput} {{ get; }}");
        }

        foreach (IGrouping<string, LinearKernel> types in layers.GroupBy(TypeOf))
        {
            LinearKernel layer = types.First();
            writer.Separate();
            using (writer.Braces($"private readonly struct {types.Key} : {Interface}"))
            {
                writer.Line($"public static int {Inputs} => {Text(layer.Inputs)};");
                writer.Separate();
                writer.Line($"public static int {InputStride} => {Text(layer.InputStride)};");
                writer.Separate();
                writer.Line($"public static bool {AddsToOutput} => {(layer.Epilogue.AddToOutput ? "true" : "false")};");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
