using System.Globalization;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the search for the highest logit, which each worker makes in what it has just computed.</summary>
internal static class HighestEmitter
{
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, HighestKernel kernel)
    {
        int panels = LinearEmitter.Panels(kernel.Logits, isa),
            outputs = kernel.Logits.Outputs;
        writer.Separate();
        writer.Line(
            $"// Where the highest of {Text(outputs)} logits is, or the first that is no number, among those that this worker has computed; -1 if it has computed none."
        );
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]"
        );
        using (writer.Braces($"public static int {kernel.Name}({SignatureText.Parameters(kernel)})"))
        {
            if (panels == 1)
            {
                // One panel is one worker's work.
                writer.Line($"int first = 0, end = worker == 0 ? {Text(outputs)} : 0;");
            }
            else
            {
                string whole = $"endPanel * {Text(isa.PanelWidth)}";
                writer.Line($"const int Panels = {Text(panels)};");
                writer.Line(RowShares.Panels);
                writer.Line(
                    $"int first = panel * {Text(isa.PanelWidth)}, end = {(outputs % isa.PanelWidth == 0 ? whole : $"global::System.Math.Min({whole}, {Text(outputs)})")};"
                );
            }

            writer.Line("int highest = first < end ? first : -1;");
            writer.Line("float value = float.NegativeInfinity;");
            writer.Line($"{isa.Vector} bound = {isa.Broadcast("value")};");
            using (writer.Braces("for (int i = first; i < end; i++)"))
            {
                writer.Line("// Most vectors hold nothing higher than what came before.");
                using (
                    writer.Braces(
                        $"while (i <= end - {Text(isa.Lanes)} && {isa.VectorClass}.LessThanOrEqualAll({isa.Load("&logits[i]")}, bound))"
                    )
                )
                {
                    writer.Line($"i += {Text(isa.Lanes)};");
                }

                writer.Line();
                using (writer.Braces("if (i < end && !(logits[i] <= value))"))
                {
                    writer.Line("highest = i;");
                    writer.Line("value = logits[i];");
                    using (writer.Braces("if (float.IsNaN(value))"))
                    {
                        writer.Line("break;");
                    }

                    writer.Line();
                    writer.Line($"bound = {isa.Broadcast("value")};");
                }
            }

            writer.Line();
            writer.Line("return highest;");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
