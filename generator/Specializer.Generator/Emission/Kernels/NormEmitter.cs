using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the norms: each row's statistics in one pass, its normalised values in another.</summary>
internal static class NormEmitter
{
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, NormKernel kernel)
    {
        bool layer = kernel.Formula == NormFormula.Layer;
        int padded = Layout.Pad(kernel.Width);
        int whole = kernel.Width / isa.Lanes * isa.Lanes;
        string epsilon = kernel.Epsilon.ToString("R", CultureInfo.InvariantCulture) + "f";
        string added = kernel.AddToOutput ? ", added to the output" : "";
        string Result(string normed) => kernel.AddToOutput ? isa.Load("&y[i]") + " + (" + normed + ")" : normed;
        writer.Separate();
        writer.Line(
            layer
                ? $"// (x - mean) / sqrt(variance + {epsilon}) * weight{(kernel.Bias ? " + bias" : "")} over rows of {kernel.Width}{(kernel.Bias ? $"; the bias lies {padded} floats behind the weight" : "")}{added}."
                : $"// x / sqrt(mean(x^2) + {epsilon}) * weight over rows of {kernel.Width}{added}."
        );
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]"
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        {
            using (writer.Braces(RowShares.EachRow))
            {
                writer.Line($"float* x = &input[(nint)row * {Text(kernel.Stride)}];");
                writer.Line($"float* y = &output[(nint)row * {Text(kernel.Stride)}];");
                if (layer)
                {
                    EmitSum(writer, isa, padded, "sum", value => value);
                    writer.Line($"float mean = {isa.VectorClass}.Sum(sum) * {Reciprocal(kernel.Width)};");
                    writer.Line($"{isa.Vector} center = {isa.Broadcast("mean")};");
                    EmitSquaredDeviations(writer, isa, kernel.Width, whole);
                    writer.Line(
                        $"{isa.Vector} scale = {isa.Broadcast($"1 / global::System.MathF.Sqrt(({isa.VectorClass}.Sum(squares) * {Reciprocal(kernel.Width)}) + {epsilon})")};"
                    );
                    writer.Line("// Beyond the width the weight and the bias are zero, and so is the result.");
                    using (writer.Braces($"for (nint i = 0; i < {Text(padded)}; i += {Text(isa.Lanes)})"))
                    {
                        writer.Line($"{isa.Vector} normed = ({isa.Load("&x[i]")} - center) * scale;");
                        string scaled = kernel.Bias
                            ? isa.MultiplyAdd(isa.Load($"&weight[{Text(padded)} + i]"), "normed", isa.Load("&weight[i]"))
                            : "normed * " + isa.Load("&weight[i]");
                        writer.Line($"{isa.VectorClass}.Store({Result(scaled)}, &y[i]);");
                    }
                }
                else
                {
                    EmitSum(writer, isa, padded, "squares", null);
                    writer.Line(
                        $"{isa.Vector} scale = {isa.Broadcast($"1 / global::System.MathF.Sqrt(({isa.VectorClass}.Sum(squares) * {Reciprocal(kernel.Width)}) + {epsilon})")};"
                    );
                    using (writer.Braces($"for (nint i = 0; i < {Text(padded)}; i += {Text(isa.Lanes)})"))
                    {
                        writer.Line(
                            $"{isa.VectorClass}.Store({Result(isa.Load("&x[i]") + " * scale * " + isa.Load("&weight[i]"))}, &y[i]);"
                        );
                    }
                }
            }
        }
    }

    /// <summary>Sums values or squares in as many chains as divide the row, up to four, so that additions overlap.</summary>
    private static void EmitSum(
        SourceWriter writer,
        InstructionSetDescription isa,
        int padded,
        string name,
        System.Func<string, string>? value
    )
    {
        int vectors = padded / isa.Lanes;
        int chains =
            vectors % 4 == 0 ? 4
            : vectors % 2 == 0 ? 2
            : vectors % 3 == 0 ? 3
            : 1;
        string Chain(int chain) => chains == 1 ? name : name + Text(chain);
        writer.Line($"{isa.Vector} {string.Join(", ", Enumerable.Range(0, chains).Select(chain => $"{Chain(chain)} = {isa.Zero}"))};");
        using (writer.Braces($"for (nint i = 0; i < {Text(padded)}; i += {Text(chains * isa.Lanes)})"))
        {
            for (int chain = 0; chain < chains; chain++)
            {
                string load = isa.Load(chain == 0 ? "&x[i]" : $"&x[i + {Text(chain * isa.Lanes)}]");
                if (value is null)
                {
                    writer.Line($"{isa.Vector} value{Text(chain)} = {load};");
                    writer.Line($"{Chain(chain)} = {isa.MultiplyAdd(Chain(chain), "value" + Text(chain), "value" + Text(chain))};");
                }
                else
                {
                    writer.Line($"{Chain(chain)} += {load};");
                }
            }
        }

        if (chains > 1)
        {
            writer.Line(
                $"{isa.Vector} {name} = {(chains == 4 ? $"({name}0 + {name}1) + ({name}2 + {name}3)" : string.Join(" + ", Enumerable.Range(0, chains).Select(Chain)))};"
            );
        }
    }

    private static void EmitSquaredDeviations(SourceWriter writer, InstructionSetDescription isa, int width, int whole)
    {
        writer.Line($"{isa.Vector} squares = {isa.Zero};");
        if (whole > 0)
        {
            using (writer.Braces($"for (nint i = 0; i < {Text(whole)}; i += {Text(isa.Lanes)})"))
            {
                writer.Line($"{isa.Vector} deviation = {isa.Load("&x[i]")} - center;");
                writer.Line($"squares = {isa.MultiplyAdd("squares", "deviation", "deviation")};");
            }
        }

        if (whole < width)
        {
            string mask = string.Join(", ", Enumerable.Range(0, isa.Lanes).Select(lane => lane < width - whole ? "-1" : "0"));
            writer.Line($"{isa.Vector} rest = ({isa.Load("x + " + Text(whole))} - center) & {isa.VectorClass}.Create({mask}).AsSingle();");
            writer.Line($"squares = {isa.MultiplyAdd("squares", "rest", "rest")};");
        }
    }

    private static string Reciprocal(int width) => $"(1f / {Text(width)})";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
