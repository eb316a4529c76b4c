using System.Globalization;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes how the rows of global tokens are taken out of a chunk, and how results are put back in their place.</summary>
internal static class GlobalRowsEmitter
{
    public static void Emit(SourceWriter writer, GlobalRowsKernel kernel)
    {
        string width = kernel.Width.ToString(CultureInfo.InvariantCulture),
            stride = kernel.Stride.ToString(CultureInfo.InvariantCulture);
        string inChunk = $"((nint)row * {stride})",
            amongGlobals = $"((nint)(globalsBefore[row] - globalsBefore[0]) * {stride})";
        writer.Separate();
        writer.Line(
            kernel.Back
                ? "// Puts a row in the place of every global token of a chunk."
                : "// The rows of the global tokens of a chunk, one after the other."
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        using (writer.Braces(RowShares.EachRow))
        using (writer.Braces("if (globalsBefore[row + 1] > globalsBefore[row])"))
        {
            writer.Line($"float* source = &input[{(kernel.Back ? amongGlobals : inChunk)}];");
            writer.Line(
                $"new global::System.Span<float>(source, {width}).CopyTo(new global::System.Span<float>(&output[{(kernel.Back ? inChunk : amongGlobals)}], {width}));"
            );
        }
    }
}
