using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes linear layers: panels of packed weights, shared out among the workers, each multiplied tile by tile.</summary>
internal static class LinearEmitter
{
    /// <summary>The parameters of every linear kernel.</summary>
    public static string Parameters(LinearKernel kernel) => SignatureText.Parameters(kernel);

    /// <summary>The tiles that a kernel needs; layers that differ in depth, or in whether they add to the output, share them.</summary>
    public static IEnumerable<TileShape> Tiles(LinearKernel kernel, InstructionSetDescription isa)
    {
        if (kernel.PackedOutputs >= isa.StreamPanels * isa.PanelWidth)
        {
            yield return Streams(kernel, isa);
        }

        if (HasPairs(kernel, isa))
        {
            yield return Pair(kernel, isa);
            yield return Whole(kernel, isa);
        }

        if (HasFirstRows(kernel, isa))
        {
            yield return FirstRows(kernel, isa);
        }

        if (kernel.PackedOutputs >= isa.PanelWidth)
        {
            yield return Single(kernel, isa, isa.PanelVectors);
        }

        if (kernel.PackedOutputs % isa.PanelWidth != 0)
        {
            yield return Single(kernel, isa, kernel.PackedOutputs % isa.PanelWidth / isa.Lanes);
        }
    }

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, LinearKernel kernel, RequiredFunctions functions)
    {
        int wholePanels = kernel.PackedOutputs / isa.PanelWidth;
        int narrow = kernel.PackedOutputs % isa.PanelWidth;
        int panels = Panels(kernel, isa);
        writer.Separate();
        writer.Line(
            $"// [rows, {kernel.Inputs}] to [rows, {kernel.Outputs}]: {wholePanels} panels of {isa.PanelWidth} packed columns{(narrow > 0 ? $" and one of {narrow}" : "")}."
        );
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            if (kernel.Epilogue.Gated)
            {
                writer.Line($"float* sums = stackalloc float[{Text(System.Math.Max(isa.TileRows, isa.StreamPanels) * isa.PanelWidth)}];");
            }

            if (panels == 1)
            {
                // One panel is one worker's work.
                using (writer.Braces("if (worker == 0)"))
                {
                    EmitTiles(writer, isa, kernel, Single(kernel, isa, wholePanels == 1 ? isa.PanelVectors : narrow / isa.Lanes), "0");
                }
            }
            else
            {
                writer.Line($"const int Panels = {Text(panels)};");
                RowShares.EmitManyRows(writer, kernel.InputStride, kernel.OutputStride);
                writer.Line(RowShares.Panels);
                EmitPanels(writer, isa, kernel, wholePanels, narrow);
            }
        }

        if (Finish(kernel, isa, functions) is { } finish)
        {
            EmitFinish(writer, isa, kernel, finish);
        }
    }

    /// <summary>Whether there is more to share out than one panel.</summary>
    public static bool SharesRows(LinearKernel kernel, InstructionSetDescription isa) => Panels(kernel, isa) > 1;

    /// <summary>The panels of packed weights, the last of which may be narrower.</summary>
    public static int Panels(LinearKernel kernel, InstructionSetDescription isa) =>
        (kernel.PackedOutputs + isa.PanelWidth - 1) / isa.PanelWidth;

    private static void EmitPanels(SourceWriter writer, InstructionSetDescription isa, LinearKernel kernel, int wholePanels, int narrow)
    {
        string lastWhole = narrow == 0 ? "endPanel" : "global::System.Math.Min(endPanel, Panels - 1)";
        string Loop(int step) => $"for (; panel <= {lastWhole} - {Text(step)}; panel += {Text(step)})";
        if (wholePanels >= isa.StreamPanels)
        {
            using (writer.Braces("if (rows == 1)"))
            {
                writer.Line("// One row is as fast as its weights are read, and memory serves several streams faster than one.");
                using (writer.Braces(Loop(isa.StreamPanels)))
                {
                    EmitTile(writer, isa, kernel, Streams(kernel, isa), "panel", "1");
                }
            }
        }

        if (HasPairs(kernel, isa))
        {
            using (writer.Braces($"if (rows <= {Text(isa.TileRowsOf(2 * isa.PanelVectors))})"))
            using (writer.Braces(Loop(2)))
            {
                EmitTile(writer, isa, kernel, Pair(kernel, isa), "panel", "rows");
            }

            // So many rows that fit a tile over one panel read its weights once; over two they would read them twice.
            if (Whole(kernel, isa).Panels == 2)
            {
                using (writer.Braces($"else if (rows > {Text(isa.TileRows)})"))
                using (writer.Braces(Loop(2)))
                {
                    EmitTiles(writer, isa, kernel, Pair(kernel, isa), "panel", Whole(kernel, isa));
                }
            }
        }

        TileShape? shared = HasPairs(kernel, isa) && Whole(kernel, isa) is { Panels: 1 } whole ? whole : null;
        using (writer.Braces("for (; panel < endPanel; panel++)"))
        {
            if (narrow == 0)
            {
                EmitTiles(writer, isa, kernel, Single(kernel, isa, isa.PanelVectors), "panel", shared);
            }
            else
            {
                using (writer.Braces("if (panel < Panels - 1)"))
                {
                    EmitTiles(writer, isa, kernel, Single(kernel, isa, isa.PanelVectors), "panel", shared);
                }

                using (writer.Braces("else"))
                {
                    EmitTiles(writer, isa, kernel, Single(kernel, isa, narrow / isa.Lanes), "panel");
                }
            }
        }
    }

    /// <summary>All rows through the panels at hand, tile by tile; whole tiles may have a family of their own.</summary>
    private static void EmitTiles(
        SourceWriter writer,
        InstructionSetDescription isa,
        LinearKernel kernel,
        TileShape tile,
        string panel,
        TileShape? whole = null
    )
    {
        writer.Line($"float* panelWeights = {WeightsAt(kernel, isa, panel)};");
        writer.Line($"float* panelOutput = {OutputAt(kernel, isa, panel)};");
        TileShape? asking = whole ?? (tile.Prefetch == TilePrefetch.Ahead ? tile : null);
        int turn = asking is null ? 1 : TileEmitter.DepthsPerTurn(isa, asking, asking.LeastRows);
        if (asking is not null)
        {
            string share = asking == whole ? "a share with each whole tile" : "a share with each tile";
            writer.Line(
                $"// The next {(asking.Panels == 1 ? "panel, which follows this one" : "panels, which follow these")} in memory, {(asking.Panels == 1 ? "comes" : "come")} closer while {(asking.Panels == 1 ? "this is" : "these are")} multiplied: {share}."
            );
            writer.Line($"float* ahead = &panelWeights[{Text(asking.Panels * PanelFloats(kernel, isa))}];");
            writer.Line($"int aheadTiles = {Text(asking.Panels * asking.WeightStride * turn / Layout.Line)};");
        }

        using (writer.Braces("for (int row = 0, height; row < rows; row += height)"))
        {
            writer.Line($"height = {TileEmitter.NextHeight(isa, tile, "rows - row")};");
            string input = $"&input[(nint)row * {Text(kernel.InputStride)}]",
                output = $"&panelOutput[(nint)row * {Text(kernel.OutputStride)}]";
            if (whole is null && tile.LeastRows == 1)
            {
                EmitCall(writer, isa, kernel, tile, input, "panelWeights", output, panel, "height");
                return;
            }

            // The first tile reads weights from afar and asks for its own as it goes.
            if (whole is null)
            {
                using (writer.Braces("if (row == 0)"))
                {
                    EmitCall(writer, isa, kernel, FirstRows(kernel, isa), "input", "panelWeights", "panelOutput", panel, "height");
                }
            }
            else
            {
                using (writer.Braces($"if (row > 0 && height == {Text(whole.LeastRows)})"))
                {
                    EmitCall(writer, isa, kernel, whole, input, "panelWeights", output, panel, Text(whole.LeastRows));
                    Advance();
                }
            }

            using (writer.Braces("else"))
            {
                EmitCall(writer, isa, kernel, tile, input, "panelWeights", output, panel, "height");
            }

            if (asking == tile)
            {
                Advance();
            }
        }

        // What has been asked for is not asked for again, but what is multiplied: it is near.
        void Advance() => writer.Line($"ahead = --aheadTiles > 0 ? &ahead[{Text(kernel.Inputs / turn * Layout.Line)}] : panelWeights;");
    }

    /// <summary>All rows through the panels at hand in a single tile.</summary>
    private static void EmitTile(
        SourceWriter writer,
        InstructionSetDescription isa,
        LinearKernel kernel,
        TileShape tile,
        string panel,
        string rows
    ) => EmitCall(writer, isa, kernel, tile, "input", WeightsAt(kernel, isa, panel), OutputAt(kernel, isa, panel), panel, rows);

    /// <summary>A tile, and what happens to its sums while they are still in the first-level cache.</summary>
    private static void EmitCall(
        SourceWriter writer,
        InstructionSetDescription isa,
        LinearKernel kernel,
        TileShape tile,
        string input,
        string weights,
        string output,
        string panel,
        string rows
    )
    {
        bool gated = kernel.Epilogue.Gated;
        string sums = gated ? $"sums, {Text(tile.Columns * isa.Lanes)}" : $"{output}, {Text(kernel.OutputStride)}";
        string arguments =
            $"{input}, {weights}, {sums}"
            + (kernel.Epilogue.Bias ? $", {At("bias", panel, isa.PanelWidth)}" : "")
            + ((tile.Prefetch & TilePrefetch.Ahead) != 0 ? ", ahead" : "");
        // Of a height that is known the method is called directly.
        string layer = $"<{LayerConstants.TypeOf(kernel)}>";
        writer.Line(
            int.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? $"{tile.Prefix}{rows}{layer}({arguments});"
                : $"{tile.Prefix}{layer}({rows}, {arguments});"
        );
        if (Finish(kernel, isa) is not null)
        {
            writer.Line($"{kernel.Name}Finish({(gated ? "sums, " : "")}{output}, {rows}, {Text(tile.Columns)});");
        }
    }

    /// <summary>What happens to a finished sum, if anything does; null where a tile's sums are the result.</summary>
    private static System.Func<string, string>? Finish(
        LinearKernel kernel,
        InstructionSetDescription isa,
        RequiredFunctions? functions = null
    )
    {
        if (kernel.Epilogue.Activation is { } activation)
        {
            functions?.Require(activation);
            return x => $"{activation}({x})";
        }

        if (kernel.Epilogue.SoftCap > 0)
        {
            functions?.RequireHyperbolicTangent();
            string cap = kernel.Epilogue.SoftCap.ToString("R", CultureInfo.InvariantCulture) + "f";
            return x => $"HyperbolicTangent({Scaled(kernel, x)} * (1 / {cap})) * {cap}";
        }

        if (kernel.Epilogue.Clip > 0)
        {
            // A NaN stays one.
            string clip = kernel.Epilogue.Clip.ToString("R", CultureInfo.InvariantCulture) + "f";
            return x => $"{isa.VectorClass}.Min({isa.VectorClass}.Max({x}, {isa.Broadcast("-" + clip)}), {isa.Broadcast(clip)})";
        }

        return kernel.Epilogue.Scale != 1 ? x => Scaled(kernel, x) : null;
    }

    /// <summary>Writes what turns the sums of a tile into results.</summary>
    private static void EmitFinish(
        SourceWriter writer,
        InstructionSetDescription isa,
        LinearKernel kernel,
        System.Func<string, string> finish
    )
    {
        writer.Separate();
        if (kernel.Epilogue.Gated)
        {
            writer.Line("// Gates and what they gate come in turns, a vector of each.");
            using (writer.Braces($"private static void {kernel.Name}Finish(float* sums, float* output, int rows, int vectors)"))
            using (
                writer.Braces(
                    $"for (; rows > 0; rows--, sums = &sums[vectors * {Text(isa.Lanes)}], output = &output[{Text(kernel.OutputStride)}])"
                )
            )
            using (writer.Braces($"for (nint i = 0; i < vectors / 2 * {Text(isa.Lanes)}; i += {Text(isa.Lanes)})"))
            {
                writer.Line(
                    $"{isa.VectorClass}.Store({finish(isa.Load("&sums[2 * i]"))} * {isa.Load($"&sums[(2 * i) + {Text(isa.Lanes)}]")}, &output[i]);"
                );
            }

            return;
        }

        using (writer.Braces($"private static void {kernel.Name}Finish(float* output, int rows, int vectors)"))
        using (writer.Braces($"for (; rows > 0; rows--, output = &output[{Text(kernel.OutputStride)}])"))
        using (writer.Braces($"for (nint i = 0; i < vectors * {Text(isa.Lanes)}; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.VectorClass}.Store({finish(isa.Load("&output[i]"))}, &output[i]);");
        }
    }

    private static string Scaled(LinearKernel kernel, string x) =>
        kernel.Epilogue.Scale == 1 ? x : x + " * " + kernel.Epilogue.Scale.ToString("R", CultureInfo.InvariantCulture) + "f";

    private static string WeightsAt(LinearKernel kernel, InstructionSetDescription isa, string panel) =>
        At("weights", panel, (long)PanelFloats(kernel, isa));

    private static string OutputAt(LinearKernel kernel, InstructionSetDescription isa, string panel) =>
        At("output", panel, kernel.Epilogue.Gated ? isa.PanelWidth / 2 : isa.PanelWidth);

    private static string At(string pointer, string panel, long step) =>
        panel == "0" ? pointer : $"&{pointer}[(nint){panel} * {step.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>The room of a panel, in floats: two weights of 16 bits take one float's.</summary>
    private static int PanelFloats(LinearKernel kernel, InstructionSetDescription isa) =>
        DepthFloats(kernel, isa, isa.PanelVectors) * kernel.Inputs;

    private static int DepthFloats(LinearKernel kernel, InstructionSetDescription isa, int vectors) =>
        kernel.Storage == WeightStorage.Float32 ? vectors * isa.Lanes : isa.Lanes;

    private static bool HasPairs(LinearKernel kernel, InstructionSetDescription isa) =>
        isa.TakesPairs && kernel.PackedOutputs >= 2 * isa.PanelWidth;

    private static TileShape Streams(LinearKernel kernel, InstructionSetDescription isa) =>
        Tile(kernel, isa, "Streams", isa.PanelVectors, isa.StreamPanels) with
        {
            MostRows = 1,

            // The CPU looks far enough ahead by itself where it does little more than read.
            Prefetch = kernel.Storage != WeightStorage.Float32 && isa.StreamAsksForNarrowWeights ? TilePrefetch.Own : TilePrefetch.None,
        };

    private static TileShape Pair(LinearKernel kernel, InstructionSetDescription isa) =>
        Tile(kernel, isa, "Pair", isa.PanelVectors, 2) with
        {
            Prefetch = Own(isa),
        };

    /// <summary>
    /// Whole tiles of many rows: only the first reads weights from afar, and all fetch the next. Two panels side by side take
    /// fewer broadcasts for the same multiplications; weights of 16 bits cost more to unpack than that saves, and are
    /// multiplied with as many rows as possible.
    /// </summary>
    private static TileShape Whole(LinearKernel kernel, InstructionSetDescription isa)
    {
        int panels = kernel.Storage == WeightStorage.Float32 ? 2 : 1;
        return Tile(kernel, isa, panels == 2 ? "WholePair" : "Whole", isa.PanelVectors, panels) with
        {
            Prefetch = isa.Prefetches ? TilePrefetch.Ahead : TilePrefetch.None,
            LeastRows = isa.TileRowsOf(panels * isa.PanelVectors),
        };
    }

    /// <summary>
    /// Where there are pairs, a single panel is for few rows or is left over. Where there are none it is for all rows but the
    /// first, which read weights from afar and have a family of their own.
    /// </summary>
    private static TileShape Single(LinearKernel kernel, InstructionSetDescription isa, int vectors) =>
        Tile(kernel, isa, vectors == isa.PanelVectors ? "" : "Narrow", vectors, 1) with
        {
            Prefetch =
                isa.TakesPairs ? Own(isa)
                : vectors == isa.PanelVectors ? NextPanel(kernel, isa)
                : TilePrefetch.None,
            LeastRows = vectors == isa.PanelVectors && HasFirstRows(kernel, isa) ? TileEmitter.LeastFollowing(isa) : 1,
        };

    private static bool HasFirstRows(LinearKernel kernel, InstructionSetDescription isa) =>
        isa.Prefetches && !isa.TakesPairs && kernel.PackedOutputs >= isa.PanelWidth;

    private static TileShape FirstRows(LinearKernel kernel, InstructionSetDescription isa) =>
        Tile(kernel, isa, "First", isa.PanelVectors, 1) with
        {
            Prefetch = Own(isa) | NextPanel(kernel, isa),
        };

    /// <summary>
    /// Where single panels are for many rows, all tiles ask for the next: what memory delivers while few rows are multiplied
    /// does not suffice for the first tile alone. Weights of 16 bits gain nothing: they are half as much, and unpacking takes the time.
    /// </summary>
    private static TilePrefetch NextPanel(LinearKernel kernel, InstructionSetDescription isa) =>
        HasFirstRows(kernel, isa) && kernel.Storage == WeightStorage.Float32 ? TilePrefetch.Ahead : TilePrefetch.None;

    private static TilePrefetch Own(InstructionSetDescription isa) => isa.Prefetches ? TilePrefetch.Own : TilePrefetch.None;

    private static TileShape Tile(LinearKernel kernel, InstructionSetDescription isa, string name, int vectors, int panels)
    {
        // Tiles that take some depths in each turn of their loop are shared by layers of which they take all so.
        int most = isa.MultipliesByLane ? isa.Lanes : isa.DepthsPerTurn;
        int depths = TileEmitter.DepthsDividing(kernel.Inputs, most);
        string bias = kernel.Epilogue.Bias ? "Bias" : "",
            storage = kernel.Storage == WeightStorage.Float32 ? "" : kernel.Storage.ToString();
        return new(
            $"Multiply{bias}{storage}{(depths < most ? "By" + Text(depths) : "")}{name}Rows",
            vectors,
            Depth: "inputs",
            InputStride: "inputStride",
            DepthFloats(kernel, isa, vectors),
            kernel.Epilogue.Bias ? TileStart.Bias : TileStart.Zero,
            OutputStride: null,
            panels
        )
        {
            LayerDepths = depths,
            Addition = kernel.Epilogue.AddToOutput ? TileAddition.Always : TileAddition.Never,
            Storage = kernel.Storage,
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
