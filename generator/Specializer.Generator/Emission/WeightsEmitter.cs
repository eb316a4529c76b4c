using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the tensors of the checkpoint, the offset of each packed weight, and the packing.</summary>
internal static class WeightsEmitter
{
    public static void Emit(SourceWriter writer, ExecutionPlan plan)
    {
        string sets = plan.Architecture.LayersPerSet == 1 ? "Layers" : Text(plan.WeightSets);
        writer.Line("// Offsets of packed weights, in floats. Those of a layer start from the layer.");
        writer.Line($"private const long LayersOffset = {Text(plan.LayersOffset)}; // The first layer.");
        EmitDistances(writer, plan);
        if (plan is { IsEncoderDecoder: true, Encoder: { } encoder })
        {
            writer.Line($"private const long EncoderLayersOffset = {Text(encoder.LayersOffset)}; // The encoder's first layer.");
            writer.Line(
                $"private const long EncoderLayerStride = {Text(encoder.LayerStride)}; // From one layer of the encoder to the next."
            );
        }

        foreach (WeightPlan weight in plan.Weights)
        {
            writer.Line($"private const long {Identifiers.Of(weight.Ref)} = {Text(weight.Offset)}; // {Describe(weight)}.");
        }

        GuardEmitter.EmitWeights(writer, plan);
        TensorPlan[] tensors = [.. plan.Tensors];
        writer.Separate();
        TensorTableEmitter.Emit(writer, plan, tensors, sets);
        writer.Separate();
        writer.Line("/// <summary>Lays the checked tensors out as the kernels of an instruction set read them.</summary>");
        using (
            writer.Braces(
                "private static unsafe void Pack(global::Specializer.CheckedTensors tensors, float* weights, global::Specializer.InstructionSet instructionSet, global::System.IProgress<double>? progress)"
            )
        )
        {
            EmitPacking(writer, plan.Weights.Where(static weight => !weight.PerLayer), tensors, plan, "weights", layer: false);
            if (plan.LayerOffsets.Count > 0)
            {
                EmitPackingOfEachLayer(writer, plan, tensors);
                return;
            }

            using (writer.Braces($"for (int layer = 0; layer < {sets}; layer++)"))
            {
                writer.Line("float* layerWeights = weights + LayersOffset + (layer * LayerStride);");
                EmitPacking(
                    writer,
                    plan.Weights.Where(static weight => weight is { PerLayer: true, InEncoder: false }),
                    tensors,
                    plan,
                    "layerWeights",
                    layer: true
                );
                EmitProgress(writer, "LayersOffset + ((layer + 1) * LayerStride)");
            }

            if (plan.IsEncoderDecoder)
            {
                using (writer.Braces("for (int layer = 0; layer < EncoderLayers; layer++)"))
                {
                    writer.Line("float* layerWeights = weights + EncoderLayersOffset + (layer * EncoderLayerStride);");
                    EmitPacking(
                        writer,
                        plan.Weights.Where(static weight => weight is { PerLayer: true, InEncoder: true }),
                        tensors,
                        plan,
                        "layerWeights",
                        layer: true
                    );
                    EmitProgress(writer, "EncoderLayersOffset + ((layer + 1) * EncoderLayerStride)");
                }
            }
        }
    }

    /// <summary>Writes the distance of layers, or the place of each one if kinds of layers have different sizes.</summary>
    private static void EmitDistances(SourceWriter writer, ExecutionPlan plan)
    {
        if (plan.LayerOffsets.Count > 0)
        {
            writer.Separate();
            writer.Line("// The offset of each layer's packed weights, and the end of the last one's, in floats.");
            writer.Line(
                $"private static global::System.ReadOnlySpan<long> LayerOffsets => [{string.Join(", ", plan.LayerOffsets.Select(Text))}];"
            );
            return;
        }

        writer.Line($"private const long LayerStride = {Text(plan.LayerStride)}; // From one layer to the next.");
    }

