using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes register tiles: the inner loops of everything that multiplies matrices.</summary>
internal static class TileEmitter
{
    /// <summary>The heights for which a family has a method: one for streams.</summary>
    private static IEnumerable<int> Heights(InstructionSetDescription isa, TileShape shape) =>
        shape.Panels > 2 ? [1]
        : shape.Panels == 2 || shape.BesidePairs ? Enumerable.Range(1, isa.TwoPanelTileRows)
        : Enumerable.Range(1, isa.SmallTileRows).Concat(isa.SmallTileRows < isa.TileRows ? [isa.TileRows] : []);

    /// <summary>The height of the next tile of a family, of the rows that are left.</summary>
    public static string NextHeight(TileShape shape, string rows) =>
        shape.Panels > 2 ? "1" : (shape.Panels == 2 || shape.BesidePairs ? "NextTwoPanelTileRows(" : "NextTileRows(") + rows + ")";

    /// <summary>Writes the method that cuts rows into tiles, once per instruction set.</summary>
    public static void EmitTileRows(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line("/// <summary>The height of the next tile: whole tiles first, and what is left in two halves rather than with a thin last tile.</summary>");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
        writer.Line("private static int NextTileRows(int rows) =>");
        using (writer.Indented())
        {
            // A whole tile leaves nothing or enough for a tile of four; otherwise halves, as far as there are tiles for them.
            string half = isa.TileRows + 3 > 2 * isa.SmallTileRows ? $"global::System.Math.Min({isa.SmallTileRows}, (rows + 1) / 2)" : "(rows + 1) / 2";
            writer.Line($"rows >= {isa.TileRows + 4} || rows == {isa.TileRows} ? {isa.TileRows} : rows <= {isa.SmallTileRows} ? rows : {half};");
        }

        if (isa.TwoPanelTileRows > 0)
        {
            writer.Separate();
            writer.Line("/// <summary>The same for tiles over two panels and over the panel that these leave over.</summary>");
            writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
            writer.Line("private static int NextTwoPanelTileRows(int rows) =>");
            using (writer.Indented())
            {
                writer.Line($"rows >= {isa.TwoPanelTileRows + 4} ? {isa.TwoPanelTileRows} : rows <= {isa.TwoPanelTileRows} ? rows : (rows + 1) / 2;");
            }
        }
    }

    /// <summary>Writes a call of the method for the height at hand.</summary>
    public static void EmitSwitch(SourceWriter writer, InstructionSetDescription isa, TileShape shape, string height, string arguments)
    {
        using (writer.Braces($"switch ({height})"))
        {
            foreach (int rows in Heights(isa, shape))
            {
                writer.Line($"case {Text(rows)}: {shape.Prefix}{Text(rows)}({arguments}); break;");
            }
        }
    }

