using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes the look-up of token embeddings.</summary>
internal static class EmbedEmitter
{
    public static string Parameters(EmbedKernel kernel) => SignatureText.Parameters(kernel);

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, EmbedKernel kernel)
    {
        int padded = Layout.Pad(kernel.Width);
        writer.Separate();
        writer.Line(
            kernel.Tied
                ? $"// Token n's embedding is column n of the packed output matrix, panels of {isa.PanelWidth} columns by {kernel.Width}."
                : $"// Token n's embedding is row n of the table, {kernel.Stride} floats apart."
        );
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            using (writer.Braces(RowShares.EachRow))
            {
                writer.Line("nint token = tokens[row];");
                writer.Line($"float* x = &output[(nint)row * {Text(kernel.Stride)}];");
                if (kernel.Tied)
                {
                    EmitColumn(writer, isa, kernel);
                }
                else
                {
                    writer.Line($"float* embedding = &table[token * {Text(kernel.Stride)}];");
                }

                string scale = kernel.Scale.ToString("R", CultureInfo.InvariantCulture) + "f";
                if (kernel.Tied && kernel.Scale == 1 && kernel.PositionOffset is null && !kernel.TokenTypes)
                {
                    return;
                }

                if (kernel.PositionOffset is { } offset)
                {
                    if (kernel.PaddingToken is { } padding)
                    {
                        writer.Line(
                            $"// Token {Text(padding)} fills sequences up: it has row {Text(padding)}, and those behind it count as if it were not there."
                        );
                        writer.Line(
                            $"int index = token == {Text(padding)} ? {Text(padding)} : position + row - global::System.MemoryExtensions.Count(new global::System.ReadOnlySpan<int>(tokens - position, position + row), {Text(padding)}) + {Text(offset)};"
                        );
                        writer.Line($"float* added = &positions[(nint)index * {Text(kernel.Stride)}];");
                    }
                    else
                    {
                        writer.Line(
                            $"float* added = &positions[(nint)(position + row{(offset == 0 ? "" : " + " + Text(offset))}) * {Text(kernel.Stride)}];"
                        );
                    }
                }

                if (kernel.TokenTypes)
                {
                    writer.Line($"float* type = &types[(nint)(tokenTypes is null ? 0 : tokenTypes[row]) * {Text(kernel.Stride)}];");
                }

                using (writer.Braces($"for (nint i = 0; i < {Text(padded)}; i += {Text(isa.Lanes)})"))
                {
                    string value = isa.Load(kernel.Tied ? "&x[i]" : "&embedding[i]");
                    value = kernel.Scale == 1 ? value : $"({value} * {scale})";
                    value = kernel.PositionOffset is null ? value : $"{value} + {isa.Load("&added[i]")}";
                    value = kernel.TokenTypes ? $"{value} + {isa.Load("&type[i]")}" : value;
                    writer.Line($"{isa.VectorClass}.Store({value}, &x[i]);");
                }
            }
        }
    }

    /// <summary>Gathers a column of the packed output matrix.</summary>
    private static void EmitColumn(SourceWriter writer, InstructionSetDescription isa, EmbedKernel kernel)
    {
        writer.Line($"nint panel = token / {Text(isa.PanelWidth)};");
        if (kernel.Storage != WeightStorage.Float32)
        {
            writer.Line($"uint* column = (uint*)&table[(panel * {Text(isa.Lanes * kernel.Width)}) + (token % {Text(isa.Lanes)})];");
            writer.Line($"bool upper = token / {Text(isa.Lanes)} % 2 == 1;");
            using (writer.Braces($"for (nint i = 0; i < {Text(kernel.Width)}; i++)"))
            {
                writer.Line("uint weight = upper ? *column >> 16 : *column & 0xFFFF;");
                writer.Line($"x[i] = {StoredWeights.Widen(kernel.Storage, "weight")};");
                writer.Line($"column = &column[{Text(isa.Lanes)}];");
            }

            return;
        }

        int columns = Layout.Pad(kernel.VocabularySize);
        int wholeColumns = columns / isa.PanelWidth * isa.PanelWidth;
        writer.Line($"float* column = &table[(panel * {Text(isa.PanelWidth * kernel.Width)}) + (token % {Text(isa.PanelWidth)})];");
        string step = wholeColumns == columns ? Text(isa.PanelWidth) : "columns";
        if (wholeColumns != columns)
        {
            writer.Line($"int columns = token < {Text(wholeColumns)} ? {Text(isa.PanelWidth)} : {Text(columns - wholeColumns)};");
        }

        using (writer.Braces($"for (nint i = 0; i < {Text(kernel.Width)}; i++)"))
        {
            writer.Line("x[i] = *column;");
            writer.Line($"column = &column[{step}];");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