    /// <summary>Writes the packing of layers of different sizes, one after the other.</summary>
    private static void EmitPackingOfEachLayer(SourceWriter writer, ExecutionPlan plan, TensorPlan[] tensors)
    {
        for (int layer = 0; layer < plan.Architecture.Layers; layer++)
        {
            string kind = plan.Architecture.KindOf(layer).Name;
            using (writer.Braces($"// Layer {Text(layer)}."))
            {
                writer.Line($"float* layerWeights = weights + {Text(plan.LayerOffsets[layer])};");
                int current = layer;
                EmitPacking(
                    writer,
                    plan.Weights.Where(weight => weight.PerLayer && weight.Ref.Kind == kind)
                        .Select(weight =>
                            weight with
                            {
                                Slices = new EquatableArray<TensorSlice>(
                                    weight.Slices.Select(slice =>
                                        slice.Tensor == TensorPlan.Nothing ? slice : slice with { Tensor = slice.Tensor.InLayer(current) }
                                    )
                                ),
                            }
                        ),
                    tensors,
                    plan,
                    "layerWeights",
                    layer: false
                );
                EmitProgress(writer, Text(plan.LayerOffsets[layer + 1]));
            }
        }
    }

    private static void EmitProgress(SourceWriter writer, string floats) =>
        writer.Line($"progress?.Report((double)({floats}) * sizeof(float) / PackedWeightBytes);");

    private static void EmitPacking(
        SourceWriter writer,
        IEnumerable<WeightPlan> weights,
        TensorPlan[] all,
        ExecutionPlan plan,
        string pointer,
        bool layer
    )
    {
        foreach (WeightPlan weight in weights)
        {
            string Slice(TensorSlice slice)
            {
                if (slice.Tensor == TensorPlan.Nothing)
                {
                    return $"global::Specializer.TensorSlice.Zeros({Text(slice.Rows)})";
                }

                string tensor = slice.Tensor.IsInner
                    ? $"tensors.Get({Text(Array.IndexOf(all, slice.Tensor.InSet(0)))} + (layer % {Text(plan.Architecture.SetsPerGroup)}), layer / {Text(plan.Architecture.SetsPerGroup)})"
                    : $"tensors.Get({Text(Array.IndexOf(all, slice.Tensor))}{(layer ? ", layer" : "")})";
                return slice.IsWhole
                    ? tensor
                    : $"new({tensor}, {Text(slice.Rows)}, {Text(slice.First)}, {Text(slice.GroupRows)}, {Text(slice.GroupStride)}{(slice.InputsFirst ? ", inputsFirst: true" : "")})";
            }

            string target = pointer + " + " + Identifiers.Of(weight.Ref);
            string slices = string.Join(", ", weight.Slices.Select(Slice));
            writer.Line(
                "global::Specializer.WeightPacking."
                    + weight.Layout switch
                    {
                        WeightLayout.Panels =>
                            $"Panels({target}, instructionSet, {Text(weight.Outputs)}, {Text(weight.Inputs)}, [{slices}]{Storage(weight)});",
                        WeightLayout.GatedPanels =>
                            $"GatedPanels({target}, instructionSet, {Text(weight.Outputs)}, {Text(weight.Inputs)}, {slices}{Storage(weight)});",
                        WeightLayout.GatedVectors => $"GatedVectors({target}, instructionSet, {slices});",
                        WeightLayout.Rows => $"Rows({target}, {Text(weight.Outputs)}, {slices});",
                        WeightLayout.UnitOffsetVector => $"UnitOffsetVector({target}, {slices});",
                        WeightLayout.RotaryTable => RotaryTable(weight, target, plan),
                        WeightLayout.AlibiSlopes =>
                            $"AlibiSlopes({target}, {Text(weight.Outputs)}, {Number(((AlibiPositions)weight.Positions!).MaximumBias)});",
                        WeightLayout.SinusoidalTable =>
                            $"SinusoidalTable({target}, {Text(weight.Floats / weight.Outputs)}, {Text(weight.Inputs)}, {Text(weight.Outputs)}, interleaved: {Flag(weight.Sinusoids!.Interleaved)}{(weight.Sinusoids.First == 0 ? "" : ", first: " + Text(weight.Sinusoids.First))}{(weight.Sinusoids.Endpoint ? ", endpoint: true" : "")});",
                        WeightLayout.RelativeBias => RelativeBias(weight, target, slices),
                        _ => $"Vectors({target}, [{slices}]);",
                    }
            );
        }
    }

