using System.Globalization;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes how frames of sound with their neighbours become rows, over which a convolution is a linear layer.</summary>
internal static class WindowEmitter
{
    public static void Emit(SourceWriter writer, WindowKernel kernel)
    {
        int before = kernel.Window / 2;
        string frame = kernel.InputStride == 0 ? "frame" : $"((nint)frame * {Text(kernel.InputStride)})";
        string channel = kernel.InputStride == 0 ? "((nint)channel * count)" : "channel";
        writer.Separate();
        writer.Line(
            $"// Row r holds [{kernel.Channels} channels][{kernel.Window} frames] around frame {(kernel.Step == 1 ? "r" : $"{kernel.Step}r")} of {(kernel.InputStride == 0 ? "[channels][count]" : "[count][channels]")}, zeros where there is none."
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        using (writer.Braces(RowShares.EachRow))
        {
            writer.Line($"float* target = &output[(nint)row * {Text(kernel.Stride)}];");
            writer.Line(
                $"int first = {(kernel.Step == 1 ? "position + row" : $"((position + row) * {Text(kernel.Step)})")} - {Text(before)};"
            );
            using (writer.Braces($"for (int i = 0; i < {Text(kernel.Window)}; i++)"))
            {
                writer.Line("int frame = first + i;");
                writer.Line("bool there = (uint)frame < (uint)count;");
                using (writer.Braces($"for (int channel = 0; channel < {Text(kernel.Channels)}; channel++)"))
                {
                    writer.Line($"target[(channel * {Text(kernel.Window)}) + i] = there ? frames[{channel} + {frame}] : 0;");
                }
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
