using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Output;

/// <summary>Prints the types that hold the constants of linear layers, and the interface of these types.</summary>
internal static class LayerConstantsPrinter
{
    public static void Print(SourceWriter writer, string attribute, IEnumerable<LinearKernel> layers)
    {
        writer.Separate();
        writer.Line(
            "// What the register tiles of linear layers are compiled for: constants to the JIT compiler, which makes code of its own for each type."
        );
        writer.Line(attribute);
        using (writer.Braces($"internal interface {LayerConstants.Interface}"))
        {
            writer.Line("// How many weights each output has, which is the depth of a tile.");
            Declare(LayerConstants.Inputs);
            writer.Separate();
            writer.Line("// Floats from one row of inputs to the next.");
            Declare(LayerConstants.InputStride);
            writer.Separate();
            writer.Line("// Whether sums are added to what the output holds: the residual stream.");
            Declare(LayerConstants.AddsToOutput);
        }

        foreach (IGrouping<string, LinearKernel> types in layers.GroupBy(LayerConstants.TypeOf))
        {
            LinearKernel layer = types.First();
            writer.Separate();
            writer.Line(attribute);
            using (writer.Braces($"internal readonly struct {types.Key} : {LayerConstants.Interface}"))
            {
                Define(LayerConstants.Inputs, ExpressionPrinter.Text(layer.Inputs));
                writer.Separate();
                Define(LayerConstants.InputStride, ExpressionPrinter.Text(layer.InputStride));
                writer.Separate();
                Define(LayerConstants.AddsToOutput, layer.TilesAddToOutput ? "true" : "false");
            }
        }

        void Declare(LayerConstant constant) =>
            writer.Line($"static abstract {ExpressionPrinter.TypeName(constant.Type)} {constant.Name} {{ get; }}");

        void Define(LayerConstant constant, string value) =>
            writer.Line($"public static {ExpressionPrinter.TypeName(constant.Type)} {constant.Name} => {value};");
    }
}
