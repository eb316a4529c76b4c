using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes linear layers: panels of packed weights, shared out among the workers, each multiplied tile by tile.</summary>
internal static class LinearEmitter
{
    /// <summary>The parameters of every linear kernel.</summary>
    public static string Parameters(LinearKernel kernel) =>
        "float* input, float* weights, " + (kernel.Epilogue.Bias ? "float* bias, " : "") + "float* output, int rows, int worker, int workers";

    /// <summary>The tiles that a kernel needs; kernels of equal depth share them.</summary>
    public static IEnumerable<TileShape> Tiles(LinearKernel kernel, InstructionSetDescription isa)
    {
        if (kernel.PackedOutputs >= isa.PanelWidth)
        {
            yield return Tile(kernel, isa, isa.PanelVectors);
        }

        if (kernel.PackedOutputs >= 2 * isa.PanelWidth && isa.TwoPanelTileRows > 0)
        {
            yield return Tile(kernel, isa, isa.PanelVectors, 2);
        }

        if (kernel.PackedOutputs >= isa.StreamPanels * isa.PanelWidth)
        {
            yield return Tile(kernel, isa, isa.PanelVectors, isa.StreamPanels);
        }

        if (kernel.PackedOutputs % isa.PanelWidth != 0)
        {
            yield return Tile(kernel, isa, kernel.PackedOutputs % isa.PanelWidth / isa.Lanes);
        }
    }

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, LinearKernel kernel, RequiredFunctions functions)
    {
        int wholePanels = kernel.PackedOutputs / isa.PanelWidth;
        int narrow = kernel.PackedOutputs % isa.PanelWidth;
        int panels = wholePanels + (narrow > 0 ? 1 : 0);
        writer.Separate();
        writer.Line($"// [rows, {kernel.Inputs}] to [rows, {kernel.Outputs}]: {wholePanels} panels of {isa.PanelWidth} packed columns{(narrow > 0 ? $" and one of {narrow}" : "")}.");
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            if (kernel.Epilogue.Gated)
            {
                writer.Line($"float* sums = stackalloc float[{Text(isa.TileRows * isa.PanelWidth)}];");
            }

            if (panels == 1)
            {
                // One panel is one worker's work.
                using (writer.Braces("if (worker == 0)"))
                {
                    EmitPanel(writer, isa, kernel, functions, "0", wholePanels == 1 ? isa.PanelVectors : narrow / isa.Lanes);
                }

                return;
            }

            writer.Line($"const int Panels = {Text(panels)};");
            writer.Line("int panel = Panels * worker / workers, endPanel = Panels * (worker + 1) / workers;");
            string lastWhole = narrow == 0 ? "endPanel" : "global::System.Math.Min(endPanel, Panels - 1)";
            if (wholePanels >= isa.StreamPanels)
            {
                using (writer.Braces("if (rows == 1)"))
                {
                    writer.Line("// One row is as fast as its weights are read, and memory serves several streams faster than one.");
                    using (writer.Braces($"for (; panel <= {lastWhole} - {isa.StreamPanels}; panel += {isa.StreamPanels})"))
                    {
                        EmitPanel(writer, isa, kernel, functions, "panel", isa.PanelVectors, isa.StreamPanels);
                    }
                }
            }

            if (wholePanels >= 2 && isa.TwoPanelTileRows > 0)
            {
                using (writer.Braces($"for (; panel <= {lastWhole} - 2; panel += 2)"))
                {
                    EmitPanel(writer, isa, kernel, functions, "panel", isa.PanelVectors, 2);
                }
            }

            using (writer.Braces("for (; panel < endPanel; panel++)"))
            {
                if (narrow == 0)
                {
                    EmitPanel(writer, isa, kernel, functions, "panel", isa.PanelVectors);
                }
                else
                {
                    using (writer.Braces("if (panel < Panels - 1)"))
                    {
                        EmitPanel(writer, isa, kernel, functions, "panel", isa.PanelVectors);
                    }

                    using (writer.Braces("else"))
                    {
                        EmitPanel(writer, isa, kernel, functions, "panel", narrow / isa.Lanes);
                    }
                }
            }
        }
    }

    private static void EmitPanel(SourceWriter writer, InstructionSetDescription isa, LinearKernel kernel, RequiredFunctions functions, string panel, int vectors, int panels = 1)
    {
        bool gated = kernel.Epilogue.Gated;
        int outputColumns = gated ? isa.PanelWidth / 2 : isa.PanelWidth;
        string At(string pointer, long step) => panel == "0" ? pointer : $"{pointer} + ((nint){panel} * {step.ToString(CultureInfo.InvariantCulture)})";

        writer.Line($"float* panelWeights = {At("weights", (long)isa.PanelWidth * kernel.Inputs)};");
        writer.Line($"float* panelOutput = {At("output", outputColumns)};");
        TileShape tile = Tile(kernel, isa, vectors, panels);
        if (tile.Prefetches)
        {
            writer.Line("// The next panels, which follow these in memory, come closer while these are multiplied: a share with each tile.");
            writer.Line($"float* ahead = panelWeights + {Text(panels * isa.PanelWidth * kernel.Inputs)};");
            writer.Line($"int aheadTiles = {Text(panels * isa.PanelWidth / Layout.Line)};");
        }

        writer.Line("int height;");
        using (writer.Braces("for (int row = 0; row < rows; row += height)"))
        {
            writer.Line($"height = {TileEmitter.NextHeight(tile, "rows - row")};");
            writer.Line($"float* tileOutput = panelOutput + ((nint)row * {Text(kernel.OutputStride)});");
            string arguments = $"input + ((nint)row * {Text(kernel.InputStride)}), panelWeights, {(gated ? "sums" : "tileOutput")}, {Text(gated ? panels * isa.PanelWidth : kernel.OutputStride)}"
                + (kernel.Epilogue.Bias ? $", {At("bias", isa.PanelWidth)}" : "")
                + (tile.Prefetches ? ", ahead" : "");
            TileEmitter.EmitSwitch(writer, isa, tile, "height", arguments);
            if (tile.Prefetches)
            {
                writer.Line($"ahead = --aheadTiles > 0 ? ahead + {Text(kernel.Inputs * Layout.Line)} : panelWeights;");
            }

            if (kernel.Epilogue.Activation is { } activation)
            {
                functions.Require(activation);
                EmitActivation(writer, isa, kernel, x => $"{activation}({x})", vectors, panels);
            }
            else if (kernel.Epilogue.SoftCap > 0)
            {
                functions.RequireHyperbolicTangent();
                string cap = kernel.Epilogue.SoftCap.ToString("R", CultureInfo.InvariantCulture) + "f";
                EmitActivation(writer, isa, kernel, x => $"HyperbolicTangent({Scaled(kernel, x)} * (1 / {cap})) * {cap}", vectors, panels);
            }
            else if (kernel.Epilogue.Scale != 1)
            {
                EmitActivation(writer, isa, kernel, x => Scaled(kernel, x), vectors, panels);
            }
        }
    }

    private static string Scaled(LinearKernel kernel, string x) =>
        kernel.Epilogue.Scale == 1 ? x : x + " * " + kernel.Epilogue.Scale.ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>The sums of a tile are still in the first-level cache when they are activated.</summary>
    private static void EmitActivation(SourceWriter writer, InstructionSetDescription isa, LinearKernel kernel, System.Func<string, string> activation, int vectors, int panels)
    {
        using (writer.Braces("for (int tileRow = 0; tileRow < height; tileRow++)"))
        {
            writer.Line($"float* target = tileOutput + (tileRow * {Text(kernel.OutputStride)});");
            if (kernel.Epilogue.Gated)
            {
                writer.Line($"float* gate = sums + (tileRow * {Text(panels * isa.PanelWidth)});");
                for (int panel = 0; panel < panels; panel++)
                {
                    string gate = panel == 0 ? "gate" : "gate + " + Text(panel * isa.PanelWidth);
                    string up = "gate + " + Text((panel * isa.PanelWidth) + isa.Lanes);
                    string result = panel == 0 ? "target" : "target + " + Text(panel * isa.Lanes);
                    writer.Line($"{isa.VectorClass}.Store({activation(isa.Load(gate))} * {isa.Load(up)}, {result});");
                }

                return;
            }

            for (int vector = 0; vector < panels * vectors; vector++)
            {
                string place = vector == 0 ? "target" : "target + " + Text(vector * isa.Lanes);
                writer.Line($"{isa.VectorClass}.Store({activation(isa.Load(place))}, {place});");
            }
        }
    }

    private static TileShape Tile(LinearKernel kernel, InstructionSetDescription isa, int vectors, int panels = 1) => new(
        $"Multiply{Text(kernel.Inputs)}{(vectors == isa.PanelVectors ? "" : "Narrow")}{(kernel.Epilogue.Bias ? "Bias" : "")}{(kernel.Epilogue.AddToOutput ? "Add" : "")}{(panels switch { 1 => "", 2 => "TwoPanels", _ => "Streams" })}Rows",
        vectors,
        kernel.Inputs,
        kernel.InputStride,
        vectors * isa.Lanes,
        kernel.Epilogue.Bias ? TileStart.Bias : TileStart.Zero,
        kernel.Epilogue.AddToOutput,
        OutputStride: null,
        panels)
    {
        BesidePairs = panels == 1 && isa.TwoPanelTileRows > 0,
        Prefetches = panels == 2 && isa.Prefetch("") is not null,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