    /// <summary>Writes the methods of a family.</summary>
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, TileShape shape)
    {
        foreach (int rows in Heights(isa, shape))
        {
            EmitTile(writer, isa, shape, rows);
        }
    }

    private static void EmitTile(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        string parameters = "float* input, float* weights, float* output"
            + (shape.OutputStride is null ? ", nint outputStride" : "")
            + (shape.Start switch { TileStart.Bias => ", float* bias", TileStart.ScaledOutput => ", float* factors", _ => "" })
            + (shape.Depth is null ? ", nint depth" : "")
            + (shape.Prefetches ? ", float* ahead" : "");
        writer.Separate();
        writer.Line($"// {rows} row{(rows == 1 ? "" : "s")} by {shape.Columns * isa.Lanes} columns, depth {(shape.Depth is { } fixedDepth ? Text(fixedDepth) : "as given")}.");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]");
        using (writer.Braces($"private static void {shape.Prefix}{Text(rows)}({parameters})"))
        {
            for (int row = 0; row < rows; row++)
            {
                if (shape.Start == TileStart.ScaledOutput)
                {
                    writer.Line($"{isa.Vector} factor{Text(row)} = {isa.Broadcast($"factors[{Text(row)}]")};");
                }

                writer.Line($"{isa.Vector} {string.Join(", ", Columns(shape).Select(column => $"{Sum(row, column)} = {Start(isa, shape, row, column)}"))};");
            }

            if (isa.MultipliesByLane)
            {
                EmitLoopByLane(writer, isa, shape, rows);
            }
            else
            {
                EmitLoop(writer, isa, shape, rows);
            }

            for (int row = 0; row < rows; row++)
            {
                writer.Line(string.Join(" ", Columns(shape).Select(column => Store(isa, shape, row, column))));
            }
        }
    }

    /// <summary>One depth per turn: load the weights, broadcast each row's value, multiply and add.</summary>
    private static void EmitLoop(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        writer.Line($"float* end = input + {(shape.Depth is { } depth ? Text(depth) : "depth")};");
        writer.Line("do");
        writer.Line("{");
        using (writer.Indented())
        {
            // With one row every weight is used once, and need not be in a register of its own.
            string Weight(int column) => rows == 1 ? isa.Load(Offset("weights", shape.WeightOffset(column, isa.Lanes))) : "weight" + Text(column);
            if (rows > 1)
            {
                writer.Line($"{isa.Vector} {string.Join(", ", Columns(shape).Select(column => $"weight{Text(column)} = {isa.Load(Offset("weights", shape.WeightOffset(column, isa.Lanes)))}"))};");
            }

            for (int row = 0; row < rows; row++)
            {
                writer.Line($"{(row == 0 ? isa.Vector + " " : "")}value = {isa.Broadcast($"input[{Text(row * shape.InputStride)}]")}; "
                    + string.Join(" ", Columns(shape).Select(column => $"{Sum(row, column)} = {isa.MultiplyAdd(Sum(row, column), "value", Weight(column))};")));
            }

            if (shape.Prefetches)
            {
                writer.Line(isa.Prefetch("ahead")!);
                writer.Line($"ahead += {Text(Layout.Line)};");
            }

            writer.Line("input++;");
            writer.Line($"weights += {Text(shape.WeightStride)};");
        }

        writer.Line("}");
        writer.Line("while (input != end);");
    }

    /// <summary>As many depths per turn as a vector has lanes: each row's values are loaded once and multiplied lane by lane.</summary>
    private static void EmitLoopByLane(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        int lanes = isa.Lanes;
        if (shape.Depth is not { } depth || depth >= lanes)
        {
            writer.Line($"float* end = input + {(shape.Depth is { } whole ? Text(whole / lanes * lanes) : $"(depth & ~(nint){lanes - 1})")};");
            using (writer.Braces("while (input != end)"))
            {
                writer.Line($"{isa.Vector} {string.Join(", ", Enumerable.Range(0, rows).Select(row => $"values{Text(row)} = {isa.Load(Offset("input", row * shape.InputStride))}"))};");
                writer.Line($"{isa.Vector} {string.Join(", ", Columns(shape).Select(column => "weight" + Text(column)))};");
                for (int lane = 0; lane < lanes; lane++)
                {
                    writer.Line(string.Join(" ", Columns(shape).Select(column => $"weight{Text(column)} = {isa.Load(Offset("weights", (lane * shape.WeightStride) + shape.WeightOffset(column, lanes)))};")));
                    for (int row = 0; row < rows; row++)
                    {
                        writer.Line(string.Join(" ", Columns(shape).Select(column => $"{Sum(row, column)} = {isa.MultiplyAddLane(Sum(row, column), "weight" + Text(column), "values" + Text(row), lane)};")));
                    }
                }

                writer.Line($"input += {lanes};");
                writer.Line($"weights += {Text(lanes * shape.WeightStride)};");
            }
        }

        if (shape.Depth is { } known && known % lanes == 0)
        {
            return;
        }

        string rest = shape.Depth is { } d ? Text(d % lanes) : $"(depth & {lanes - 1})";
        using (writer.Braces($"for (float* last = input + {rest}; input != last; input++, weights += {Text(shape.WeightStride)})"))
        {
            writer.Line($"{isa.Vector} {string.Join(", ", Columns(shape).Select(column => $"weight{Text(column)} = {isa.Load(Offset("weights", shape.WeightOffset(column, lanes)))}"))};");
            for (int row = 0; row < rows; row++)
            {
                writer.Line($"{(row == 0 ? isa.Vector + " " : "")}value = {isa.Broadcast($"input[{Text(row * shape.InputStride)}]")}; "
                    + string.Join(" ", Columns(shape).Select(column => $"{Sum(row, column)} = {isa.MultiplyAdd(Sum(row, column), "value", "weight" + Text(column))};")));
            }
        }
    }

    private static IEnumerable<int> Columns(TileShape shape) => Enumerable.Range(0, shape.Columns);

    private static string Sum(int row, int column) => $"sum{Text(row)}_{Text(column)}";

    private static string Start(InstructionSetDescription isa, TileShape shape, int row, int column) => shape.Start switch
    {
        TileStart.Bias => isa.Load(Offset("bias", column * isa.Lanes)),
        TileStart.ScaledOutput => isa.Load(Output(isa, shape, row, column)) + " * factor" + Text(row),
        _ => isa.Zero,
    };

    private static string Store(InstructionSetDescription isa, TileShape shape, int row, int column)
    {
        string output = Output(isa, shape, row, column);
        return shape.AddToOutput
            ? $"{isa.VectorClass}.Store({isa.Load(output)} + {Sum(row, column)}, {output});"
            : $"{isa.VectorClass}.Store({Sum(row, column)}, {output});";
    }

    private static string Output(InstructionSetDescription isa, TileShape shape, int row, int column)
    {
        int offset = column * isa.Lanes;
        return shape.OutputStride is { } stride ? Offset("output", (row * stride) + offset)
            : row == 0 ? Offset("output", offset)
            : Offset(row == 1 ? "output + outputStride" : $"output + ({Text(row)} * outputStride)", offset);
    }

    private static string Offset(string pointer, int offset) => offset == 0 ? pointer : pointer + " + " + Text(offset);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