    private static string RotaryTable(WeightPlan weight, string target, ExecutionPlan plan)
    {
        var rotary = (RotaryPositions)weight.Positions!;

        // The encoder of an encoder-decoder has as many positions as a source; short factors hold up to the original length.
        string positions =
            weight.Inputs == plan.Architecture.ContextLength ? "ContextLength"
            : weight.Inputs == plan.Encoder?.Architecture.ContextLength ? "SourceLength"
            : Text(weight.Inputs);
        string dimension = Text(rotary.RotaryDim),
            theta = Number(rotary.Base);
        if (rotary.Grid is { } grid)
        {
            return $"RotaryGrid({target}, {Text(grid.Leading)}, {Text(grid.Side)}, {dimension}, {theta});";
        }

        string frequencies =
            "global::Specializer.RotaryFrequencies."
            + rotary.Scaling switch
            {
                LinearScaling linear => $"Linear({dimension}, {theta}, {Number(linear.Factor)})",
                Llama3Scaling llama =>
                    $"Llama3({dimension}, {theta}, {Number(llama.Factor)}, {Number(llama.LowFrequencyFactor)}, {Number(llama.HighFrequencyFactor)}, {Text(llama.OriginalContextLength)})",
                YarnScaling yarn =>
                    $"Yarn({dimension}, {theta}, {Number(yarn.Factor)}, {Text(yarn.OriginalContextLength)}, {Number(yarn.BetaFast)}, {Number(yarn.BetaSlow)}, {Number(yarn.AttentionFactor)}{(yarn.Truncate ? "" : ", truncate: false")})",
                LongScaling @long =>
                    $"LongRope({dimension}, {theta}, [{string.Join(", ", @long.Factors.Select(Number))}], {Number(@long.AttentionFactor)})",
                _ => $"Plain({dimension}, {theta})",
            };
        return $"RotaryTable({target}, {positions}, {frequencies});";
    }

    private static string RelativeBias(WeightPlan weight, string target, string table)
    {
        var relative = (RelativePositions)weight.Positions!;
        return $"RelativeBias({target}, {Text(weight.Inputs)}, {Text(weight.Outputs)}, {Text(relative.MaximumDistance)}, bidirectional: {(relative.Bidirectional ? "true" : "false")}, {table});";
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture) + "d";

    private static string Describe(WeightPlan weight) =>
        weight.Layout switch
        {
            WeightLayout.Panels => $"Panels of {weight.Outputs} packed columns by {weight.Inputs}{Halves(weight)}",
            WeightLayout.GatedPanels =>
                $"Panels of {weight.Outputs} packed columns, gate and up in turn, by {weight.Inputs}{Halves(weight)}",
            WeightLayout.Rows => $"Rows of {weight.Inputs}, {weight.Outputs} apart",
            WeightLayout.RotaryTable => $"Cosines and sines of {weight.Inputs} positions, {weight.Outputs / 2} each",
            WeightLayout.AlibiSlopes => $"The slopes of {weight.Outputs} heads",
            WeightLayout.RelativeBias => $"Biases of distances, heads {weight.Outputs} apart, that of distance 0 at {weight.Inputs}",
            WeightLayout.SinusoidalTable => $"Sinusoidal positions, rows {weight.Outputs} apart",
            _ => $"A vector of {weight.Outputs}",
        };

    private static string Storage(WeightPlan weight) =>
        weight.Storage == WeightStorage.Float32 ? "" : ", global::Specializer.WeightStorage." + weight.Storage;

    private static string Halves(WeightPlan weight) =>
        weight.Storage switch
        {
            WeightStorage.Float32 => "",
            WeightStorage.Int8 or WeightStorage.Int4 or WeightStorage.UInt4 =>
                $", {weight.Storage}, in blocks of {IntegerLayout.Block} with a scale",
            _ => $", {weight.Storage}, two weights to a float's place",
        };

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
