using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the pooling of a sequence's states into one.</summary>
internal static class PoolEmitter
{
    public static string Parameters => "float* input, float* output, int length, int worker, int workers";

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, PoolKernel kernel)
    {
        int padded = Layout.Pad(kernel.Width);
        string loop = $"for (nint i = 0; i < {Text(padded)}; i += {Text(isa.Lanes)})";
        string store = isa.VectorClass + ".Store";
        writer.Separate();
        writer.Line(kernel.Pooling switch
        {
            Pooling.First => "// The first of the rows",
            Pooling.Last => "// The last of the rows",
            _ => "// The mean of the rows, summed from first to last",
        } + (kernel.Normalize ? ", divided by its Euclidean length." : "."));
        using (writer.Braces($"public static void {kernel.Name}({Parameters})"))
        {
            writer.Line("// So little that one worker does it faster than several could meet.");
            using (writer.Braces("if (worker != 0)"))
            {
                writer.Line("return;");
            }

            writer.Line();
            if (kernel.Pooling == Pooling.Mean)
            {
                writer.Line($"new global::System.Span<float>(output, {Text(padded)}).Clear();");
                using (writer.Braces($"for (int row = 0; row < length; row++, input = &input[{Text(kernel.Stride)}])"))
                using (writer.Braces(loop))
                {
                    writer.Line($"{store}({isa.Load("&output[i]")} + {isa.Load("&input[i]")}, &output[i]);");
                }

                writer.Line();
                writer.Line("float scale = 1f / length;");
                using (writer.Braces(loop))
                {
                    writer.Line($"{store}({isa.Load("&output[i]")} * scale, &output[i]);");
                }
            }
            else
            {
                string row = kernel.Pooling == Pooling.First ? "input" : $"&input[(nint)(length - 1) * {Text(kernel.Stride)}]";
                writer.Line($"new global::System.Span<float>({row}, {Text(padded)}).CopyTo(new global::System.Span<float>(output, {Text(padded)}));");
            }

            if (kernel.Normalize)
            {
                writer.Line();
                writer.Line($"{isa.Vector} squares = {isa.Zero};");
                using (writer.Braces(loop))
                {
                    writer.Line($"squares = {isa.MultiplyAdd("squares", isa.Load("&output[i]"), isa.Load("&output[i]"))};");
                }

                writer.Line($"float reciprocal = 1 / global::System.MathF.Max(global::System.MathF.Sqrt({isa.VectorClass}.Sum(squares)), 1e-12f);");
                using (writer.Braces(loop))
                {
                    writer.Line($"{store}({isa.Load("&output[i]")} * reciprocal, &output[i]);");
                }
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
