using System.Globalization;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the division of rows by their Euclidean lengths.</summary>
internal static class NormalizeEmitter
{
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, NormalizeKernel kernel)
    {
        writer.Separate();
        writer.Line($"// x / max(|x|, 1e-12) over rows of {Text(kernel.Width)}.");
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        using (writer.Braces(RowShares.EachRow))
        {
            writer.Line($"float* x = &input[(nint)row * {Text(kernel.Stride)}];");
            writer.Line($"float* y = &output[(nint)row * {Text(kernel.Stride)}];");
            EmitRow(writer, isa, kernel.Width, "x", "y");
        }
    }

    /// <summary>Writes the division of one row, which is zero beyond its width.</summary>
    public static void EmitRow(SourceWriter writer, InstructionSetDescription isa, int width, string input, string output)
    {
        string loop = $"for (nint i = 0; i < {Text(Layout.Pad(width))}; i += {Text(isa.Lanes)})";
        string x = isa.Load($"&{input}[i]");
        writer.Line($"{isa.Vector} squares = {isa.Zero};");
        using (writer.Braces(loop))
        {
            writer.Line($"squares = {isa.MultiplyAdd("squares", x, x)};");
        }

        writer.Line($"float reciprocal = 1 / global::System.MathF.Max(global::System.MathF.Sqrt({isa.VectorClass}.Sum(squares)), 1e-12f);");
        using (writer.Braces(loop))
        {
            writer.Line($"{isa.VectorClass}.Store({x} * reciprocal, &{output}[i]);");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
