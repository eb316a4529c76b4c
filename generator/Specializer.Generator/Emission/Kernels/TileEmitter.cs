using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes register tiles: the inner loops of everything that multiplies matrices.</summary>
internal static class TileEmitter
{
    // How far ahead of the multiplication a tile asks for its own weights, in floats of a panel: 4 KiB.
    private const int OwnDistance = 1024;

    // Tiles of so few rows wait for their weights, whatever else they do.
    private const int ThinRows = 2;

    /// <summary>The height of the next tile of a family, of the rows that are left.</summary>
    public static string NextHeight(InstructionSetDescription isa, TileShape shape, string rows) =>
        $"NextTileRows({rows}, {Text(MostRows(isa, shape))})";

    /// <summary>The least height of a tile that follows another: a whole tile leaves at least four rows, and halves of what is little more than one.</summary>
    public static int LeastFollowing(InstructionSetDescription isa) => System.Math.Min(4, (isa.SmallTileRows + 1) / 2);

    /// <summary>Writes the method that cuts rows into tiles, once per instruction set.</summary>
    public static void EmitTileRows(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        if (isa.SmallTileRows == isa.TileRows)
        {
            // Of few rows of few vectors each multiplication waits for the one before: three rows take as long as four.
            writer.Line(
                "/// <summary>The height of the next tile: as few tiles as can be, as equal as can be, the highest first.</summary>"
            );
            EmitTileRows(
                writer,
                "global::System.Math.Min(most, global::System.Math.Max(rows - ((rows - 1) / most * (most - 1)), global::System.Math.Min(most - 1, (rows + 1) / 2)));"
            );
            return;
        }

        // A whole tile leaves nothing or enough for a tile of four; otherwise halves, as far as there are tiles for them.
        string half =
            isa.TileRows + 3 > 2 * isa.SmallTileRows
                ? $"global::System.Math.Min({Text(isa.SmallTileRows)}, (rows + 1) / 2)"
                : "(rows + 1) / 2";
        writer.Line(
            "/// <summary>The height of the next tile: whole tiles first, and what is left in two halves rather than with a thin last tile.</summary>"
        );
        EmitTileRows(
            writer,
            $"rows >= most + 4 || rows == most ? most : rows <= global::System.Math.Min({Text(isa.SmallTileRows)}, most) ? rows : {half};"
        );
    }

