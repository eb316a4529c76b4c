using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the pooling of a sequence's states into one.</summary>
internal static class PoolEmitter
{
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, PoolKernel kernel)
    {
        int padded = Layout.Pad(kernel.Width);
        string loop = $"for (nint i = 0; i < {Text(padded)}; i += {Text(isa.Lanes)})";
        string store = isa.VectorClass + ".Store";
        writer.Separate();
        writer.Line(
            kernel.Pooling switch
            {
                Pooling.First => "// The first of the rows",
                Pooling.Last => "// The last of the rows",
                Pooling.WeightedMean => "// The mean of the rows, each weighted by its number from 1 on, summed from first to last",
                Pooling.Max => "// The maximum of the rows",
                _ => "// The mean of the rows, summed from first to last",
            } + (kernel.Normalize ? ", divided by its Euclidean length." : ".")
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        {
            writer.Line("// So little that one worker does it faster than several could meet.");
            using (writer.Braces("if (worker != 0)"))
            {
                writer.Line("return;");
            }

            writer.Line();
            if (kernel.Pooling is Pooling.Mean or Pooling.WeightedMean)
            {
                bool weighted = kernel.Pooling == Pooling.WeightedMean;
                writer.Line($"new global::System.Span<float>(output, {Text(padded)}).Clear();");
                using (writer.Braces($"for (int row = 0; row < length; row++, input = &input[{Text(kernel.Stride)}])"))
                using (writer.Braces(loop))
                {
                    string sum = weighted
                        ? isa.MultiplyAdd(isa.Load("&output[i]"), isa.Load("&input[i]"), isa.Broadcast("(float)(row + 1)"))
                        : $"{isa.Load("&output[i]")} + {isa.Load("&input[i]")}";
                    writer.Line($"{store}({sum}, &output[i]);");
                }

                writer.Line();
                writer.Line(weighted ? "float scale = (float)(2 / (length * (length + 1d)));" : "float scale = 1f / length;");
                using (writer.Braces(loop))
                {
                    writer.Line($"{store}({isa.Load("&output[i]")} * scale, &output[i]);");
                }
            }
            else if (kernel.Pooling == Pooling.Max)
            {
                writer.Line(
                    $"new global::System.Span<float>(input, {Text(padded)}).CopyTo(new global::System.Span<float>(output, {Text(padded)}));"
                );
                using (writer.Braces($"for (int row = 1; row < length; row++)"))
                {
                    writer.Line($"input = &input[{Text(kernel.Stride)}];");
                    using (writer.Braces(loop))
                    {
                        writer.Line(
                            $"{store}({isa.VectorClass}.MaxNative({isa.Load("&output[i]")}, {isa.Load("&input[i]")}), &output[i]);"
                        );
                    }
                }
            }
            else
            {
                string row = kernel.Pooling == Pooling.First ? "input" : $"&input[(nint)(length - 1) * {Text(kernel.Stride)}]";
                writer.Line(
                    $"new global::System.Span<float>({row}, {Text(padded)}).CopyTo(new global::System.Span<float>(output, {Text(padded)}));"
                );
            }

            if (kernel.Normalize)
            {
                writer.Line();
                NormalizeEmitter.EmitRow(writer, isa, kernel.Width, "output", "output");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
