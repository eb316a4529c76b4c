using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes how an image becomes rows: its patches, and their positions.</summary>
internal static class PatchEmitter
{
    public static void Emit(SourceWriter writer, PatchKernel kernel)
    {
        PatchArchitecture patches = kernel.Patches;
        int side = patches.ImageSize / patches.PatchSize;
        string size = Text(patches.PatchSize);
        writer.Separate();
        writer.Line(
            $"// {side} by {side} patches, row by row; a patch is [{patches.Channels} channels][{size}][{size}]. Position 0 is before them."
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        using (writer.Braces(RowShares.EachRow))
        {
            writer.Line($"float* target = &output[(nint)row * {Text(kernel.Stride)}];");
            writer.Line("int patch = position + row - 1;");
            using (writer.Braces("if (patch < 0)"))
            {
                writer.Line($"new global::System.Span<float>(target, {Text(patches.Floats)}).Clear();");
                writer.Line("continue;");
            }

            writer.Line();
            writer.Line(
                $"float* corner = &pixels[(patch / {Text(side)} * {Text(patches.PatchSize * patches.ImageSize)}) + (patch % {Text(side)} * {size})];"
            );
            using (writer.Braces($"for (int channel = 0; channel < {Text(patches.Channels)}; channel++)"))
            using (writer.Braces($"for (int y = 0; y < {size}; y++)"))
            {
                writer.Line($"float* source = &corner[(((nint)channel * {Text(patches.ImageSize)}) + y) * {Text(patches.ImageSize)}];");
                writer.Line(
                    $"new global::System.Span<float>(source, {size}).CopyTo(new global::System.Span<float>(&target[((channel * {size}) + y) * {size}], {size}));"
                );
            }
        }
    }

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, PositionKernel kernel)
    {
        writer.Separate();
        writer.Line(
            kernel.FirstState
                ? "// Row 0 of the sequence is the first state; every row has a position of its own."
                : "// Every row has a position of its own."
        );
        using (writer.Braces($"public static void {kernel.Name}({SignatureText.Parameters(kernel)})"))
        using (writer.Braces(RowShares.EachRow))
        {
            writer.Line($"float* x = &output[(nint)row * {Text(kernel.Stride)}];");
            if (kernel.FirstState)
            {
                writer.Line("float* state = position + row == 0 ? first : x;");
            }

            writer.Line($"float* added = &positions[(nint)(position + row) * {Text(kernel.Stride)}];");
            using (writer.Braces($"for (nint i = 0; i < {Text(Layout.Pad(kernel.Width))}; i += {Text(isa.Lanes)})"))
            {
                writer.Line(
                    $"{isa.VectorClass}.Store({isa.Load(kernel.FirstState ? "&state[i]" : "&x[i]")} + {isa.Load("&added[i]")}, &x[i]);"
                );
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