    private static void EmitTileRows(SourceWriter writer, string height)
    {
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]"
        );
        writer.Line("private static int NextTileRows(int rows, int most) =>");
        using (writer.Indented())
        {
            writer.Line(height);
        }
    }

    /// <summary>Writes the methods of a family, and the one that calls the method for the height at hand.</summary>
    public static void Emit(SourceWriter writer, InstructionSetDescription isa, TileShape shape)
    {
        int[] heights = [.. Heights(isa, shape)];
        if (heights.Length > 1)
        {
            (string Type, string Name)[] parameters = [.. Parameters(shape)];
            writer.Separate();
            using (
                writer.Braces($"private static void {shape.Prefix}{Generic(shape)}(int rows, {Declared(parameters)}){Constraint(shape)}")
            )
            using (writer.Braces("switch (rows)"))
            {
                foreach (int rows in heights)
                {
                    writer.Line(
                        $"case {Text(rows)}: {shape.Prefix}{Text(rows)}{Generic(shape)}({string.Join(", ", parameters.Select(static parameter => parameter.Name))}); break;"
                    );
                }
            }
        }

        foreach (int rows in heights)
        {
            EmitTile(writer, isa, shape, rows);
        }
    }

    /// <summary>The heights for which a family has a method.</summary>
    private static IEnumerable<int> Heights(InstructionSetDescription isa, TileShape shape)
    {
        int most = MostRows(isa, shape),
            small = System.Math.Min(most, isa.SmallTileRows);
        return Enumerable.Range(1, small).Concat(small < most ? [most] : []).Where(rows => rows >= shape.LeastRows);
    }

    private static int MostRows(InstructionSetDescription isa, TileShape shape) => shape.MostRows ?? isa.TileRowsOf(shape.Columns);

    private static IEnumerable<(string Type, string Name)> Parameters(TileShape shape)
    {
        yield return ("float*", "input");
        yield return ("float*", "weights");
        yield return ("float*", "output");
        if (shape.OutputStride is null)
        {
            yield return ("nint", "outputStride");
        }

        if (shape.Start != TileStart.Zero)
        {
            yield return ("float*", shape.Start == TileStart.Bias ? "bias" : "factors");
        }

        if (shape.KnownMultiple is null)
        {
            yield return ("nint", shape.Depth.Name);
        }

        if ((shape.Prefetch & TilePrefetch.Ahead) != 0)
        {
            yield return ("float*", "ahead");
        }
    }

    private static string Generic(TileShape shape) => shape.LayerDepths is null ? "" : "<TLayer>";

    private static string Constraint(TileShape shape) =>
        shape.LayerDepths is null ? "" : $"\n    where TLayer : struct, {LayerConstants.Interface}";

    private static string Declared(IEnumerable<(string Type, string Name)> parameters) =>
        string.Join(", ", parameters.Select(static parameter => parameter.Type + " " + parameter.Name));

    private static void EmitTile(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        writer.Separate();
        writer.Line($"// {rows} row{(rows == 1 ? "" : "s")} by {shape.Columns * isa.Lanes} columns, {Depth(shape)}.");
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]"
        );
        using (
            writer.Braces(
                $"private static void {shape.Prefix}{Text(rows)}{Generic(shape)}({Declared(Parameters(shape))}){Constraint(shape)}"
            )
        )
        {
            if (shape.LayerDepths is not null)
            {
                writer.Line(
                    $"int {shape.Depth.Name} = TLayer.{LayerConstants.Inputs}{(rows == 1 ? "" : $", {shape.InputStride.Name} = TLayer.{LayerConstants.InputStride}")};"
                );
            }

            // Read through a pointer: the JIT compiler takes a tenth less time for a tile than where each weight is a call.
            string vector = shape.Storage == WeightStorage.Float32 ? isa.Vector : isa.WordVector;
            writer.Line($"{vector}* vectors = ({vector}*)weights;");
            for (int row = 0; row < rows; row++)
            {
                if (shape.Start == TileStart.ScaledOutput)
                {
                    writer.Line($"{isa.Vector} factor{Text(row)} = {isa.Broadcast($"factors[{Text(row)}]")};");
                }

                writer.Line(
                    $"{isa.Vector} {string.Join(", ", Columns(shape).Select(column => $"{Sum(row, column)} = {Start(isa, shape, row, column)}"))};"
                );
            }

            EmitLoop(writer, isa, shape, rows);
            EmitAddition(writer, isa, shape, rows);
            for (int row = 0; row < rows; row++)
            {
                // Where only a run of the code knows how far rows are apart, the pointer moves from one to the next.
                string next = row > 0 && shape.OutputStride is null ? "output = &output[outputStride]; " : "";
                writer.Line(next + string.Join(" ", Columns(shape).Select(column => Store(isa, shape, row, column))));
            }
        }
    }

    /// <summary>Where only some of the layers that share a tile add to the output, as the layer says: no instruction is left of the question.</summary>
    private static void EmitAddition(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        if (shape.Addition != TileAddition.OfLayer)
        {
            return;
        }

        using (writer.Braces($"if (TLayer.{LayerConstants.AddsToOutput})"))
        {
            writer.Line("float* held = output;");
            for (int row = 0; row < rows; row++)
            {
                writer.Line(
                    (row > 0 ? "held = &held[outputStride]; " : "")
                        + string.Join(
                            " ",
                            Columns(shape)
                                .Select(column =>
                                    $"{Sum(row, column)} = {isa.Load(Offset("held", column * isa.Lanes))} + {Sum(row, column)};"
                                )
                        )
                );
            }
        }
    }

    /// <summary>A few depths per turn, and what they leave over one by one.</summary>
    private static void EmitLoop(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows)
    {
        int depths = DepthsPerTurn(isa, shape, rows);
        bool divides = shape.KnownMultiple is { } multiple ? multiple % depths == 0 : depths == 1;
        if (shape.Depth.Value is null || shape.Depth.Value >= depths)
        {
            // A depth is one at least, and what divides it goes into it once.
            bool once = divides || shape.Depth.Value is not null;
            writer.Line(
                $"float* end = &input[{(shape.Depth.Value is { } whole ? Text(whole / depths * depths) : divides ? shape.Depth.Name : $"{shape.Depth.Name} & ~(nint){Text(depths - 1)}")}];"
            );
            writer.Line(once ? "do" : "while (input != end)");
            writer.Line("{");
            using (writer.Indented())
            {
                EmitTurn(writer, isa, shape, rows, depths);
                // Not +=, for which the compiler tries every operator it knows.
                writer.Line($"input = {Offset("input", depths)};");
                writer.Line($"vectors = {Offset("vectors", depths * shape.DepthVectors(isa.Lanes))};");
            }

            writer.Line("}");
            if (once)
            {
                writer.Line("while (input != end);");
            }
        }

        if (!divides)
        {
            string rest = shape.Depth.Value is { } known ? Text(known % depths) : $"{shape.Depth.Name} & {Text(depths - 1)}";
            using (
                writer.Braces(
                    $"for (float* last = &input[{rest}]; input != last; input = {Offset("input", 1)}, vectors = {Offset("vectors", shape.DepthVectors(isa.Lanes))})"
                )
            )
            {
                EmitDepth(writer, isa, shape, rows, 0);
            }
        }
    }

    /// <summary>
    /// As many as a vector has lanes where it multiplies by lane. Otherwise thin tiles wait for their weights, and those that
    /// ask for nothing but their own for memory: only others gain by more than one depth.
    /// </summary>
    public static int DepthsPerTurn(InstructionSetDescription isa, TileShape shape, int rows)
    {
        if (isa.MultipliesByLane)
        {
            return isa.Lanes;
        }

        int depths = rows <= ThinRows || shape is { Prefetch: TilePrefetch.Own, KnownMultiple: not null } ? 1 : isa.DepthsPerTurn;
        return shape.KnownMultiple is { } multiple ? DepthsDividing(multiple, depths) : depths;
    }

    /// <summary>The most depths of a turn, a power of two, that divide a depth.</summary>
    public static int DepthsDividing(int depth, int most)
    {
        while (depth % most > 0)
        {
            most /= 2;
        }

        return most;
    }

    private static void EmitTurn(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows, int depths)
    {
        if (isa.MultipliesByLane)
        {
            // Each row's values are loaded once and multiplied lane by lane.
            writer.Line(
                $"{isa.Vector} {string.Join(", ", Enumerable.Range(0, rows).Select(row => $"values{Text(row)} = {isa.Load(At("input", shape.InputStride.Times(row, 0)))}"))};"
            );
        }

        for (int depth = 0; depth < depths; depth++)
        {
            EmitDepth(writer, isa, shape, rows, depth, isa.MultipliesByLane);
        }
    }

    /// <summary>One depth of a turn, which declares its variables if it is the first.</summary>
    private static void EmitDepth(
        SourceWriter writer,
        InstructionSetDescription isa,
        TileShape shape,
        int rows,
        int depth,
        bool byLane = false
    )
    {
        // With one row every weight is used once, and need not be in a register of its own.
        bool declare = depth == 0;
        EmitWords(writer, isa, shape, depth, declare);
        string Weight(int column) => rows == 1 ? LoadWeight(isa, shape, column, depth) : "weight" + Text(column);
        if (rows > 1)
        {
            writer.Line(
                (declare ? isa.Vector + " " : "")
                    + string.Join(
                        declare ? ", " : "; ",
                        Columns(shape).Select(column => $"weight{Text(column)} = {LoadWeight(isa, shape, column, depth)}")
                    )
                    + ";"
            );
        }

        for (int row = 0; row < rows; row++)
        {
            string value = byLane
                ? ""
                : $"{(declare && row == 0 ? isa.Vector + " " : "")}value = {isa.Broadcast($"input[{shape.InputStride.Times(row, depth)}]")}; ";
            writer.Line(
                value
                    + string.Join(
                        " ",
                        Columns(shape)
                            .Select(column =>
                                Sum(row, column)
                                + " = "
                                + (
                                    byLane
                                        ? isa.MultiplyAddLane(Sum(row, column), Weight(column), "values" + Text(row), depth)
                                        : isa.MultiplyAdd(Sum(row, column), "value", Weight(column))
                                )
                                + ";"
                            )
                    )
            );
        }

        EmitPrefetch(writer, isa, shape, rows, depth);
    }

    /// <summary>Where two weights share a word, loads the words of one depth of each panel.</summary>
    private static void EmitWords(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int depth, bool declare)
    {
        if (shape.Storage != WeightStorage.Float32)
        {
            writer.Line(
                (declare ? isa.WordVector + " " : "")
                    + string.Join(
                        declare ? ", " : "; ",
                        Enumerable
                            .Range(0, shape.Panels)
                            .Select(panel => $"words{Text(panel)} = {WeightAt(isa, shape, panel * shape.Vectors, depth)}")
                    )
                    + ";"
            );
        }
    }

    /// <summary>A vector of weights, from memory or from words that are loaded.</summary>
    private static string LoadWeight(InstructionSetDescription isa, TileShape shape, int column, int depth)
    {
        string words = "words" + Text(column / shape.Vectors);
        return shape.Storage == WeightStorage.Float32 ? WeightAt(isa, shape, column, depth)
            : column % shape.Vectors == 0 ? StoredWeights.Lower(isa, shape.Storage, words)
            : StoredWeights.Upper(isa, shape.Storage, words);
    }

    private static string WeightAt(InstructionSetDescription isa, TileShape shape, int column, int depth) =>
        $"vectors[{shape.WeightIndex(column, isa.Lanes, depth * shape.DepthVectors(isa.Lanes))}]";

    private static void EmitPrefetch(SourceWriter writer, InstructionSetDescription isa, TileShape shape, int rows, int depth)
    {
        if ((shape.Prefetch & TilePrefetch.Own) != 0)
        {
            int lineVectors = shape.Storage == WeightStorage.Float32 ? Layout.Line / isa.Lanes : shape.Vectors;
            writer.Line(
                string.Join(
                    " ",
                    Columns(shape)
                        .Where(column => column % shape.Vectors % lineVectors == 0)
                        .Select(column =>
                            isa.Prefetch(
                                $"&vectors[{shape.WeightIndex(column, isa.Lanes, (depth * shape.DepthVectors(isa.Lanes)) + (OwnDistance / isa.Lanes))}]",
                                toFirstLevel: true
                            )
                        )
                )
            );
        }

        if ((shape.Prefetch & TilePrefetch.Ahead) != 0 && depth == 0 && rows > ThinRows)
        {
            writer.Line(isa.Prefetch("ahead", toFirstLevel: false));
            writer.Line($"ahead = {Offset("ahead", Layout.Line)};");
        }
    }

    private static string Depth(TileShape shape) =>
        shape.LayerDepths is not null ? "the layer's depth"
        : shape.Depth.Value is { } depth ? "depth " + Text(depth)
        : "depth as given";

    private static IEnumerable<int> Columns(TileShape shape) => Enumerable.Range(0, shape.Columns);

    private static string Sum(int row, int column) => $"sum{Text(row)}_{Text(column)}";

    private static string Start(InstructionSetDescription isa, TileShape shape, int row, int column) =>
        shape.Start switch
        {
            TileStart.Bias => isa.Load(Offset("bias", column * isa.Lanes)),
            TileStart.ScaledOutput => isa.Load(Output(isa, shape, row, column)) + " * factor" + Text(row),
            _ => isa.Zero,
        };

    private static string Store(InstructionSetDescription isa, TileShape shape, int row, int column)
    {
        string output = Output(isa, shape, row, column);
        return shape.Addition == TileAddition.Always
            ? $"{isa.VectorClass}.Store({isa.Load(output)} + {Sum(row, column)}, {output});"
            : $"{isa.VectorClass}.Store({Sum(row, column)}, {output});";
    }

    private static string Output(InstructionSetDescription isa, TileShape shape, int row, int column) =>
        Offset("output", (row * (shape.OutputStride ?? 0)) + (column * isa.Lanes));

    /// <summary>
    /// An element's address and not a sum, as in all kernels: for the sum of a pointer and a number the C# compiler tries
    /// every operator that it has, and a third of the time that a model took to compile went to that.
    /// </summary>
    public static string At(string pointer, string index) => index == "0" ? pointer : $"&{pointer}[{index}]";

    private static string Offset(string pointer, int offset) => At(pointer, Text(offset));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
